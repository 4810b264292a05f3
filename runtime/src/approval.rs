//! Approvals: who may decide about a step, and what their decisions come to (spec 5.1; section 8, row 38).

use jiff::Timestamp;
use serde_json::json;

use crate::scope::Scope;
use crate::signal::{Refusal, Signal, SignalKind};
use crate::value::{Document, InputError, Map};

/// The most approvers that a step can have.
const MOST_APPROVERS: usize = 10;

/// The most characters of `Message`.
const LONGEST_MESSAGE: usize = 4096;

/// What is to be decided, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// `Approvers`: names or ARNs of IAM users, ARNs of roles, ARNs of assumed roles.
    pub approvers: Vec<String>,
    /// `MinRequiredApprovals`, as written or resolved.
    written: Option<i64>,
    /// How many approvals are needed.
    pub required: usize,
    /// `Message`.
    pub message: Option<String>,
}

/// What one approver has said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Who.
    pub by: String,
    /// The entry of `Approvers` by which they may.
    pub approver: String,
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
    /// An approval by `required` of the approvers, by one if nothing is said.
    ///
    /// # Errors
    /// When there are no approvers, too many of them, or fewer than are required.
    pub fn new(approvers: Vec<String>, required: Option<i64>) -> Result<Self, InputError> {
        let count = approvers.len();
        if approvers.iter().any(|approver| approver.trim().is_empty()) {
            return Err(wrong("`Approvers` has an empty element"));
        }
        if !(1..=MOST_APPROVERS).contains(&count) {
            let message = format!("`Approvers` names {count}, but 1 to {MOST_APPROVERS} can be");
            return Err(InputError::OutOfBounds(message));
        }
        let number = required.unwrap_or(1);
        match usize::try_from(number) {
            Ok(needed) if (1..=count).contains(&needed) => Ok(Self {
                approvers,
                written: required,
                required: needed,
                message: None,
            }),
            _ => Err(InputError::OutOfBounds(format!(
                "`MinRequiredApprovals` is {number}, but 1 to {count} can be, the number of approvers"
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
        let approvers = self.approvers.join(", ");
        let required = self.required;
        notice.push_str(&format!(
            "The step {step} of the runbook {runbook} waits for a decision (execution {execution}).\n\
             Approvals needed: {required}, of {approvers}\n\
             To decide, enter `approve {step}` or `reject {step}` where the runbook runs; a comment may follow."
        ));
        notice
    }

    /// The step's inputs as the record shows them.
    pub(crate) fn inputs(&self) -> Map {
        let mut inputs = Map::new();
        inputs.insert("Approvers".to_owned(), self.approvers.clone().into());
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
        let by = || signal.by.clone();
        let step = || step.to_owned();
        if made.iter().any(|decision| decision.by == signal.by) {
            return Err(Refusal::Again {
                by: by(),
                step: step(),
            });
        }
        let mut taken = None;
        for approver in self.matching(&signal.by, account) {
            match made.iter().find(|decision| decision.approver == *approver) {
                Some(decision) => taken = Some((approver, &decision.by)),
                None => {
                    return Ok(Decision {
                        by: by(),
                        approver: approver.clone(),
                        approves: signal.kind == SignalKind::Approve,
                        comment: signal.comment.clone(),
                        at,
                    });
                }
            }
        }
        Err(match taken {
            Some((approver, other)) => Refusal::Taken {
                by: by(),
                step: step(),
                approver: approver.clone(),
                other: other.clone(),
            },
            None => Refusal::NoApprover {
                by: by(),
                step: step(),
                approvers: self.approvers.clone(),
            },
        })
    }

    /// The entries of `Approvers` that somebody is.
    fn matching<'a>(&'a self, by: &'a str, account: &'a str) -> impl Iterator<Item = &'a String> {
        let approvers = self.approvers.iter();
        approvers.filter(move |approver| is_approver(approver, by, account))
    }

    /// The first approver who has not decided yet, as an ARN.
    pub(crate) fn next_approver(&self, made: &[Decision], account: &str) -> Option<String> {
        let decided =
            |approver: &&String| made.iter().any(|decision| decision.approver == **approver);
        let approver = self.approvers.iter().find(|approver| !decided(approver))?;
        Some(match approver.starts_with("arn:") {
            true => approver.clone(),
            false => format!("arn:aws:iam::{account}:user/{approver}"),
        })
    }

    /// What decisions come to: the first rejection is the end (spec 8, row 38).
    pub(crate) fn tally(&self, made: &[Decision]) -> Tally {
        match approvals(made) {
            _ if made.iter().any(|decision| !decision.approves) => Tally::Rejected,
            count if count >= self.required => Tally::Approved,
            _ => Tally::Waiting,
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

/// How many of the decisions are approvals.
pub(crate) fn approvals(made: &[Decision]) -> usize {
    made.iter().filter(|decision| decision.approves).count()
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

/// Whether an entry of `Approvers` is somebody: the same ARN, the name of a user of this account, or the role that they
/// have assumed.
fn is_approver(approver: &str, by: &str, account: &str) -> bool {
    if approver == by {
        return true;
    }
    let Some(who) = Principal::read(by) else {
        return false;
    };
    match Principal::read(approver) {
        Some(role) => {
            let name = role.name("role/");
            let session = who.name("assumed-role/");
            let assumed = session.and_then(|session| session.split('/').next());
            (role.partition, role.account) == (who.partition, who.account)
                && role.service == "iam"
                && who.service == "sts"
                && name.is_some()
                && name.and_then(|name| name.rsplit('/').next()) == assumed
        }
        None => {
            let user = who.name("user/").and_then(|user| user.rsplit('/').next());
            who.service == "iam" && who.account == account && user == Some(approver)
        }
    }
}

/// The parts of an ARN of IAM or STS: `arn:aws:sts::111122223333:assumed-role/Deployer/ana`.
struct Principal<'a> {
    partition: &'a str,
    service: &'a str,
    account: &'a str,
    resource: &'a str,
}

impl<'a> Principal<'a> {
    fn read(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        if parts.next()? != "arn" {
            return None;
        }
        let (partition, service) = (parts.next()?, parts.next()?);
        parts.next()?;
        Some(Self {
            partition,
            service,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }

    /// What follows the kind of the resource.
    fn name(&self, kind: &str) -> Option<&'a str> {
        self.resource.strip_prefix(kind)
    }
}

fn wrong(message: &str) -> InputError {
    InputError::OutOfBounds(message.to_owned())
}
