//! Approvals: who may decide about a step, and what their decisions come to (spec 5.1; section 8, row 38).

mod approver;

use jiff::Timestamp;
use serde_json::json;

use crate::scope::Scope;
use crate::signal::{Refusal, Signal, SignalKind};
use crate::value::{Document, InputError, Map};

use approver::Approver;

/// The most approvers that a step can have.
const MOST_APPROVERS: usize = 10;

/// The most characters of `Message`.
const LONGEST_MESSAGE: usize = 4096;

/// What is to be decided, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    approvers: Vec<Approver>,
    /// What the record shows of the approvers: the input and its value.
    shown: (&'static str, Document),
    /// `MinRequiredApprovals`, as written or resolved.
    written: Option<i64>,
    /// How many approvals are needed in all.
    pub required: usize,
    /// `Message`.
    pub message: Option<String>,
}

/// What one approver has said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Who.
    pub by: String,
    /// The number of the entry of `Approvers` by which they may, from 0 on.
    pub entry: usize,
    /// Whether they approve.
    pub approves: bool,
    /// What they add.
    pub comment: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What the decisions come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tally {
    /// There are enough approvals.
    Approved,
    /// Somebody has rejected.
    Rejected,
    /// More approvals are needed.
    Waiting,
}

impl Approval {
    /// An approval by `required` of the approvers, by one if nothing is said: names or ARNs of IAM users, ARNs of
    /// roles, ARNs of assumed roles.
    ///
    /// # Errors
    /// When there are no approvers, too many of them, or fewer than are required.
    pub fn new(approvers: Vec<String>, required: Option<i64>) -> Result<Self, InputError> {
        if approvers.iter().any(|approver| approver.trim().is_empty()) {
            return Err(wrong("`Approvers` has an empty element"));
        }
        let shown = ("Approvers", approvers.clone().into());
        let approvers = approvers.into_iter().map(Approver::plain);
        Self::of(approvers.collect(), shown, required)
    }

    /// An approval by `EnhancedApprovals`: every line says by how many people of its own it has to be approved, or
    /// `required` says how many of all there must be.
    ///
    /// # Errors
    /// When a line is not what it should be, when there are none or too many of them, or too few people.
    pub fn enhanced(
        approvers: impl Into<Document>,
        required: Option<i64>,
    ) -> Result<Self, InputError> {
        let list = approvers.into();
        let lines = approver::lines(&list)?;
        Self::of(
            lines,
            ("EnhancedApprovals", json!({"Approvers": list})),
            required,
        )
    }

