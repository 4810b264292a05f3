//! Orders: for which targets a runbook is run, and what all of its executions have in common.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::child::{Fleet, Targets, name_of};
#[cfg(feature = "cli")]
use crate::parameters::Checked;
use crate::parameters::{self, ParameterProblem};
use crate::runbook::{ParameterDefinition, Runbook};
use crate::search::{self, Query, ResourceType, SearchError};
#[cfg(feature = "cli")]
use crate::value::parse_parameter;
use crate::value::{Document, InputError, Map, Text};

/// For which targets, with what in common, and how many at once. It is what a parent starts from, under these names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Order {
    /// The parameters of all children, each a list of texts.
    pub(crate) runtime_parameters: Map,
    /// The parameter that the values are for.
    pub(crate) target_parameter_name: Option<String>,
    /// The values.
    pub(crate) values: Vec<String>,
    /// By what the values are found, where they are not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) targets: Option<Query>,
    /// The type of resources that may be found; nothing where that of the parameter says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target_type: Option<String>,
    /// Maps instead of values: each target gives these parameters, lists of texts.
    pub(crate) target_maps: Vec<Map>,
    /// `MaxConcurrency`
    pub(crate) max_concurrency: Option<String>,
    /// `MaxErrors`
    pub(crate) max_errors: Option<String>,
}

impl Order {
    /// The fleet that it is about.
    ///
    /// # Errors
    /// When there are no targets or too many, when they are for a parameter that they cannot be for, or when a number is none.
    pub(crate) fn fleet<R: Runbook>(&self) -> Result<Fleet, InputError> {
        let values = self.values.clone();
        let targets = match (&self.target_parameter_name, &self.targets) {
            (Some(name), Some(query)) => Targets::found(name.clone(), query, values),
            (Some(name), None) => Targets::values(name.clone(), values)?,
            (None, _) => Targets::maps(self.target_maps.iter().map(texts))?,
        };
        let (concurrency, errors) = (self.max_concurrency.clone(), self.max_errors.clone());
        Fleet::of::<R>(
            texts(&self.runtime_parameters),
            targets,
            concurrency,
            errors,
        )
    }

    /// Whether the values are still to be found.
    pub(crate) fn is_open(&self) -> bool {
        self.targets.is_some() && self.values.is_empty()
    }

    /// The same with the values that were found.
    pub(crate) fn with_values(&self, values: Vec<String>) -> Self {
        Self {
            values,
            ..self.clone()
        }
    }

    /// Finds the values.
    ///
    /// # Errors
    /// When a call fails, or when there are none.
    pub(crate) async fn find<R: Runbook>(
        &self,
        caller: &dyn Caller<R::Request>,
    ) -> Result<Self, SearchError> {
        let (Some(query), Some(parameter), Some(search)) =
            (&self.targets, self.parameter::<R>(), R::search())
        else {
            return Ok(self.clone());
        };
        let of = match &self.target_type {
            Some(written) => ResourceType::read(written),
            None => ResourceType::of(parameter),
        };
        let values = search::find(&search, caller, query, &of, parameter).await?;
        Ok(self.with_values(values))
    }

    /// The same for the first of the targets only, and how many are left out.
    #[cfg(feature = "cli")]
    pub(crate) fn first(&self, most: usize) -> (Self, usize) {
        let mut first = self.clone();
        first.values.truncate(most);
        first.target_maps.truncate(most);
        let count = |order: &Self| order.values.len() + order.target_maps.len();
        let left = count(self) - count(&first);
        (first, left)
    }

