//! What tests assert of a simulated run. The one place of the runtime that panics, because that is what a test wants; each
//! message shows what has happened instead.

#![expect(clippy::panic, reason = "an assertion that does not hold panics")]

use crate::effect::ApiCall;
use crate::simulate::{Evidence, Expect, ExpectedCall, MadeCall, Unmet};
use crate::status::Status;
use crate::value::Document;

use super::{Embedded, Simulated};

impl<R: Embedded> Simulated<R> {
    /// The execution has ended so.
    ///
    /// # Panics
    /// When it has ended otherwise: with why it has failed, and with the steps that ran.
    #[track_caller]
    pub fn assert_status(&self, expected: Status) {
        let unmet = self.unmet_of(&Expect {
            status: Some(expected.to_string()),
            ..Expect::default()
        });
        fail(
            lines(&unmet).map(|text| format!("{text}\n  these steps ran: {}", self.shown_steps())),
        );
    }

    /// These calls were made, in this order, and no others. Successive equal calls of one attempt of a step, such as polls,
    /// count as one.
    ///
    /// # Panics
    /// When other calls were made, or with other inputs.
    #[track_caller]
    pub fn assert_calls(&self, expected: impl IntoIterator<Item = ExpectedCall>) {
        let unmet = self.unmet_of(&Expect {
            calls: Some(expected.into_iter().collect()),
            ..Expect::default()
        });
        fail(lines(&unmet));
    }

    /// A call of this operation was made whose inputs contain these: `json!({})` if any will do.
    ///
    /// # Panics
    /// When there is no such call: with those of the operation that there are, and how each differs.
    #[track_caller]
    pub fn assert_called<C: ApiCall>(&self, inputs: impl Into<Document>) {
        let inputs = inputs.into();
        let calls: Vec<&MadeCall> = self.calls.iter().filter(|call| call.is_of::<C>()).collect();
        let differences = calls.iter().map(|call| (call, call.lacks(&inputs)));
        let differences: Vec<_> = differences.collect();
        if differences.iter().any(|(_, lacks)| lacks.is_empty()) {
            return;
        }
        let name = C::OPERATION.full_name();
        if calls.is_empty() {
            panic!("{name} was not called; {}", self.shown_calls());
        }
        let shown = differences.iter().map(|(call, lacks)| {
            let lacks = lacks.iter().map(|lack| format!("\n    {lack}"));
            format!("\n  {}{}", shown(call), lacks.collect::<String>())
        });
        panic!(
            "no call of {name} has {inputs}; there are:{}",
            shown.collect::<String>()
        );
    }

    /// No call of this operation was made.
    ///
    /// # Panics
    /// When there was one: with all of them.
    #[track_caller]
    pub fn assert_not_called<C: ApiCall>(&self) {
        let calls = self.calls.iter().filter(|call| call.is_of::<C>());
        let calls: String = calls.map(|call| format!("\n  {}", shown(call))).collect();
        let name = C::OPERATION.full_name();
        fail((!calls.is_empty()).then(|| format!("{name} was called:{calls}")));
    }

    /// Everything that the scenario says was asked for: every answer, what Parameter Store holds, and what people say.
    ///
    /// # Panics
    /// When something was not: with its keys.
    #[track_caller]
    pub fn assert_all_used(&self) {
        let unused = self.unused.join("\n  ");
        fail((!unused.is_empty()).then(|| {
            format!(
                "nothing asked for\n  {unused}\nof the scenario; {}",
                self.shown_calls()
            )
        }));
    }

    /// Everything came out as the scenario's file [expects](crate::simulate#scenario-files), and as signals should be
    /// taken.
    ///
    /// # Panics
    /// When something did not.
    #[track_caller]
    pub fn assert_as_expected(&self) {
        fail(lines(&self.unmet));
    }

    fn unmet_of(&self, expect: &Expect) -> Vec<Unmet> {
        let evidence = Evidence {
            record: &self.record,
            passages: &self.passages,
            calls: &self.calls,
        };
        evidence.unmet(expect)
    }

    fn shown_steps(&self) -> String {
        let passages = self.passages.iter();
        let steps = passages.map(|passage| format!("{}: {}", passage.label, passage.status));
        steps.collect::<Vec<_>>().join(", ")
    }

    fn shown_calls(&self) -> String {
        let calls = self.calls.iter();
        let calls: String = calls.map(|call| format!("\n  {}", shown(call))).collect();
        match calls.is_empty() {
            true => "no call was made".to_owned(),
            false => format!("these calls were made:{calls}"),
        }
    }
}

/// `ECS.RunTask by startReport: {"cluster":"demo"}`
fn shown(call: &MadeCall) -> String {
    format!("{} by {}: {}", call.api, call.step, call.inputs)
}

fn lines(unmet: &[Unmet]) -> Option<String> {
    let lines: Vec<_> = unmet.iter().map(ToString::to_string).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[track_caller]
fn fail(message: Option<String>) {
    if let Some(message) = message {
        panic!("{message}");
    }
}
