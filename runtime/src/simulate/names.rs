//! Whether a scenario speaks of the steps and calls that its runbook has.

use crate::runbook::Definition;
use crate::similar::did_you_mean;

use super::api::{may_call, same_api, step};
use super::fields::join;
use super::problem::{ScenarioErrors, ScenarioProblem};
use super::scenario::{CancelAt, Scenario};

impl Scenario {
    /// Checks the names in the scenario against the runbook.
    ///
    /// # Errors
    /// With every step and every call that the runbook does not have.
    pub fn check(&self, definition: &'static Definition) -> Result<(), ScenarioErrors> {
        let mut names = Names {
            definition,
            problems: Vec::new(),
        };
        for stub in &self.stubs {
            names.stub(&join("answers", &stub.key), &stub.key);
        }
        if let Some(CancelAt::During(name)) = &self.cancel {
            names.step("cancel.during", name);
        }
        names.expectations(self);
        match names.problems {
            problems if problems.is_empty() => Ok(()),
            problems => Err(ScenarioErrors {
                file: self.file.clone(),
                problems,
            }),
        }
    }
}

struct Names {
    definition: &'static Definition,
    problems: Vec<ScenarioProblem>,
}

impl Names {
    fn expectations(&mut self, scenario: &Scenario) {
        for (name, _) in scenario.expect.steps.iter().flatten() {
            self.step("expect.steps", name);
        }
        for name in scenario.expect.outputs.keys() {
            let step = name.split_once('.').map_or(name.as_str(), |(step, _)| step);
            self.step("expect.outputs", step);
        }
        for call in scenario.expect.calls.iter().flatten() {
            self.call("expect.calls", &call.api);
        }
    }

    fn stub(&mut self, path: &str, key: &str) {
        match step(self.definition, key) {
            Some(step) if may_call(step) => {}
            Some(step) => {
                let path = path.to_owned();
                self.problems.push(ScenarioProblem::NeverAsked {
                    path,
                    action: step.action,
                });
            }
            None if key.contains('.') => self.call(path, key),
            None => self.step(path, key),
        }
    }

    fn step(&mut self, path: &str, name: &str) {
        if step(self.definition, name).is_none() {
            let steps = self.definition.steps.iter().map(|step| step.name);
            self.no_such(path, "step", name, did_you_mean(name, steps));
        }
    }

    fn call(&mut self, path: &str, api: &str) {
        let steps = self.definition.steps;
        let mut calls = steps.iter().filter_map(|step| step.calls);
        // A step that makes several calls does not say which.
        let unsaid = steps
            .iter()
            .any(|step| step.calls.is_none() && may_call(step));
        if !unsaid && !calls.any(|known| same_api(known, api)) {
            let calls = steps.iter().filter_map(|step| step.calls);
            self.no_such(path, "call", api, did_you_mean(api, calls));
        }
    }

    fn no_such(&mut self, path: &str, what: &'static str, name: &str, hint: String) {
        let (path, name) = (path.to_owned(), name.to_owned());
        self.problems.push(ScenarioProblem::NoSuch {
            path,
            what,
            name,
            hint,
        });
    }
}