    /// The parameter that the values are for.
    pub(crate) fn parameter<R: Runbook>(&self) -> Option<&'static ParameterDefinition> {
        let name = self.target_parameter_name.as_ref()?;
        let mut parameters = R::DEFINITION.parameters.iter();
        parameters.find(|parameter| parameter.name == name)
    }

    /// Checks the targets, and what they give to parameters: for what a child would refuse, nothing needs to start.
    ///
    /// # Errors
    /// With all that is wrong, a line each.
    pub(crate) fn check<R: Runbook>(&self) -> Result<(), String> {
        self.fleet::<R>().map_err(|error| error.to_string())?;
        let problems = match self.is_open() {
            true => self.refusals_in_common::<R>(),
            false => self.refusals::<R>(),
        };
        match problems.is_empty() {
            true => Ok(()),
            false => Err(problems.join("\n")),
        }
    }

    /// Which targets give what the runbook does not take.
    fn refusals<R: Runbook>(&self) -> Vec<String> {
        let given = self.each().into_iter();
        let refusals = given.filter_map(|(target, given)| {
            let errors = parameters::check(R::DEFINITION, &given).err()?;
            let problems = errors.problems.iter();
            Some(
                problems
                    .map(|problem| format!("{target}: {problem}"))
                    .collect::<Vec<_>>(),
            )
        });
        refusals.flatten().collect()
    }

    /// What the runbook does not take of what all targets have in common.
    fn refusals_in_common<R: Runbook>(&self) -> Vec<String> {
        let checked = parameters::check(R::DEFINITION, &self.runtime_parameters);
        let problems = checked.err().map(|errors| errors.problems);
        let problems = problems.into_iter().flatten();
        let by_targets = |problem: &ParameterProblem| match problem {
            ParameterProblem::Missing { name, .. } => {
                self.target_parameter_name.as_deref() == Some(name)
            }
            _ => false,
        };
        let problems = problems.filter(|problem| !by_targets(problem));
        problems.map(|problem| problem.to_string()).collect()
    }

    /// The parameters as far as they are known before the targets are; what targets give is whatever its type allows.
    #[cfg(feature = "cli")]
    pub(crate) fn known<R: Runbook>(&self) -> Checked {
        let values = R::DEFINITION.parameters.iter().map(|parameter| {
            let given = self.runtime_parameters.get(parameter.name);
            let value = given.and_then(|given| parse_parameter(parameter.kind, given).ok());
            let value = value.or_else(|| parameters::default_value(parameter));
            let value = value.or_else(|| parameters::allowed(parameter));
            let name = parameter.name.to_owned();
            (name, value.unwrap_or_else(|| parameter.kind.placeholder()))
        });
        Checked {
            values: values.collect(),
            supplied: self.runtime_parameters.clone(),
        }
    }

    /// The targets by their names, with all parameters that the execution for each is given.
    pub(crate) fn each(&self) -> Vec<(String, Map)> {
        let with = |own: Map| {
            let mut given = self.runtime_parameters.clone();
            given.extend(own);
            given
        };
        let parameter = self.target_parameter_name.clone().unwrap_or_default();
        let values = self.values.iter().map(|value| {
            let own = Map::from_iter([(parameter.clone(), vec![value.clone()].into())]);
            (value.clone(), with(own))
        });
        let maps = self.target_maps.iter();
        let maps = maps.map(|map| (name_of(map), with(map.clone())));
        values.chain(maps).collect()
    }

    /// Everything that any of the parameters is given.
    pub(crate) fn values(&self) -> Map {
        let mut values = Map::new();
        for (_, given) in self.each() {
            for (name, texts) in given {
                let all = values
                    .entry(name)
                    .or_insert_with(|| Vec::<Document>::new().into());
                if let (Document::Array(all), Document::Array(texts)) = (all, texts) {
                    all.extend(texts);
                }
            }
        }
        values
    }

    /// What it is as the parameters of the execution.
    pub(crate) fn parameters(&self) -> Map {
        match serde_json::to_value(self) {
            Ok(Document::Object(members)) => members,
            // A struct is an object, and its keys are texts.
            _ => Map::new(),
        }
    }
}

/// Lists of texts by name.
fn texts(values: &Map) -> Vec<(String, Vec<String>)> {
    let values = values.iter().map(|(name, texts)| {
        let texts = texts.as_array().into_iter().flatten().map(Text::text);
        (name.clone(), texts.collect())
    });
    values.collect()
}
