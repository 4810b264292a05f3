//! Targets of a run: the same runbook once for each of several, as the arguments say (spec 6.3).

use std::fs;

use clap::{Arg, ArgAction, ArgGroup, ArgMatches};

use crate::parent::Order;
use crate::runbook::Runbook;
use crate::search::{Kind, Query};
use crate::value::{Document, Encode, Map};

use super::command::OPTIONS;
use super::console::Console;
use super::exit::Exit;

/// How a query is written as the AWS CLI takes it: `Key=tag:Stage,Values=prod,test`.
const LONG: (&str, &str) = ("Key=", ",Values=");

/// The options of `run` that say for what it runs.
pub(super) fn options() -> Vec<Arg> {
    let options = [
        Arg::new("target-parameter")
            .long("target-parameter")
            .value_name("NAME")
            .requires("each")
            .help("Run once for each --target, or each resource of --targets, which this parameter gets"),
        Arg::new("target")
            .long("target")
            .value_name("VALUE")
            .action(ArgAction::Append)
            .num_args(1..)
            .requires("target-parameter")
            .help("Values of --target-parameter, up to 50"),
        Arg::new("targets")
            .long("targets")
            .value_name("KEY=VALUE[,VALUE…]")
            .requires("target-parameter")
            .help(
                "Find the values: tag:NAME=VALUE, ResourceGroup=NAME, or AWS::EC2::Instance=* for all instances; the binary \
                 has to be built with --targets",
            ),
        Arg::new("target-type")
            .long("target-type")
            .value_name("TYPE")
            .requires("targets")
            .help(
                "Find resources of this type only, as in AWS::EC2::Instance [default: that of the parameter, if it has one]",
            ),
        Arg::new("target-maps")
            .long("target-maps")
            .value_name("FILE")
            .conflicts_with_all(["target", "targets", "target-parameter"])
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

/// The two ways of saying which values: by themselves, or by what finds them.
pub(super) fn each() -> ArgGroup {
    ArgGroup::new("each").args(["target", "targets"])
}

/// What the arguments say about targets; nothing if there are none. `supplied` is what all of them have in common.
///
/// # Errors
/// When the targets cannot be read, or when the binary cannot find them.
pub(super) fn order<R: Runbook>(
    matches: &ArgMatches,
    supplied: &Map,
) -> Result<Option<Order>, String> {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let (max_concurrency, max_errors) = (text("max-concurrency"), text("max-errors"));
    let target_parameter_name = text("target-parameter");
    let maps = text("target-maps");
    if target_parameter_name.is_none() && maps.is_none() {
        return match max_concurrency.or(max_errors) {
            None => Ok(None),
            Some(_) => Err(
                "--max-concurrency and --max-errors need --target, --targets or --target-maps"
                    .to_owned(),
            ),
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
        targets: None,
        target_type: text("target-type"),
        target_maps: match maps {
            Some(file) => read_maps(&file)?,
            None => Vec::new(),
        },
        max_concurrency,
        max_errors,
    };
    Ok(Some(match text("targets") {
        Some(written) => of_query::<R>(order, &written)?,
        None => order,
    }))
}

fn of_query<R: Runbook>(order: Order, written: &str) -> Result<Order, String> {
    let query = query(written);
    let kind = query.kind().map_err(|error| error.to_string())?;
    match kind {
        Kind::Values => Ok(order.with_values(query.values)),
        _ if R::search().is_none() => Err(format!(
            "this binary cannot find what `{written}` means\nhelp: build it with `runbookc build --targets`, or name the \
             targets by --target"
        )),
        _ => Ok(Order {
            targets: Some(query),
            ..order
        }),
    }
}

/// `tag:Stage=prod,test`, or the same as the AWS CLI takes it. A key that has a `=` itself is written in the long form.
fn query(written: &str) -> Query {
    let (key, values) = LONG;
    let long = written.strip_prefix(key).map(|rest| {
        let parts = rest.split_once(values);
        parts.unwrap_or((rest, ""))
    });
    let (key, values) = long
        .or_else(|| written.split_once('='))
        .unwrap_or((written, ""));
    let values = values.split(',').filter(|value| !value.is_empty());
    Query {
        key: key.to_owned(),
        values: values.map(str::to_owned).collect(),
    }
}

/// Checks the targets, and what they give to parameters: for what a child would refuse, nothing needs to start.
///
/// # Errors
/// When something is wrong, which has been told then.
pub(super) fn check<R: Runbook>(order: &Order, console: &Console) -> Result<(), Exit> {
    order.check::<R>().map_err(|problems| {
        console.fail_with_all(Exit::Usage, "the targets cannot be used", &problems)
    })
}

/// Says which targets were found.
#[cfg(feature = "journal")]
pub(super) fn told(order: &Order) -> String {
    const SHOWN: usize = 5;
    let count = order.values.len();
    let shown: Vec<&str> = order
        .values
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect();
    let rest = if count > SHOWN { ", …" } else { "" };
    let unit = if count == 1 { "target" } else { "targets" };
    format!("found {count} {unit}: {}{rest}\n", shown.join(", "))
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
