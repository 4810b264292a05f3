//! What dry runs say about what invented values have decided.

use runbook_runtime::cancel::CancelToken;
use runbook_runtime::dry_run::{Entry, rehearse};
use runbook_runtime::parameters::Checked;
use runbook_runtime::record::InventedChoice;

use crate::loops::Asked;
use crate::toy::Toy;

#[tokio::test]
async fn loop_whose_condition_looks_at_what_is_invented_is_named() {
    let rehearsed = rehearse::<Toy<Asked>>(Checked::default(), "", &(), CancelToken::new());
    let entries = rehearsed.await.unwrap().entries;
    let choices = entries.into_iter().filter_map(|entry| match entry {
        Entry::Choice(choice) => Some(choice),
        Entry::Call(_) => None,
    });
    let choice = InventedChoice {
        step_name: "each".to_owned(),
        decided_by: vec!["second".to_owned()],
        next_step: Some("after".to_owned()),
        iterations: Some(3),
    };
    assert_eq!(choices.collect::<Vec<_>>(), [choice]);
}
