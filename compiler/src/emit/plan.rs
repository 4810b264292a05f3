//! The plan: every name that the module will have, decided once.

use proc_macro2::Ident;
use serde_json::Value;

use super::children::Modules;
use super::names::{self, Unique};
use super::types::RequestTypes;
use crate::document::Type;
use crate::ir::{
    OutputId, Parameter, ParameterId, Runbook, Step, StepId, Variable, VariableId, Work,
};

/// A runbook with the Rust names of everything in it.
pub(crate) struct Plan<'a> {
    /// The runbook.
    pub(crate) runbook: &'a Runbook,
    /// The types of its requests.
    pub(crate) types: RequestTypes,
    /// The module: `ecs_run_task`.
    pub(crate) module: Ident,
    /// Those of the whole program.
    pub(crate) modules: &'a Modules,
    /// The type that stands for the runbook: `EcsRunTask`.
    pub(crate) name: Ident,
    /// The steps' names, in the order of the runbook.
    pub(crate) steps: Vec<StepNames>,
    /// The parameters' fields, in document order.
    pub(crate) parameters: Vec<Ident>,
    /// The variables' fields, in document order.
    pub(crate) variables: Vec<Ident>,
    /// The enums of the parameters that have one, in document order.
    pub(crate) choices: Vec<Option<ChoiceType>>,
    /// The types of texts that `allowedPattern` admits, where there is one and no enum, in document order.
    pub(crate) patterns: Vec<Option<Ident>>,
    /// For whom the module is.
    pub(crate) surface: Surface,
    /// The functions that give attachments, in the order of the runbook's.
    pub(crate) attachments: Vec<Ident>,
}

/// For whom a module is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surface {
    /// For a binary of its own, whose command line takes texts.
    Binary,
    /// For programs that embed it, whose compiler knows types.
    Embedded,
}

/// The enum of a String parameter with `allowedValues`.
pub(crate) struct ChoiceType {
    /// Its name: `Environment`.
    pub(crate) name: Ident,
    /// A variant per value, in order: `Prod`, and `prod`.
    pub(crate) variants: Vec<(Ident, String)>,
    /// Whether the default is none of the values, so that the enum has a variant for other texts (spec 8, row 30).
    pub(crate) open: bool,
}

/// The Rust names of a step.
pub(crate) struct StepNames {
    /// The variant of `Step`: `Lambda1`.
    pub(crate) variant: Ident,
    /// The function, and the field of `State`: `lambda1`.
    pub(crate) function: Ident,
    /// The function that reads the outputs: `lambda1_outputs`.
    pub(crate) outputs_function: Ident,
    /// The struct of the outputs: `Lambda1Outputs`.
    pub(crate) outputs: Ident,
    /// The fields of the outputs, in order.
    pub(crate) output_fields: Vec<Ident>,
    /// The statics of the outputs' selectors, in order: `ECS_TASK_ARN`.
    pub(crate) output_selectors: Vec<Ident>,
    /// The function that begins an iteration of a loop: `each_iteration`.
    pub(crate) iteration_function: Ident,
    /// The function that says whether a loop goes on: `each_repeats`.
    pub(crate) repeats_function: Ident,
    /// The static of the selector of an expectation: `WAIT_PROPERTY`.
    pub(crate) property_selector: Ident,
    /// The static of its script's text: `EVALUATE`.
    pub(crate) script: Ident,
}

impl<'a> Plan<'a> {
    /// Names everything in a runbook.
    pub(crate) fn new(runbook: &'a Runbook, modules: &'a Modules, surface: Surface) -> Self {
        let parameters = runbook.parameters.iter();
        let variables = runbook.variables.iter();
        let (choices, patterns) = restricted(&runbook.parameters);
        Self {
            types: RequestTypes::of(runbook),
            module: modules.module(&runbook.name).clone(),
            modules,
            name: names::identifier(&type_name(&runbook.name)),
            parameters: fields(parameters.map(|parameter| parameter.name.as_str())),
            variables: fields(variables.map(|variable| variable.declaration.name.as_str())),
            choices,
            patterns,
            surface,
            attachments: attachment_names(runbook),
            steps: step_names(&runbook.steps),
            runbook,
        }
    }

    /// The steps as people read them: those inside a loop after it.
    pub(crate) fn reading_order(&self) -> Vec<StepId> {
        let mut order = Vec::new();
        let mut left: Vec<StepId> = self.level(None);
        while let Some(id) = left.pop() {
            order.push(id);
            left.extend(self.level(Some(id)));
        }
        order
    }

