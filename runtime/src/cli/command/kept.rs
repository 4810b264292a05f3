//! The arguments of real runs, and of what looks at them and tells them something.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgGroup, Command, value_parser};

use crate::cli::{exit, kept};
use crate::real::Role;
use crate::runbook::Definition;
use crate::status::Status;

use super::{OPTIONS, log_format, output, quiet, verbose};

/// The commands that continue executions, look at them, and tell them something.
pub(super) fn commands(definition: &'static Definition) -> Vec<Command> {
    let mut commands = vec![
        resume(definition),
        list(),
        show(),
        logs(),
        cancel(),
        stop(),
        forget(),
    ];
    commands.push(
        signal(
            "start",
            "Let the step of an interactive run start that waits for it",
        )
        .arg(step())
        .arg(decider()),
    );
    if definition.waits_for_people() {
        let decisions = [
            ("approve", "Approve what a step of a run waits for"),
            ("reject", "Reject what a step of a run waits for"),
        ];
        commands.extend(decisions.map(|(name, about)| {
            signal(name, about)
                .arg(step())
                .arg(comment())
                .arg(decider())
        }));
    }
    commands
}

/// The options of `run` for runs that are real.
pub(super) fn run_options(definition: &'static Definition) -> Vec<Arg> {
    let mut options = vec![
        role(),
        Arg::new("region")
            .long("region")
            .value_name("REGION")
            .help("The AWS Region to run in; default: the configured one"),
        state_dir(),
        Arg::new("interactive")
            .long("interactive")
            .action(ArgAction::SetTrue)
            .conflicts_with_all(["target", "target-maps"])
            .help("Ask before each step"),
    ];
    options.extend(has_scripts(definition).then(script_credentials));
    options.push(decider());
    let options = options.into_iter();
    options
        .map(|arg| arg.conflicts_with("simulate").help_heading(OPTIONS))
        .collect()
}

fn resume(definition: &'static Definition) -> Command {
    let about = match definition.waits_for_people() {
        true => "Continue a run that was cut off; with a step, let a run go on that pauses there",
        false => "Continue a run that was cut off",
    };
    Command::new("resume")
        .about(about)
        .after_help(exit::help())
        .arg(execution())
        .args(definition.waits_for_people().then(step))
        .arg(
            Arg::new("force")
                .long("force")
                .action(ArgAction::SetTrue)
                .help("Even if it was started from another version of the runbook"),
        )
        .arg(on_unknown())
        .arg(role())
        .args(has_scripts(definition).then(script_credentials))
        .arg(decider())
        .arg(state_dir())
        .arg(quiet())
        .arg(verbose())
        .arg(log_format())
        .arg(output())
}

fn on_unknown() -> Arg {
    Arg::new("on-unknown")
        .long("on-unknown")
        .value_name("ask|repeat|fail")
        .value_parser(["ask", "repeat", "fail"])
        .hide_possible_values(true)
        .default_value("ask")
        .help("What becomes of a call that may have been made, and that AWS would not recognise: ask (default), make it again, or let its step fail")
}

fn of_other_runbooks() -> Arg {
    Arg::new("all")
        .long("all")
        .action(ArgAction::SetTrue)
        .help("Those of other runbooks, too")
}

fn list() -> Command {
    Command::new("list")
        .about("List the runs, the newest first")
        .arg(of_other_runbooks())
        .arg(
            Arg::new("status")
                .long("status")
                .value_name("STATUS")
                .action(ArgAction::Append)
                .value_parser(status)
                .help("Only those with this status: InProgress, Waiting, Success, Failed, …"),
        )
        .arg(
            Arg::new("most")
                .long("most")
                .value_name("NUMBER")
                .default_value("20")
                .value_parser(value_parser!(usize))
                .help("So many at most"),
        )
        .arg(state_dir())
        .arg(output())
}

fn show() -> Command {
    Command::new("show")
        .about("Show the record of a run")
        .after_help(exit::help())
        .arg(execution())
        .arg(state_dir())
        .arg(output())
}

fn logs() -> Command {
    Command::new("logs")
        .about("Tell what has happened in a run")
        .arg(execution())
        .arg(
            Arg::new("follow")
                .long("follow")
                .short('f')
                .action(ArgAction::SetTrue)
                .help("Go on telling until it has ended"),
        )
        .arg(state_dir())
}

