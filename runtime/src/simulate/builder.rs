//! Scenarios that are put together in Rust.

use std::any::type_name;
use std::time::Duration;

use jiff::Timestamp;

use crate::effect::ApiCall;
use crate::signal::{Signal, SignalKind};
use crate::value::Document;

use super::api::same_api;
use super::at::At;
use super::fields::Reader;
use super::scenario::{Answer, CancelAt, Form, Key, Said, SaidTo, Scenario, Stored, Stub};

/// Scenarios for tests in Rust.
///
/// Each of these adds to what the scenario says. It may begin with nothing ([`Scenario::new`]) or with a file
/// ([`Scenario::read`]); what is said here about a step, a call or a name then counts instead of what the file says about
/// the same.
impl Scenario {
    /// One that says nothing yet: it plays in account `111122223333` and region `us-east-1`, from a fixed moment on.
    pub fn new() -> Self {
        Self::empty("scenario", Form::Program)
    }

    /// Answers the calls of an operation, whichever step makes them; said again, it is the answer to the next of these
    /// calls. The last one repeats.
    ///
    /// The answer is what Boto3 returns, and one that the operation could not give ends the simulation. What is said
    /// [about a step](Self::at) counts instead.
    #[must_use]
    pub fn on<C: ApiCall>(self, answer: impl Into<Document>) -> Self {
        self.success(of_call::<C>("on"), answer.into())
    }

    /// Answers the calls of a step; said again, it is the answer to the next of its calls. The last one repeats.
    ///
    /// A step that makes several calls has answers for each: `At::step(Step::MakeImage).call::<api::CreateImage>()`, or
    /// `"makeImage.CreateImage"`. The answer of a script is what it returns, as `{"Payload": {…}}`.
    #[must_use]
    pub fn at(self, step: impl Into<At>, answer: impl Into<Document>) -> Self {
        self.success(of_step("at", &step.into()), answer.into())
    }

    /// Lets the calls of an operation fail with an error of the service; stands in one row with the answers of
    /// [`on`](Self::on).
    #[must_use]
    pub fn fails<C: ApiCall>(self, code: impl Into<String>, message: impl Into<String>) -> Self {
        self.answer(of_call::<C>("fails"), error(code, message))
    }

    /// Lets the calls of a step fail with an error of the service; stands in one row with the answers of
    /// [`at`](Self::at). To a script it is an exception that it raises.
    #[must_use]
    pub fn fails_at(
        self,
        step: impl Into<At>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        self.answer(of_step("fails_at", &step.into()), error(code, message))
    }

    /// Really runs the script of a step, without AWS credentials.
    #[must_use]
    pub fn runs(self, step: impl Into<At>) -> Self {
        self.answer(of_step("runs", &step.into()), Answer::Run)
    }

    /// What Parameter Store holds under a name that a default refers to: a text or a list of texts; `()` is nothing.
    #[must_use]
    pub fn stored(mut self, name: impl Into<String>, value: impl Into<Document>) -> Self {
        let name = name.into();
        let key = key(format!(".stored({name:?}, …)"), name);
        self.stored.retain(|known| known.key.name != key.name);
        let stored = self.reading(|reader| Stored::read(reader, key, value.into()));
        self.stored.push(stored);
        self
    }

    /// Somebody says this to a step that waits for people; said again, it is what is said next. A [`Signal`] is said at once,
    /// a [`Said`] may have its time.
    #[must_use]
    pub fn says(mut self, step: impl Into<At>, said: impl Into<Said>) -> Self {
        let said = said.into();
        let key = of_step("says", &step.into());
        let is_other = |to: &SaidTo| to.key.form == Form::Program || to.key.name != key.name;
        self.signals.retain(is_other);
        let mut known = self.signals.iter_mut();
        match known.find(|to| to.key.name == key.name) {
            Some(to) => to.said.push(said),
            None => self.signals.push(SaidTo {
                key,
                said: vec![said],
            }),
        }
        self
    }

    /// Cancels the run as soon as this step has started.
    #[must_use]
    pub fn cancel_during(self, step: impl Into<At>) -> Self {
        let step = step.into();
        let key = key(format!(".cancel_during({})", step.written()), step.name());
        self.cancelled(CancelAt::During(key))
    }

    /// Cancels the run after this much virtual time.
    #[must_use]
    pub fn cancel_after(self, time: Duration) -> Self {
        self.cancelled(CancelAt::After(time))
    }

