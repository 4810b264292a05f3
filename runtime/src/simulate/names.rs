//! Whether a scenario speaks of the steps and calls that its runbook has.

use crate::runbook::Definition;
use crate::similar::did_you_mean;
use crate::stored::StoredDefault;

use super::api::{
    InIterations, all_steps, is_call_of_step, local_action, may_call, same_api, step,
};
use super::problem::{ScenarioErrors, ScenarioProblem};
use super::scenario::{Answer, CancelAt, Scenario, Stub};

/// What may be called before the first step: defaults take something from Parameter Store, and targets are found.
const BEFORE_STEPS: [&str; 4] = [
    "ssm.GetParameters",
    "resourcegroupstaggingapi.GetResources",
    "resource-groups.ListGroupResources",
    "ec2.DescribeInstances",
];

impl Scenario {
    /// Checks the names in the scenario against the runbook.
    ///
    /// # Errors
    /// With every step and every call that the runbook does not have, after what is no answer at all.
    pub fn check(&self, definition: &'static Definition) -> Result<(), ScenarioErrors> {
        let mut names = Names {
            definition,
            problems: self.problems.clone(),
        };
        for stub in &self.stubs {
            names.stub(&stub.key.path, stub);
        }
        for said in &self.signals {
            names.listener(&said.key.path, &said.key.name);
        }
        if let Some(CancelAt::During(key)) = &self.cancel {
            names.step(&key.path, &key.name);
        }
        names.expectations(self);
        match names.problems {
            problems if problems.is_empty() => Ok(()),
            problems => Err(ScenarioErrors {
                file: self.file.clone(),
                problems,
                places: self.places.clone(),
            }),
        }
    }
}

impl Scenario {
    /// Checks the names of Parameter Store against the defaults of the runbook.
    ///
    /// # Errors
    /// With every name that no default refers to.
    pub(super) fn check_stored(&self, stored: &[StoredDefault]) -> Result<(), ScenarioErrors> {
        let known = || stored.iter().map(|default| default.name);
        let unknown = self.stored.iter().map(|stored| &stored.key);
        let unknown = unknown.filter(|key| known().all(|known| known != key.name));
        let problems = unknown.map(|key| ScenarioProblem::NotStored {
            path: key.path.clone(),
            hint: did_you_mean(&key.name, known()),
        });
        match problems.collect::<Vec<_>>() {
            problems if problems.is_empty() => Ok(()),
            problems => Err(ScenarioErrors {
                file: self.file.clone(),
                problems,
                places: self.places.clone(),
            }),
        }
    }
}

/// Whether a text is `[2]`.
fn is_number(text: &str) -> bool {
    let inner = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|inner| inner.parse::<usize>().is_ok_and(|number| number > 0))
}

struct Names {
    definition: &'static Definition,
    problems: Vec<ScenarioProblem>,
}

impl Names {
    fn expectations(&mut self, scenario: &Scenario) {
        for (index, (name, _)) in scenario.expect.steps.iter().flatten().enumerate() {
            self.step(&format!("expect.steps[{index}].{name}"), name);
        }
        for name in scenario.expect.outputs.keys() {
            let step = name.split_once('.').map_or(name.as_str(), |(step, _)| step);
            self.step(&format!("expect.outputs.{name}"), step);
        }
        let variables = self.definition.variables.iter();
        let variables: Vec<&str> = variables.map(|variable| variable.name).collect();
        for name in scenario.expect.variables.keys() {
            if !variables.contains(&name.as_str()) {
                let hint = did_you_mean(name, variables.iter().copied());
                let path = format!("expect.variables.{name}");
                self.no_such(&path, "variable", name, hint);
            }
        }
        for (index, call) in scenario.expect.calls.iter().flatten().enumerate() {
            self.call(&format!("expect.calls[{index}]"), &call.api);
        }
    }

    fn stub(&mut self, path: &str, stub: &Stub) {
        let Some(key) = self.without_iterations(path, &stub.key.name) else {
            return;
        };
        let key = key.as_str();
        if stub.answers.contains(&Answer::Run) && !self.is_script(key) {
            let path = path.to_owned();
            self.problems.push(ScenarioProblem::NotRunnable { path });
        }
        match step(self.definition, key) {
            Some(step) if step.calls.len() > 1 => {
                let path = path.to_owned();
                let calls = step.calls.iter().filter_map(|call| call.split_once('.'));
                self.problems.push(ScenarioProblem::Unsaid {
                    path,
                    keys: calls.map(|(_, name)| format!("{key}.{name}")).collect(),
                });
            }
            Some(step) if may_call(step) => {}
            Some(step) => {
                let path = path.to_owned();
                self.problems.push(ScenarioProblem::NeverAsked {
                    path,
                    action: step.action,
                });
            }
            None if self.is_call_of_step(key) => {}
            None if key.contains(['.', ':']) => self.call(path, key),
            None => self.step(path, key),
        }
    }