    /// The steps of a level, the last one first.
    fn level(&self, inside: Option<StepId>) -> Vec<StepId> {
        let steps = (0..).map(StepId).zip(&self.runbook.steps);
        let mut level: Vec<StepId> = steps
            .filter(|(_, step)| step.inside == inside)
            .map(|(id, _)| id)
            .collect();
        level.reverse();
        level
    }

    /// The names of a step.
    #[allow(clippy::indexing_slicing, reason = "one entry per step of the runbook")]
    pub(crate) fn step(&self, id: StepId) -> &StepNames {
        &self.steps[id.index()]
    }

    /// The field of a parameter.
    #[allow(
        clippy::indexing_slicing,
        reason = "one entry per parameter of the runbook"
    )]
    pub(crate) fn parameter(&self, id: ParameterId) -> &Ident {
        &self.parameters[id.index()]
    }

    /// The field of a variable.
    #[allow(
        clippy::indexing_slicing,
        reason = "one entry per variable of the runbook"
    )]
    pub(crate) fn variable(&self, id: VariableId) -> &Ident {
        &self.variables[id.index()]
    }

    /// The variables with their fields.
    pub(crate) fn named_variables(&self) -> impl Iterator<Item = (&'a Variable, &Ident)> {
        self.runbook.variables.iter().zip(&self.variables)
    }

    /// The enum of a parameter, if it has one.
    pub(crate) fn choice(&self, id: ParameterId) -> Option<&ChoiceType> {
        self.choices.get(id.index())?.as_ref()
    }

    /// The field of an output.
    #[allow(clippy::indexing_slicing, reason = "one entry per output of the step")]
    pub(crate) fn output(&self, step: StepId, output: OutputId) -> &Ident {
        &self.step(step).output_fields[output.index()]
    }

    /// The steps with their names.
    pub(crate) fn named_steps(&self) -> impl Iterator<Item = (&'a Step, &StepNames)> {
        self.runbook.steps.iter().zip(&self.steps)
    }

    /// The parameters with their fields, and their enums where they have one.
    pub(crate) fn named_parameters(
        &self,
    ) -> impl Iterator<Item = (&'a Parameter, &Ident, Option<&ChoiceType>)> {
        let named = self.runbook.parameters.iter().zip(&self.parameters);
        let named = named.zip(&self.choices);
        named.map(|((parameter, field), choice)| (parameter, field, choice.as_ref()))
    }
}

/// A field for each name.
pub(crate) fn fields<'a>(written: impl Iterator<Item = &'a str>) -> Vec<Ident> {
    let mut unique = Unique::default();
    written
        .map(|name| names::identifier(&unique.take(&words_or(&names::snake(name), "value"))))
        .collect()
}

/// The module that a runbook would have alone: `ecs_run_task`.
pub(crate) fn module_name(runbook: &Runbook) -> String {
    let name = names::identifier(&names::snake(&runbook.name)).to_string();
    // The module is a folder as well, which cannot have the name of a keyword.
    match name.strip_prefix("r#") {
        Some(keyword) => format!("{keyword}_"),
        None => name,
    }
}

/// The crate and the binary of a runbook: `ecs-run-task`.
pub(crate) fn crate_name(runbook: &Runbook) -> String {
    let name = names::kebab(&runbook.name);
    // Cargo wants a letter first, and no crate may be called like one that it depends on.
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) && name != "runbook-runtime" {
        name
    } else {
        format!("runbook-{name}")
    }
}

/// The type stands beside the prelude of generated code, none of whose names it may hide.
pub(crate) fn type_name(runbook: &str) -> String {
    const TAKEN: [&str; 26] = [
        "State",
        "Effect",
        "Step",
        "Parameters",
        "Values",
        "Outputs",
        "Embedded",
        "Run",
        "Uuid",
        "Serialize",
        "Runbook",
        "Definition",
        "DocumentOutput",
        "SelectedOutput",
        "StepDefinition",
        "Context",
        "Scope",
        "Cow",
        "Document",
        "Flow",
        "InputError",
        "Map",
        "Option",
        "OutputError",
        "Result",
        "Type",
    ];
    let mut unique = Unique::without(&TAKEN);
    unique.take_type(&words_or(&names::pascal(runbook), "Runbook"))
}

fn attachment_names(runbook: &Runbook) -> Vec<Ident> {
    // The function that finds them by their names.
    let mut unique = Unique::without(&["attachment"]);
    let attachments = runbook.attachments.iter();
    attachments
        .map(|attachment| names::snake(&attachment.name))
        .map(|name| names::identifier(&unique.take(&words_or(&name, "attachment"))))
        .collect()
}

