//! A runbook without the calls of the AWS SDK, of which no run says who makes them.

use typed::restart_service::{self, Parameters};

async fn restart(parameters: Parameters) -> bool {
    restart_service::run(parameters).await.is_ok()
}

fn main() {
    let _ = restart;
}
