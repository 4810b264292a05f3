//! The command line of a runbook's binary: `run`, `test` and `describe`, and what looks at runs and tells them something.
//!
//! It is made from the runbook's [`Definition`](crate::runbook::Definition), so that every parameter has its flag.
//! What a run really calls comes through a [`Backend`], and it is kept in a journal (feature `journal`); without these a
//! binary can only simulate.

#[cfg(all(feature = "aws", feature = "journal"))]
mod aws;
mod command;
mod console;
mod describe;
mod dry;
mod exit;
mod flags;
#[cfg(feature = "journal")]
mod kept;
mod log;
mod mask;
mod run;
mod scenarios;
mod signals;
mod supplied;
mod targets;

use std::ffi::OsString;
use std::marker::PhantomData;
use std::process::ExitCode;

use clap::ArgMatches;

use crate::runbook::Runbook;

#[cfg(feature = "journal")]
pub use crate::real::{Backend, ConnectError, Connection};
pub use console::{Console, Stream};
pub use exit::{EXIT_CODES, Exit};

/// The program that a runbook is compiled to.
pub struct Program<R: Runbook> {
    runbook: PhantomData<R>,
    #[cfg(feature = "journal")]
    backend: Option<Box<dyn Backend<R::Request>>>,
    #[cfg(feature = "journal")]
    children: crate::real::Backends,
}

impl<R: Runbook> Program<R> {
    /// A program that can only simulate.
    pub fn new() -> Self {
        Self {
            runbook: PhantomData,
            #[cfg(feature = "journal")]
            backend: None,
            #[cfg(feature = "journal")]
            children: crate::real::Backends::default(),
        }
    }

    /// A program that makes its calls through `backend`.
    #[cfg(feature = "journal")]
    #[must_use]
    pub fn backend(self, backend: impl Backend<R::Request> + 'static) -> Self {
        Self {
            backend: Some(Box::new(backend)),
            ..self
        }
    }

    /// A program that makes the calls of a runbook that its steps start through `backend`.
    #[cfg(feature = "journal")]
    #[must_use]
    pub fn child<C: Runbook>(mut self, backend: impl Backend<C::Request> + 'static) -> Self {
        self.children.insert::<C>(backend);
        self
    }

    /// Runs the command that the process was started with.
    pub fn main(self) -> ExitCode {
        self.execute(std::env::args_os(), &mut Console::of_process())
            .into()
    }

    /// Runs a command. The first argument is the name of the program.
    pub fn execute(
        &self,
        arguments: impl IntoIterator<Item = OsString>,
        console: &mut Console,
    ) -> Exit {
        match command::command(R::DEFINITION).try_get_matches_from(arguments) {
            Ok(matches) => self.subcommand(&matches, console),
            Err(error) if error.use_stderr() => {
                console.errors.text(&error.render().to_string());
                Exit::Usage
            }
            Err(help) => console.print(&help.render().to_string(), Exit::Success),
        }
    }

    fn subcommand(&self, matches: &ArgMatches, console: &mut Console) -> Exit {
        let runtime = match tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
        {
            Ok(runtime) => runtime,
            Err(error) => {
                return console.fail(Exit::NotRun, &format!("cannot start: {error}"));
            }
        };
        let options = matches.subcommand().map(|(_, matches)| matches);
        let _log = options.and_then(|matches| log::write(matches, console));
        match matches.subcommand() {
            Some(("run", matches)) => runtime.block_on(run::run(self, matches, console)),
            Some(("test", matches)) => runtime.block_on(scenarios::test::<R>(matches, console)),
            Some(("describe", matches)) => describe::describe::<R>(matches, console),
            #[cfg(feature = "journal")]
            Some((name, matches)) => {
                let done = runtime.block_on(kept::command(self, name, matches, console));
                done.unwrap_or_else(|| console.fail(Exit::Usage, "there is no such command"))
            }
            _ => console.fail(Exit::Usage, "a command is needed: run, test or describe"),
        }
    }
}

impl<R: Runbook> Default for Program<R> {
    fn default() -> Self {
        Self::new()
    }
}
