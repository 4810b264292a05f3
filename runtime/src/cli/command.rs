//! The arguments that the binary of a runbook understands.

#[cfg(feature = "journal")]
mod kept;
#[cfg(not(feature = "journal"))]
#[path = "command/no_kept.rs"]
mod kept;

use clap::{Arg, ArgAction, Command, value_parser};

use crate::parameters::default_value;
use crate::runbook::{Definition, ParameterDefinition};
use crate::value::{Document, Type};

use super::dry;
use super::exit;
use super::flags::{Flag, flags};
use super::targets;

const PARAMETERS: &str = "Parameters of the runbook";
pub(super) const OPTIONS: &str = "Options";

/// The id of a parameter's argument; no option of ours has a colon in its id.
pub(super) fn id(parameter: &ParameterDefinition) -> String {
    format!("parameter:{}", parameter.name)
}

/// The whole command line.
pub(super) fn command(definition: &'static Definition) -> Command {
    Command::new(definition.name)
        .about(definition.description.lines().next().unwrap_or_default())
        .long_about(definition.description)
        .version(env!("CARGO_PKG_VERSION"))
        .long_version(format!(
            "runtime {}, runbook {} {}",
            env!("CARGO_PKG_VERSION"),
            definition.file,
            definition.hash
        ))
        .after_help(exit::help())
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(run(definition))
        .subcommands(kept::commands(definition).into_iter().map(without_headings))
        .subcommand(test())
        .subcommand(without_headings(describe()))
}

/// Only `run` has parameters beside its options, and says which are which.
fn without_headings(command: Command) -> Command {
    command.mut_args(|argument| argument.help_heading(None::<&str>))
}

fn run(definition: &'static Definition) -> Command {
    let flags = flags(definition);
    let unreachable: Vec<_> = flags
        .iter()
        .filter(|flag| flag.name.is_none())
        .map(|flag| {
            format!(
                "\n  --param {}=VALUE  {}",
                flag.parameter.name,
                help(flag.parameter)
            )
        })
        .collect();
    let by_param_only = match unreachable.as_slice() {
        [] => String::new(),
        lines => format!(
            "Parameters with the name of an option, to be given by --param:{}\n\n",
            lines.concat()
        ),
    };
    Command::new("run")
        .about("Run the runbook, for real, simulated or dry")
        .disable_help_flag(true)
        .after_help(format!("{by_param_only}{}", exit::help()))
        .args(flags.into_iter().filter_map(parameter))
        .args(parameter_options())
        .args(mask(definition))
        .args(run_options())
        .args(targets::options())
        .group(targets::each())
        .args(kept::run_options(definition))
        .arg(output())
}

/// The argument of a parameter; nothing if its name cannot be a flag.
fn parameter(flag: Flag) -> Option<Arg> {
    let Flag {
        parameter,
        name,
        alias,
    } = flag;
    let arg = Arg::new(id(parameter))
        .long(name?)
        .visible_aliases(alias)
        .help(help(parameter))
        .help_heading(PARAMETERS);
    Some(match parameter.kind {
        Type::StringList => arg
            .value_name("TEXT")
            .action(ArgAction::Append)
            .num_args(1..),
        Type::MapList => arg
            .value_name("JSON")
            .action(ArgAction::Append)
            .num_args(1..),
        Type::StringMap => arg.value_name("JSON"),
        Type::Integer => arg.value_name("INTEGER").allow_negative_numbers(true),
        Type::Boolean => arg
            .value_name("true|false")
            .num_args(0..=1)
            .default_missing_value("true"),
        Type::String => arg.value_name("TEXT"),
    })
}

/// `The cluster. [String, default: "demo", allowed: "demo", "live"]`
fn help(parameter: &ParameterDefinition) -> String {
    let description = parameter.description.trim();
    let gap = if description.is_empty() { "" } else { " " };
    format!("{description}{gap}[{}]", facts(parameter).join("; "))
}

