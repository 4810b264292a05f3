//! What can be written after `runbookc`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::levels::LevelFlags;
use crate::build::Options;

/// Compiles AWS Systems Manager Automation runbooks.
#[derive(Debug, Parser)]
#[command(name = "runbookc", after_help = EXIT_CODES, max_term_width = 100)]
pub(super) struct Arguments {
    /// Check API calls against this installed botocore instead of the models that runbookc carries.
    #[arg(long, global = true, value_name = "DIR")]
    pub botocore: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  all is well
  1  a runbook has errors, or findings that --deny makes errors
  2  wrong usage, or a file that cannot be read or written
  3  the binary could not be built
`run` and `test` end with the exit code of the runbook's binary once it is built.

Environment:
  RUNBOOKC_CACHE_DIR  where binaries are built, instead of the user's cache folder
  NO_COLOR            no colours, even on a terminal";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Report everything that is wrong with runbooks.
    Check(Check),
    /// Compile a runbook to a native binary.
    Build(Build),
    /// Compile a runbook and run it.
    Run(Run),
    /// Run the scenarios of runbooks: simulated, in virtual time, without AWS.
    Test(Test),
    /// Explain the code of a diagnostic.
    Explain(Explain),
    /// Prune AWS SDK crates for a package of your own.
    Sdk(Sdk),
    /// Show what the cache holds, or clear it.
    Cache(Cache),
    /// Show the types of a runbook's parameters, inputs and outputs.
    Types(Types),
    /// Print the IAM policy that a runbook needs.
    Iam(Iam),
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The runbooks, or folders of them; `-` reads standard input. A step may start each of the others by its name.
    ///
    /// Below folders, every YAML and JSON file is a runbook whose `schemaVersion` is 0.3; what git ignores is passed over.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How to report.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Report,
    /// Repair what can only be meant in one way, and report the rest. Of standard input, print the repaired text.
    #[arg(long)]
    pub fix: bool,
    /// Print what --fix would change, as a unified diff, and write nothing.
    #[arg(long)]
    pub diff: bool,
    #[command(flatten)]
    pub levels: LevelFlags,
}

/// For whom a report of findings is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Report {
    /// For people.
    #[default]
    Human,
    /// For programs: an array of findings.
    Json,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
    /// For GitHub Actions: annotations of the lines.
    Github,
}

/// For whom an answer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    #[default]
    Human,
    /// For programs.
    Json,
}

#[derive(Debug, Args)]
pub(super) struct Build {
    /// The runbook; `-` reads standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub beside: Beside,
    /// Where to put the result. Without it, a binary stays in the cache, and its path is printed.
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Give the generated source instead of a binary.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub emit: Option<Emit>,
    /// With `--emit crate`: put the runtime's source into the crate, so that it builds on its own.
    #[arg(long)]
    pub vendor: bool,
    /// Build a binary that only simulates: without the AWS SDK, in seconds.
    #[arg(long)]
    pub simulated: bool,
    #[command(flatten)]
    pub levels: LevelFlags,
    #[command(flatten)]
    pub flags: Flags,
}

/// The runbooks that another one may start.
#[derive(Debug, Default, Args)]
pub(super) struct Beside {
    /// Another runbook, which steps may start by its name: it is checked along with this one, and runs inside it.
    #[arg(long = "with", value_name = "FILE")]
    pub children: Vec<PathBuf>,
}

/// What to emit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Emit {
    /// A whole crate, into the folder `--output`.
    Crate,
    /// The Rust module, to standard output or into the folder `--output`.
    Rust,
    /// The compiler's own form of the program, to standard output or the file `--output`.
    Ir,
}

/// How binaries are built.
#[derive(Clone, Debug, Args)]
pub(super) struct Flags {
    /// Optimize the binary.
    #[arg(long)]
    pub release: bool,
    /// The versions of the AWS SDK.
    #[arg(long, value_enum, default_value_t, value_name = "WHICH")]
    pub sdk: Versions,
    /// Build with the whole AWS SDK crates instead of copies that are pruned to what the runbook calls.
    #[arg(long)]
    pub stock_sdk: bool,
    /// Build in what finds the resources for which to run: `run --targets tag:NAME=VALUE` needs it.
    #[arg(long)]
    pub targets: bool,
    /// Where the files are that scripts use as attachments, if not beside the runbook.
    #[arg(long, value_name = "DIR")]
    pub attachments: Option<PathBuf>,
    /// Do not use the network.
    #[arg(long)]
    pub offline: bool,
    /// Fail if the binary needs an SDK crate that the carried lock file does not hold.
    #[arg(long, conflicts_with = "sdk")]
    pub locked: bool,
}

