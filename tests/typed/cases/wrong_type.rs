//! `Loudness` has two values, and a text is none of them.

use typed::restart_service::Parameters;

fn main() {
    let service = "shop".parse().unwrap();
    let _ = Parameters::new("web", service).loudness("loud");
}
