//! A step leads to one that does not exist.

use typed::restart_service::Step;
use runbook_runtime::flow::OnFailure;

fn main() {
    let _ = OnFailure::Step(Step::RollBack);
}