/// What there is to know about the values of a parameter: type, default, constraints.
pub(super) fn facts(parameter: &ParameterDefinition) -> Vec<String> {
    let mut facts = vec![parameter.written_type.to_owned()];
    facts.push(match default_value(parameter) {
        None => "required".to_owned(),
        Some(Document::String(text)) if text.is_empty() => "optional".to_owned(),
        Some(value) => format!("default: {value}"),
    });
    if !parameter.allowed_values.is_empty() {
        facts.push(format!("allowed: {}", parameter.allowed_values.join(", ")));
    }
    facts.extend(
        parameter
            .allowed_pattern
            .map(|pattern| format!("pattern: {pattern}")),
    );
    for (bounds, unit) in [
        (parameter.items, "elements"),
        (parameter.chars, "characters"),
    ] {
        facts.extend(bounds.min.map(|min| format!("at least {min} {unit}")));
        facts.extend(bounds.max.map(|max| format!("at most {max} {unit}")));
    }
    facts
}

fn parameter_options() -> [Arg; 2] {
    [
        Arg::new("param")
            .long("param")
            .value_name("NAME=VALUE")
            .action(ArgAction::Append)
            .value_parser(name_and_value)
            .help("Any parameter by its name; for lists once per element"),
        Arg::new("parameters")
            .long("parameters")
            .value_name("FILE")
            .help("A map of parameters in YAML or JSON; - reads standard input"),
    ]
    .map(|arg| arg.help_heading(OPTIONS))
}

/// Only runbooks with parameters have the option.
fn mask(definition: &'static Definition) -> Option<Arg> {
    let names = definition.parameters.iter().map(|parameter| parameter.name);
    let names: Vec<&str> = names.collect();
    (!names.is_empty()).then(|| {
        Arg::new("mask")
            .long("mask")
            .value_name("NAME")
            .action(ArgAction::Append)
            .value_parser(names)
            .hide_possible_values(true)
            .help("A parameter whose value is printed as ***, wherever it stands; can be given several times")
            .help_heading(OPTIONS)
    })
}

fn run_options() -> [Arg; 6] {
    [
        Arg::new("simulate")
            .long("simulate")
            .value_name("FILE")
            .help("Call nothing: play this scenario in virtual time"),
        dry::option(),
        quiet(),
        verbose(),
        log_format(),
        Arg::new("help")
            .long("help")
            .short('h')
            .action(ArgAction::Help)
            .help("Print help"),
    ]
    .map(|arg| arg.help_heading(OPTIONS))
}

fn quiet() -> Arg {
    Arg::new("quiet")
        .long("quiet")
        .action(ArgAction::SetTrue)
        .help("Show no progress")
}

fn verbose() -> Arg {
    Arg::new("verbose")
        .long("verbose")
        .short('v')
        .action(ArgAction::Count)
        .conflicts_with("quiet")
        .help("Show what scripts print, too; twice, write a log of all calls and steps")
}

fn log_format() -> Arg {
    Arg::new("log-format")
        .long("log-format")
        .value_name("text|json")
        .value_parser(["text", "json"])
        .hide_possible_values(true)
        .help("Write a log, as lines or as an object each; RUST_LOG=debug says how much")
}

fn output() -> Arg {
    Arg::new("output")
        .long("output")
        .value_name("text|json")
        .value_parser(["text", "json"])
        .hide_possible_values(true)
        .default_value("text")
        .help("What to print: a summary, or data for programs")
        .help_heading(OPTIONS)
}

fn test() -> Command {
    Command::new("test")
        .about("Play scenarios, compare with what they expect, and show what they leave uncovered")
        .after_help(exit::help())
        .arg(
            Arg::new("files")
                .value_name("FILES")
                .required(true)
                .num_args(1..)
                .value_parser(value_parser!(std::path::PathBuf))
                .help("Scenario files, or folders of them"),
        )
}

fn describe() -> Command {
    Command::new("describe")
        .about("Show the parameters, steps and outputs of the runbook")
        .arg(output())
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("NAME=VALUE is needed".to_owned()),
    }
}
