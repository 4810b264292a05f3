//! What a step gives to the runbook that it starts: no Integer can be read from a Boolean.

use typed::announce::parameters::Given;
use runbook_runtime::child::passed;

fn main() {
    let _ = Given {
        topic: passed("arn:aws:sns:eu-central-1:111122223333:ops"),
        text: passed("restarted"),
        tasks: passed(true),
        loudness: None,
    };
}
