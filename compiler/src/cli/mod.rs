//! The command line: arguments in, exit code out. One file per command.

mod arguments;
mod build;
mod cache;
mod check;
mod error;
mod explain;
mod fix;
mod folder;
mod iam;
mod input;
mod kind;
mod levels;
mod live;
mod output;
mod replace;
mod report;
mod run;
mod sdk;
mod test;
mod types;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::catalogue::Catalogue;
use arguments::{Arguments, Command};
use error::CliError;

/// The exit code where the runbook itself is at fault.
const FAULTY: u8 = 1;

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let command = Arguments::command().version(version());
    let arguments = match Arguments::from_arg_matches(&command.get_matches()) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    match execute(&arguments) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            error.print();
            ExitCode::from(error.exit_code())
        }
    }
}

fn execute(arguments: &Arguments) -> Result<u8, CliError> {
    let given;
    let catalogue = match &arguments.botocore {
        Some(folder) => {
            given = Catalogue::from_botocore(folder, None)?;
            &given
        }
        None => Catalogue::embedded(),
    };
    match &arguments.command {
        Command::Check(check) => check::execute(check, catalogue),
        Command::Build(build) => build::execute(build, catalogue),
        Command::Run(run) => run::execute(run, catalogue),
        Command::Test(test) => test::execute(test, catalogue),
        Command::Explain(explain) => explain::execute(explain),
        Command::Sdk(sdk) => sdk::execute(sdk, catalogue),
        Command::Cache(cache) => cache::execute(cache),
        Command::Types(types) => types::execute(types, catalogue),
        Command::Iam(iam) => iam::execute(iam, catalogue),
    }
}

/// What `--version` says; clap wants it for the life of the process.
fn version() -> &'static str {
    let catalogue = Catalogue::embedded();
    let text = format!(
        "{} (AWS models of {}, botocore {})",
        env!("CARGO_PKG_VERSION"),
        catalogue.date(),
        catalogue.botocore_version()
    );
    Box::leak(text.into_boxed_str())
}
