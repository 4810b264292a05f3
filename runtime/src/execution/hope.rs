//! Hope: what the answer to the call under way should show for the runbook to go on, as a dry run invents it.

use serde_json::json;

use crate::dry_run::{overlay, plant, provide};
use crate::effect::Acceptance;
use crate::runbook::{Runbook, SelectedOutput};
use crate::selector::Select;
use crate::value::{Document, matches_desired};

use super::{Cursor, Execution, Running};

/// What an answer should show.
#[derive(Debug, Default)]
pub(crate) struct Hope {
    /// What is desired of it.
    expectation: Option<crate::effect::Expectation>,
    /// What else it should show; what is null should not be there.
    members: Option<Document>,
    /// Where the step selects its outputs.
    selected: &'static [SelectedOutput],
    /// Whether the call is repeated until the answer shows it.
    awaited: bool,
}

impl<R: Runbook> Execution<R> {
    /// What the answer to the call under way should show.
    pub(crate) fn hope(&self) -> Hope {
        match &self.cursor {
            Cursor::In(running) => running.hope(),
            _ => Hope::default(),
        }
    }
}

impl<R: Runbook> Running<R> {
    fn hope(&self) -> Hope {
        if let Some(standing) = &self.standing {
            let members = standing.course.hoped();
            return Hope {
                awaited: members.is_some(),
                members,
                ..Hope::default()
            };
        }
        Hope {
            expectation: self.expectation().cloned(),
            members: match self.acceptance() {
                Acceptance::NoFunctionError => Some(json!({"FunctionError": null})),
                Acceptance::Delivered => Some(json!({"ResponseCode": 200})),
                Acceptance::Any | Acceptance::Assert(_) | Acceptance::Until(_) => None,
            },
            selected: self.place.definition.selected,
            awaited: matches!(self.acceptance(), Acceptance::Until(_)),
        }
    }
}

impl Hope {
    /// Whether the call would be repeated until it comes true.
    pub(crate) fn is_awaited(&self) -> bool {
        self.awaited
    }

    /// Makes an answer show it.
    pub(crate) fn fulfil(&self, answer: &mut Document) {
        if let Some(members) = &self.members {
            overlay(answer, members.clone());
        }
        for output in self.selected {
            provide(answer, output);
        }
        let Some(expectation) = &self.expectation else {
            return;
        };
        let selected = answer.select(expectation.selector);
        let desired = expectation.desired.first();
        if let Some(desired) = desired.filter(|_| !matches_desired(&selected, &expectation.desired))
        {
            let value = like(&selected.document(), desired);
            plant(answer, expectation.selector.segments, value);
        }
    }
}

/// A desired value in the type that the answer has there.
fn like(shown: &Document, desired: &str) -> Document {
    let read = serde_json::from_str::<Document>(desired);
    match (shown, read) {
        (Document::Number(_), Ok(number @ Document::Number(_))) => number,
        (Document::Bool(_), _) => desired.eq_ignore_ascii_case("true").into(),
        _ => desired.into(),
    }
}
