//! Targets of a run: the same runbook once for each of several, as the arguments say (spec 6.3).

use std::fs;

use clap::{Arg, ArgAction, ArgMatches};

use crate::parameters;
use crate::parent::Order;
use crate::runbook::Runbook;
use crate::value::{Document, Encode, Map};

use super::command::OPTIONS;

/// The options of `run` that say for what it runs.
pub(super) fn options() -> Vec<Arg> {
    let options = [
        Arg::new("target-parameter")
            .long("target-parameter")
            .value_name("NAME")
            .requires("target")
            .help("Run once for each --target, which this parameter gets"),
        Arg::new("target")
            .long("target")
            .value_name("VALUE")
            .action(ArgAction::Append)
            .num_args(1..)
            .requires("target-parameter")
            .help("Values of --target-parameter, up to 50"),
        Arg::new("target-maps")
            .long("target-maps")
            .value_name("FILE")
            .conflicts_with_all(["target", "target-parameter"])
            .help("Run once for each map of parameters in this YAML or JSON list, up to 300"),
        Arg::new("max-concurrency")
            .long("max-concurrency")
            .value_name("NUMBER|PERCENT")
            .help("How many of these runs at once [default: 10]"),
        Arg::new("max-errors")
            .long("max-errors")
            .value_name("NUMBER|PERCENT")
            .help("How many may fail before no more start [default: 0]"),
    ];
    options
        .into_iter()
        .map(|arg| arg.help_heading(OPTIONS))
        .collect()
}

/// What the arguments say about targets; nothing if there are none. `supplied` is what all of them have in common.
///
/// # Errors
/// When the targets cannot be read.
pub(super) fn order(matches: &ArgMatches, supplied: &Map) -> Result<Option<Order>, String> {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let (max_concurrency, max_errors) = (text("max-concurrency"), text("max-errors"));
    let target_parameter_name = text("target-parameter");
    let maps = text("target-maps");
    if target_parameter_name.is_none() && maps.is_none() {
        return match max_concurrency.or(max_errors) {
            None => Ok(None),
            Some(_) => {
                Err("--max-concurrency and --max-errors need --target or --target-maps".to_owned())
            }
        };
    }
    let mut runtime_parameters = encoded(supplied);
    if let Some(name) = &target_parameter_name {
        runtime_parameters.shift_remove(name);
    }
    let values = matches.get_many::<String>("target").into_iter().flatten();
    let order = Order {
        runtime_parameters,
        target_parameter_name,
        values: values.cloned().collect(),
        target_maps: match maps {
            Some(file) => read_maps(&file)?,
            None => Vec::new(),
        },
        max_concurrency,
        max_errors,
    };
    Ok(Some(order))
}

/// Checks the targets, and what they give to parameters: for what a child would refuse, nothing needs to start.
///
/// # Errors
/// With all that is wrong, a line each.
pub(super) fn check<R: Runbook>(order: &Order) -> Result<(), String> {
    order.fleet::<R>().map_err(|error| error.to_string())?;
    refusals::<R>(order)
}

fn encoded(values: &Map) -> Map {
    let values = values.iter();
    values
        .map(|(name, value)| (name.clone(), value.encode().into()))
        .collect()
}

fn read_maps(file: &str) -> Result<Vec<Map>, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("cannot read {file}: {error}"))?;
    // Read as YAML first, because that finds duplicate keys.
    let yaml: serde_yaml::Value =
        serde_yaml::from_str(&text).map_err(|error| format!("{file}: {error}"))?;
    let maps = match serde_json::to_value(yaml) {
        Ok(Document::Array(maps)) => maps.into_iter().map(|map| match map {
            Document::Object(map) => Some(encoded(&map)),
            _ => None,
        }),
        Ok(_) => return Err(format!("{file}: target maps are a list")),
        Err(error) => return Err(format!("{file}: {error}")),
    };
    let maps: Option<Vec<Map>> = maps.collect();
    maps.ok_or_else(|| format!("{file}: each target is a map of parameters"))
}

/// Finds out which targets give what the runbook does not take.
fn refusals<R: Runbook>(order: &Order) -> Result<(), String> {
    let given = order.each();
    let problems = given.iter().filter_map(|(target, given)| {
        let errors = parameters::check(R::DEFINITION, given).err()?;
        let problems = errors.problems.iter();
        Some(
            problems
                .map(|problem| format!("{target}: {problem}"))
                .collect(),
        )
    });
    let problems: Vec<Vec<String>> = problems.collect();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems.concat().join("\n")),
    }
}
