//! The runbook has no such parameter.

use typed::restart_service::Parameters;

fn main() {
    let service = "shop".parse().unwrap();
    let _ = Parameters::new("web", service).colour("red");
}