fn cancel() -> Command {
    signal(
        "cancel",
        "Cancel a run: the step under way is stopped, and its onCancel steps run",
    )
}

fn stop() -> Command {
    signal(
        "stop",
        "End a run: at once, as `cancel` does, or after the step under way",
    )
    .arg(
        Arg::new("complete")
            .long("complete")
            .action(ArgAction::SetTrue)
            .help("Let the step under way end, and start no other"),
    )
}

fn forget() -> Command {
    Command::new("forget")
        .about("Remove runs from the journal for good, with all that they have started in it")
        .after_help("What a run has done in AWS stays as it is.")
        .arg(
            Arg::new("execution")
                .value_name("EXECUTION")
                .num_args(1..)
                .help("Their ids, or how these begin"),
        )
        .arg(
            Arg::new("ended-before")
                .long("ended-before")
                .value_name("AGE|TIME")
                .value_parser(kept::moment)
                .help(
                    "All that ended before that: 30d or 12h ago, 2026-01-31, 2026-01-31T08:00:00Z",
                ),
        )
        .arg(
            Arg::new("cut-off")
                .long("cut-off")
                .action(ArgAction::SetTrue)
                .help("Runs that were cut off, too, which nobody can resume then"),
        )
        .arg(of_other_runbooks())
        .arg(
            Arg::new("dry-run")
                .long("dry-run")
                .action(ArgAction::SetTrue)
                .help("Only show which they are"),
        )
        .group(
            ArgGroup::new("which")
                .args(["execution", "ended-before"])
                .required(true),
        )
        .arg(state_dir())
        .arg(output())
}

/// A command that tells an execution something.
fn signal(name: &'static str, about: &'static str) -> Command {
    Command::new(name)
        .about(about)
        .arg(execution())
        .arg(state_dir())
}

fn execution() -> Arg {
    Arg::new("execution")
        .value_name("EXECUTION")
        .required(true)
        .help("Its id, or how that begins")
}

fn step() -> Arg {
    Arg::new("step")
        .value_name("STEP")
        .help("The step; default: the one that waits")
}

fn comment() -> Arg {
    Arg::new("comment")
        .long("comment")
        .value_name("TEXT")
        .help("What you want to add")
}

fn state_dir() -> Arg {
    Arg::new("state-dir")
        .long("state-dir")
        .value_name("FOLDER")
        .value_parser(value_parser!(PathBuf))
        .help("Where the journal of runs is; default: $XDG_STATE_HOME/runbookc")
        .help_heading(OPTIONS)
}

fn role() -> Arg {
    Arg::new("role")
        .long("role")
        .value_name("runbook|caller|ARN")
        .value_parser(read_role)
        .help("Whose permissions to use: the runbook's assumeRole (default), your own, or another role's")
        .help_heading(OPTIONS)
}

fn decider() -> Arg {
    Arg::new("as")
        .long("as")
        .value_name("ARN")
        .value_parser(arn)
        .help("Who tells the run something; default: whoever starts this")
        .help_heading(OPTIONS)
}

fn script_credentials() -> Arg {
    Arg::new("script-credentials")
        .long("script-credentials")
        .value_name("role|caller")
        .value_parser(["role", "caller"])
        .hide_possible_values(true)
        .default_value("role")
        .help("As whom scripts call AWS: as the assumed role, and as nobody without one (default), or as you")
        .help_heading(OPTIONS)
}

/// Whether a step runs a script.
fn has_scripts(definition: &Definition) -> bool {
    definition.has_action(&["aws:executeScript"])
}

fn arn(text: &str) -> Result<String, String> {
    match text.starts_with("arn:") {
        true => Ok(text.to_owned()),
        false => Err("the ARN of a user or of an assumed role is needed".to_owned()),
    }
}

fn read_role(text: &str) -> Result<Role, String> {
    match text {
        "runbook" => Ok(Role::Runbook),
        "caller" => Ok(Role::Caller),
        arn if arn.starts_with("arn:") => Ok(Role::Arn(arn.to_owned())),
        _ => Err("runbook, caller or the ARN of a role is needed".to_owned()),
    }
}

fn status(text: &str) -> Result<Status, String> {
    let status = serde_json::from_value(text.into());
    status.map_err(|_| {
        "one of the statuses of the service is needed: InProgress, Success, …".to_owned()
    })
}