    /// The region that it plays in.
    #[must_use]
    pub fn region(self, region: impl Into<String>) -> Self {
        Self {
            region: region.into(),
            ..self
        }
    }

    /// The account that it plays in.
    #[must_use]
    pub fn account(self, account: impl Into<String>) -> Self {
        Self {
            account: account.into(),
            ..self
        }
    }

    /// The virtual time at the start.
    #[must_use]
    pub fn start(self, start: Timestamp) -> Self {
        Self { start, ..self }
    }

    fn cancelled(self, at: CancelAt) -> Self {
        Self {
            cancel: Some(at),
            ..self
        }
    }

    fn success(mut self, key: Key, answer: Document) -> Self {
        let answer = self.reading(|reader| Answer::success(reader, &key.path, answer));
        match answer {
            Some(answer) => self.answer(key, answer),
            None => self,
        }
    }

    fn answer(mut self, key: Key, answer: Answer) -> Self {
        let is_same = |name: &str| name == key.name || same_api(name, &key.name);
        let is_other = |stub: &Stub| stub.key.form == Form::Program || !is_same(&stub.key.name);
        self.stubs.retain(is_other);
        let mut known = self.stubs.iter_mut();
        match known.find(|stub| stub.key.name == key.name) {
            Some(stub) => stub.answers.push(answer),
            None => self.stubs.push(Stub {
                key,
                answers: vec![answer],
            }),
        }
        self
    }

    /// Reads a value, and keeps what is wrong with it until the scenario is played.
    fn reading<T>(&mut self, read: impl FnOnce(&mut Reader) -> T) -> T {
        let mut reader = Reader::default();
        let read = read(&mut reader);
        self.problems.append(&mut reader.problems);
        read
    }
}

impl Default for Scenario {
    fn default() -> Self {
        Self::new()
    }
}

/// Said at once, and to the step that the scenario says it to.
impl From<Signal> for Said {
    fn from(signal: Signal) -> Self {
        Self {
            by: Some(signal.by),
            comment: signal.comment,
            ..Self::plain(signal.kind)
        }
    }
}

/// What people say.
impl Said {
    /// Yes, to a step that waits for an approval.
    pub const fn approve() -> Self {
        Self::plain(SignalKind::Approve)
    }

    /// No, to the same.
    pub const fn reject() -> Self {
        Self::plain(SignalKind::Reject)
    }

    /// Go on, to a step that pauses.
    pub const fn resume() -> Self {
        Self::plain(SignalKind::Resume)
    }

    /// The ARN of who says it; if it is not said, the first of the approvers who has not decided yet.
    #[must_use]
    pub fn by(self, arn: impl Into<String>) -> Self {
        Self {
            by: Some(arn.into()),
            ..self
        }
    }

    /// What they add.
    #[must_use]
    pub fn comment(self, comment: impl Into<String>) -> Self {
        Self {
            comment: Some(comment.into()),
            ..self
        }
    }

    /// How long after the step has begun to wait; at once if it is not said.
    #[must_use]
    pub fn after(self, after: Duration) -> Self {
        Self { after, ..self }
    }

    /// It is to be refused, with this text inside the refusal.
    #[must_use]
    pub fn refused(self, text: impl Into<String>) -> Self {
        Self {
            refused: Some(text.into()),
            ..self
        }
    }
}

fn error(code: impl Into<String>, message: impl Into<String>) -> Answer {
    Answer::Error {
        code: code.into(),
        message: message.into(),
    }
}

/// What is about the calls of an operation.
fn of_call<C: ApiCall>(method: &str) -> Key {
    // `restart_instance::api::RunTask` as `api::RunTask`.
    let request = type_name::<C>();
    let start = request.rmatch_indices("::").nth(1);
    let request = start.map_or(request, |(start, gap)| {
        request.get(start + gap.len()..).unwrap_or(request)
    });
    key(
        format!(".{method}::<{request}>(…)"),
        C::OPERATION.full_name(),
    )
}

/// What is about a step.
fn of_step(method: &str, step: &At) -> Key {
    let others = if method == "runs" { "" } else { ", …" };
    key(
        format!(".{method}({}{others})", step.written()),
        step.name(),
    )
}

const fn key(path: String, name: String) -> Key {
    Key {
        name,
        path,
        form: Form::Program,
    }
}