/// The types of parameters that do not take every text: by `allowedValues`, and by `allowedPattern`.
fn restricted(parameters: &[Parameter]) -> (Vec<Option<ChoiceType>>, Vec<Option<Ident>>) {
    // The struct beside them, and what its derives and functions name.
    let mut taken = Unique::without(&[
        "Parameters",
        "Values",
        "Given",
        "Passed",
        "Supplied",
        "NotAllowed",
        "ParameterDefinition",
        "Pattern",
        "Bounds",
        "Cow",
        "Option",
        "String",
        "Self",
        "Serialize",
        "Deserialize",
        "Type",
        "Text",
        "Map",
        "Vec",
        "BTreeMap",
        "StoredDefault",
        "Result",
        "Ok",
        "Err",
        "Some",
        "None",
        "Default",
        "Into",
        "TryFrom",
    ]);
    let mut choices = Vec::new();
    let mut patterns = Vec::new();
    for parameter in parameters {
        let choice = choice(parameter, &mut taken);
        let has_pattern = parameter.allowed_pattern.is_some()
            && matches!(parameter.kind, Type::String | Type::StringList);
        let pattern = (choice.is_none() && has_pattern).then(|| {
            let name = words_or(&names::pascal(&parameter.name), "Value");
            names::identifier(&taken.take_type(&name))
        });
        choices.push(choice);
        patterns.push(pattern);
    }
    (choices, patterns)
}

fn choice(parameter: &Parameter, taken: &mut Unique) -> Option<ChoiceType> {
    let values = closed_values(parameter)?;
    let name = words_or(&names::pascal(&parameter.name), "Choice");
    let default = parameter.default.as_ref().and_then(Value::as_str);
    let mut variants = Unique::without(&["Self", "Other"]);
    Some(ChoiceType {
        name: names::identifier(&taken.take_type(&name)),
        open: default.is_some_and(|default| !values.contains(&default)),
        variants: values
            .iter()
            .map(|value| {
                let variant = words_or(&names::pascal(value), "Empty");
                let variant = variants.take_type(&variant);
                (names::identifier(&variant), (*value).to_owned())
            })
            .collect(),
    })
}

/// The texts that a String parameter may have, if they are listed and none holds a reference that is still to expand.
fn closed_values(parameter: &Parameter) -> Option<Vec<&str>> {
    let values = parameter.allowed_values.iter().map(Value::as_str);
    let values: Vec<&str> = values.collect::<Option<_>>()?;
    let default = parameter.default.as_ref().and_then(Value::as_str);
    let refers = |text: &&str| text.contains("{{");
    let plain = !values.iter().chain(&default).any(refers);
    (parameter.kind == Type::String && !values.is_empty() && plain).then_some(values)
}

fn step_names(steps: &[Step]) -> Vec<StepNames> {
    let mut variants = Unique::without(&["Self"]);
    // Three fields of the state, and the functions of the prelude.
    let mut functions = Unique::without(&[
        "context",
        "parameters",
        "variables",
        "coerce",
        "members",
        "object",
        "array",
        "elements",
        "own_output",
        "encoded_map",
        "encoded_maps",
        "map",
        "or_reference",
        "returned",
        "passed",
        "as_document",
    ]);
    let mut statics = Unique::default();
    let named = steps.iter().map(|step| {
        let variant = variants.take_type(&words_or(&names::pascal(&step.name), "Step"));
        let function = functions.take_with(&words_or(&names::snake(&step.name), "step"), "outputs");
        let is_loop = matches!(step.work, Work::Loop(_));
        let mut of_loop = |suffix: &str| {
            let name = format!("{function}_{suffix}");
            names::identifier(&if is_loop { functions.take(&name) } else { name })
        };
        let (iteration_function, repeats_function) = (of_loop("iteration"), of_loop("repeats"));
        let prefix = function.to_uppercase();
        let mut fields = Unique::default();
        let mut selector = |name: &str| {
            let name = format!("{prefix}_{}", names::constant(name));
            names::identifier(&statics.take(&name).to_uppercase())
        };
        let outputs = step.outputs.iter();
        StepNames {
            output_fields: outputs
                .clone()
                .map(|output| {
                    let name = words_or(&names::snake(&output.name), "output");
                    names::identifier(&fields.take(&name))
                })
                .collect(),
            output_selectors: outputs.map(|output| selector(&output.name)).collect(),
            property_selector: selector("Property"),
            script: names::identifier(&prefix),
            iteration_function,
            repeats_function,
            outputs: names::identifier(&format!("{variant}Outputs")),
            outputs_function: names::identifier(&format!("{function}_outputs")),
            variant: names::identifier(&variant),
            function: names::identifier(&function),
        }
    });
    named.collect()
}

pub(crate) fn words_or(name: &str, otherwise: &str) -> String {
    if name.is_empty() { otherwise } else { name }.to_owned()
}