    /// Whether the key is that of a script, or of all scripts.
    fn is_script(&self, key: &str) -> bool {
        const SCRIPT: &str = "aws:executeScript";
        key == SCRIPT || step(self.definition, key).is_some_and(|step| step.action == SCRIPT)
    }

    /// Whether the key is `step.Operation`.
    fn is_call_of_step(&self, key: &str) -> bool {
        let step = key
            .split_once('.')
            .and_then(|(name, _)| step(self.definition, name));
        step.is_some_and(|step| {
            let mut operations = step.calls.iter().filter_map(|call| call.split_once('.'));
            let name = key.split_once('.').map_or(key, |(name, _)| name);
            operations.any(|(_, operation)| is_call_of_step(key, name, operation))
        })
    }

    /// The name alone, where a step is named with the right number of iterations.
    fn without_iterations(&mut self, path: &str, text: &str) -> Option<String> {
        let mut definition = self.definition;
        let mut names = Vec::new();
        // One of several targets of the whole run.
        let text = match text.split_once('/') {
            Some((target, rest)) if is_number(target) => rest,
            _ => text,
        };
        let mut parts = text.split('/').peekable();
        while let Some(part) = parts.next() {
            let is_last = parts.peek().is_none();
            let name = self.of_one(path, part, definition, is_last)?;
            definition = definition
                .child(&name)
                .map_or(definition, |child| child.definition);
            names.push(name);
        }
        Some(names.join("/"))
    }

    /// The same for one part of a name: a step of one runbook. One that starts another for several targets may have the
    /// number of one of these behind it, before the step of the other.
    fn of_one(
        &mut self,
        path: &str,
        text: &str,
        definition: &Definition,
        is_last: bool,
    ) -> Option<String> {
        let read = InIterations::read(text);
        let name = read.as_ref().map_or(text, |read| &read.name);
        let step_name = name.split_once('.').map_or(name, |(step, _)| step);
        let step_name = step_name
            .split_once('[')
            .map_or(step_name, |(step, _)| step);
        let around = definition
            .step(step_name)
            .map_or(0, |step| definition.loops_around(step).count());
        let child = definition.child(step_name);
        let targets = child.is_some_and(|child| child.for_targets && !is_last);
        let around = around + usize::from(targets);
        match read {
            Some(read) if read.count == 0 || read.count == around => Some(read.name),
            _ => {
                self.problems.push(ScenarioProblem::Iterations {
                    path: path.to_owned(),
                    step: step_name.to_owned(),
                    around,
                });
                None
            }
        }
    }

    /// The step that a signal is for must be one that waits for people.
    fn listener(&mut self, path: &str, name: &str) {
        self.step(path, name);
        let found = InIterations::read(name).and_then(|read| step(self.definition, &read.name));
        let Some(action) = found.map(|step| step.action) else {
            return;
        };
        if !["aws:approve", "aws:pause"].contains(&action) {
            let path = path.to_owned();
            self.problems
                .push(ScenarioProblem::NeverListens { path, action });
        }
    }

    fn step(&mut self, path: &str, name: &str) {
        let Some(name) = self.without_iterations(path, name) else {
            return;
        };
        let name = name.as_str();
        if step(self.definition, name).is_none() {
            let steps = all_steps(self.definition);
            let steps = steps.iter().map(|(name, _)| name.as_str());
            self.no_such(path, "step", name, did_you_mean(name, steps));
        }
    }

    fn call(&mut self, path: &str, api: &str) {
        let steps = all_steps(self.definition);
        let calls: Vec<&str> = steps
            .iter()
            .flat_map(|(_, step)| step.calls.iter().copied().chain(local_action(step)))
            .collect();
        if BEFORE_STEPS.iter().any(|known| same_api(api, known)) {
            return;
        }
        // What such a step calls is not known here.
        let unsaid = steps.iter().any(|(_, step)| {
            step.calls.is_empty() && may_call(step) && local_action(step).is_none()
        });
        if !unsaid && !calls.iter().any(|known| same_api(known, api)) {
            let of_steps = steps.iter().filter(|(_, step)| step.calls.len() > 1);
            let of_steps: Vec<String> = of_steps
                .flat_map(|(of, step)| {
                    let names = step.calls.iter().filter_map(|call| call.split_once('.'));
                    names.map(move |(_, name)| format!("{of}.{name}"))
                })
                .collect();
            let calls = calls.into_iter();
            let calls = calls.chain(of_steps.iter().map(String::as_str));
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
