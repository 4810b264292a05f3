//! `Service` has no default.

use typed::restart_service::Parameters;

fn main() {
    let _ = Parameters::new("web");
}