    fn of(
        approvers: Vec<Approver>,
        shown: (&'static str, Document),
        required: Option<i64>,
    ) -> Result<Self, InputError> {
        let count = approvers.len();
        if !(1..=MOST_APPROVERS).contains(&count) {
            let message = format!("`Approvers` names {count}, but 1 to {MOST_APPROVERS} can be");
            return Err(InputError::OutOfBounds(message));
        }
        let number = required.unwrap_or(1);
        let seats: Option<usize> = approvers.iter().map(Approver::seats).sum();
        let most = seats.unwrap_or(usize::MAX);
        match usize::try_from(number) {
            Ok(needed) if (1..=most).contains(&needed) => Ok(Self {
                required: needed.max(approvers.iter().map(|approver| approver.needed).sum()),
                approvers,
                shown,
                written: required,
                message: None,
            }),
            Ok(1..) => Err(InputError::OutOfBounds(format!(
                "`MinRequiredApprovals` is {number}, but 1 to {most} can be, the number of approvers"
            ))),
            _ => Err(InputError::OutOfBounds(format!(
                "`MinRequiredApprovals` is {number}, but at least 1 must be"
            ))),
        }
    }

    /// Adds what the approvers are told.
    ///
    /// # Errors
    /// When it is too long.
    pub fn message(self, message: String) -> Result<Self, InputError> {
        let length = message.chars().count();
        if length > LONGEST_MESSAGE {
            let message =
                format!("`Message` has {length} characters, but {LONGEST_MESSAGE} at most can be");
            return Err(InputError::OutOfBounds(message));
        }
        Ok(Self {
            message: Some(message),
            ..self
        })
    }

    /// What the notification says: what is asked, by which step of which execution, and how to answer.
    pub fn notice(&self, runbook: &str, step: &str, state: &impl Scope) -> String {
        let mut notice = String::new();
        if let Some(message) = self
            .message
            .as_deref()
            .filter(|message| !message.is_empty())
        {
            notice = format!("{message}\n\n");
        }
        let execution = &state.context().execution_id;
        let approvers = self.approvers().join(", ");
        let required = self.required;
        notice.push_str(&format!(
            "The step {step} of the runbook {runbook} waits for a decision (execution {execution}).\n\
             Approvals needed: {required}, of {approvers}\n\
             To decide, enter `approve {step}` or `reject {step}` where the runbook runs; a comment may follow."
        ));
        notice
    }

    /// Who may approve, as people read it: `ops`, `role Admin (3)`.
    pub fn approvers(&self) -> Vec<String> {
        self.approvers.iter().map(Approver::told).collect()
    }

    /// The step's inputs as the record shows them.
    pub(crate) fn inputs(&self) -> Map {
        let (name, value) = &self.shown;
        let mut inputs = Map::new();
        inputs.insert((*name).to_owned(), value.clone());
        if let Some(message) = &self.message {
            inputs.insert("Message".to_owned(), message.as_str().into());
        }
        if let Some(number) = self.written {
            inputs.insert("MinRequiredApprovals".to_owned(), number.into());
        }
        inputs
    }

    /// The decision that a signal is, after those that were `made`.
    pub(crate) fn decide(
        &self,
        step: &str,
        signal: &Signal,
        at: Timestamp,
        made: &[Decision],
        account: &str,
    ) -> Result<Decision, Refusal> {
        let (by, step) = (signal.by.clone(), step.to_owned());
        if made.iter().any(|decision| decision.by == by) {
            return Err(Refusal::Again { by, step });
        }
        let matching: Vec<usize> = self.entries(|approver| approver.is(&by, account));
        if let Some(entry) = self.open(&matching, made) {
            return Ok(Decision {
                by,
                entry,
                approves: signal.kind == SignalKind::Approve,
                comment: signal.comment.clone(),
                at,
            });
        }
        let taken = made
            .iter()
            .find(|made| matching.last() == Some(&made.entry));
        Err(match taken {
            Some(other) => Refusal::Taken {
                by,
                step,
                approver: self.name(other.entry),
                other: other.by.clone(),
            },
            None => Refusal::NoApprover {
                by,
                step,
                approvers: self.approvers(),
            },
        })
    }

    /// Somebody who may decide next, as an ARN.
    pub(crate) fn next_approver(&self, made: &[Decision], account: &str) -> Option<String> {
        let entry = self.open(&self.entries(|_| true), made)?;
        let approver = self.approvers.get(entry)?;
        Some(approver.somebody(made.len() + 1, account))
    }

    /// The numbers of some entries.
    fn entries(&self, are: impl Fn(&Approver) -> bool) -> Vec<usize> {
        let numbered = self.approvers.iter().enumerate();
        let those = numbered.filter(|(_, approver)| are(approver));
        those.map(|(entry, _)| entry).collect()
    }

    /// The entry by which somebody decides who is meant by some: one that still needs approvals, else one that still
    /// takes a decision.
    fn open(&self, entries: &[usize], made: &[Decision]) -> Option<usize> {
        let made_by = |entry| made.iter().filter(|made| made.entry == entry).count();
        let with = |are: &dyn Fn(&Approver, usize) -> bool| {
            let mut entries = entries.iter().copied();
            entries.find(|&entry| {
                let approver = self.approvers.get(entry);
                approver.is_some_and(|approver| are(approver, made_by(entry)))
            })
        };
        let takes = |approver: &Approver, made| approver.seats().is_none_or(|seats| made < seats);
        with(&|approver, made| takes(approver, made) && made < approver.needed)
            .or_else(|| with(&takes))
    }

    fn name(&self, entry: usize) -> String {
        let approver = self.approvers.get(entry);
        approver
            .map(|approver| approver.name.clone())
            .unwrap_or_default()
    }

    /// How many of the approvals that are needed there are; one too many of one entry does not stand for another's.
    pub(crate) fn given(&self, made: &[Decision]) -> usize {
        let approvals = made.iter().filter(|decision| decision.approves);
        let of = |entry| approvals.clone().filter(|made| made.entry == entry).count();
        let numbered = self.approvers.iter().enumerate();
        let missing_of_entries: usize = numbered
            .map(|(entry, approver)| approver.needed.saturating_sub(of(entry)))
            .sum();
        let missing = self.required.saturating_sub(approvals.clone().count());
        self.required - missing.max(missing_of_entries)
    }

    /// What decisions come to: the first rejection is the end (spec 8, row 38).
    pub(crate) fn tally(&self, made: &[Decision]) -> Tally {
        if made.iter().any(|decision| !decision.approves) {
            return Tally::Rejected;
        }
        match self.given(made) >= self.required {
            true => Tally::Approved,
            false => Tally::Waiting,
        }
    }

    /// The step's outputs after these decisions.
    pub(crate) fn outputs(&self, made: &[Decision]) -> Document {
        let status = match self.tally(made) {
            Tally::Approved => "Approved",
            Tally::Rejected => "Rejected",
            Tally::Waiting => "Waiting",
        };
        let decisions: Vec<Document> = made.iter().map(Decision::document).collect();
        json!({"ApprovalStatus": status, "ApproverDecisions": decisions})
    }
}

impl Decision {
    fn document(&self) -> Document {
        let status = match self.approves {
            true => "Approve",
            false => "Reject",
        };
        let mut document = json!({
            "Approver": self.by,
            "ApprovalStatus": status,
            "ApprovalDecisionTime": self.at.to_string(),
        });
        if let (Some(comment), Some(members)) = (&self.comment, document.as_object_mut()) {
            members.insert("Comment".to_owned(), comment.as_str().into());
        }
        document
    }
}

fn wrong(message: &str) -> InputError {
    InputError::OutOfBounds(message.to_owned())
}