/// Versions of the AWS SDK.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Versions {
    /// Those that this runbookc was made with; the newest where it knows none.
    #[default]
    Carried,
    /// The newest.
    Latest,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    /// The runbook.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub beside: Beside,
    #[command(flatten)]
    pub levels: LevelFlags,
    #[command(flatten)]
    pub flags: Flags,
    /// Passed to the binary's `run`; `-- --help` lists what it takes.
    #[arg(last = true, value_name = "ARGUMENT")]
    pub arguments: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(super) struct Test {
    /// The runbooks.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub beside: Beside,
    /// Scenario files, or folders of them, instead of `scenarios` beside the runbook.
    #[arg(long, num_args = 1.., value_name = "PATH")]
    pub scenarios: Vec<PathBuf>,
    #[command(flatten)]
    pub levels: LevelFlags,
    #[command(flatten)]
    pub flags: Flags,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The code, as in `RB0203`.
    #[arg(required_unless_present = "list")]
    pub code: Option<String>,
    /// List all codes.
    #[arg(long)]
    pub list: bool,
}

#[derive(Debug, Args)]
pub(super) struct Sdk {
    #[command(subcommand)]
    pub command: SdkCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum SdkCommand {
    /// Cut the SDK crates of a package down to the operations it calls, and print the `[patch]` entries that make cargo
    /// use them.
    Prune(Prune),
}

const PRUNE_HELP: &str = "\
Put what is printed into the workspace's Cargo.toml or .cargo/config.toml. Without --output the copies are in the cache,
and `runbookc cache clear` removes them. Run the command again when the package calls another operation, or when
`cargo update` brings another version.

Example:
  runbookc sdk prune ecs.RunTask ecs.describe_tasks s3.GetObject --output vendor/aws";

#[derive(Debug, Args)]
#[command(after_help = PRUNE_HELP)]
pub(super) struct Prune {
    /// The operations, such as `ecs.RunTask` or `ecs.run_task`.
    #[arg(required_unless_present = "runbooks", value_name = "CRATE.OPERATION")]
    pub operations: Vec<String>,
    /// A runbook that the package embeds: what it calls is kept too.
    #[arg(long = "runbook", value_name = "FILE")]
    pub runbooks: Vec<PathBuf>,
    /// The package, if not all of the workspace.
    #[arg(short, long, value_name = "NAME")]
    pub package: Option<String>,
    /// The Cargo.toml of the package or its workspace.
    #[arg(long, value_name = "FILE", default_value = "Cargo.toml")]
    pub manifest_path: PathBuf,
    /// Where to put the copies.
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Do not use the network.
    #[arg(long)]
    pub offline: bool,
}

#[derive(Debug, Args)]
pub(super) struct Cache {
    #[command(subcommand)]
    pub command: Option<CacheCommand>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum CacheCommand {
    /// Show where the cache is and how much each part of it takes; so does leaving the command out.
    Show,
    /// Remove everything from the cache. The next build starts anew.
    Clear,
}

#[derive(Debug, Args)]
pub(super) struct Iam {
    /// The runbook; `-` reads standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub beside: Beside,
    /// How to show what it needs.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Permissions,
}

/// How permissions are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Permissions {
    /// A policy with one statement.
    #[default]
    Policy,
    /// A policy with a statement for each step.
    Statements,
    /// A line for each step.
    Table,
}

#[derive(Debug, Args)]
pub(super) struct Types {
    /// The runbook; `-` reads standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub beside: Beside,
    /// How to show them.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
}

impl Flags {
    /// As the build takes them.
    pub(super) fn options(&self, simulated: bool) -> Options {
        Options {
            release: self.release,
            simulated,
            latest_sdk: self.sdk == Versions::Latest,
            stock_sdk: self.stock_sdk,
            offline: self.offline,
            locked: self.locked,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }
}
