//! `aws:executeStateMachine` (spec 5.14).

use super::call::{self, Called, told};
use super::inputs;
use super::typed::Inputs;
use crate::check::scope::Scope;
use crate::diagnostic::Diagnostics;
use crate::document::Step;
use crate::ir::{Field, Procedure, Work};

const SERVICE: &str = "stepfunctions";

/// The members of StartExecution, and the inputs that they are.
const MEMBERS: [(&str, &str); 3] = [
    ("stateMachineArn", "stateMachineArn"),
    ("name", "name"),
    ("input", "input"),
];

/// Checks a step that runs a state machine.
pub(super) fn run(step: &Step, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<Work> {
    let called = Called::find(scope.catalogue, SERVICE, "StartExecution")?;
    let mut inputs = Inputs::of(step, scope, diagnostics);
    let members = inputs.members(&called, &MEMBERS);
    if let Some(value) = inputs.given("input") {
        let no_json = inputs::no_json(value, "input", "a state machine");
        no_json
            .into_iter()
            .for_each(|report| inputs.report(report.help("write JSON")));
    }
    inputs.sound()?;
    let by_execution = |operation: &str| {
        let members = vec![("executionArn", told("execution"))];
        call::call(step, scope.catalogue, (SERVICE, operation), members)
    };
    Some(Work::Procedure(Procedure {
        name: "RunStateMachine",
        shared: Vec::new(),
        fields: vec![
            ("start", Field::Call(called.with(step, members)?)),
            ("describe", Field::Later(by_execution("DescribeExecution")?)),
            ("stop", Field::Later(by_execution("StopExecution")?)),
        ],
        constants: Vec::new(),
    }))
}
