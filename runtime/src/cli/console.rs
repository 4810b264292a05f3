//! Where a command reads and writes.

use std::io::{self, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::report::Form;

use super::exit::Exit;

/// The streams of a command.
pub struct Console {
    /// Standard input.
    pub input: Box<dyn Read + Send>,
    /// Whether somebody sits before it, who can be asked.
    pub asks: bool,
    /// What the command was asked for.
    pub output: Stream,
    /// Progress, notes and errors.
    pub errors: Stream,
    /// How progress is written to `errors`.
    pub form: Form,
    /// The folder of the journal, unless the command names one.
    pub state: Option<PathBuf>,
}

/// A stream that several can write to.
#[derive(Clone)]
pub struct Stream(Arc<Mutex<Box<dyn Write + Send>>>);

impl Console {
    /// The streams of the process.
    pub fn of_process() -> Self {
        Self {
            input: Box::new(io::stdin()),
            asks: io::stdin().is_terminal(),
            output: Stream::new(io::stdout()),
            errors: Stream::new(io::stderr()),
            form: form(),
            #[cfg(feature = "journal")]
            state: super::kept::default_folder(),
            #[cfg(not(feature = "journal"))]
            state: None,
        }
    }

    /// Standard input, for somebody who reads the rest of it, and whether somebody sits before it.
    #[cfg(feature = "journal")]
    pub(super) fn take_input(&mut self) -> (Box<dyn Read + Send>, bool) {
        let input = std::mem::replace(&mut self.input, Box::new(io::empty()));
        (input, self.asks)
    }

    /// Prints the result of a command, and ends it.
    pub(super) fn print(&self, text: &str, exit: Exit) -> Exit {
        match self.output.clone().write_all(text.as_bytes()) {
            Ok(()) => exit,
            // Who reads `… | head` has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit,
            Err(error) => self.fail(Exit::NotRun, &format!("cannot write the result: {error}")),
        }
    }

    /// Tells why a command has failed, and ends it.
    pub(super) fn fail(&self, exit: Exit, message: &str) -> Exit {
        self.errors.text(&format!("error: {message}\n"));
        exit
    }

    /// Tells several reasons at once.
    pub(super) fn fail_with_all(&self, exit: Exit, title: &str, message: &str) -> Exit {
        let lines = message.lines().map(|line| format!("\n  {line}"));
        self.fail(exit, &format!("{title}{}", lines.collect::<String>()))
    }
}

impl Stream {
    /// A stream that ends in `writer`.
    pub fn new(writer: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Box::new(writer))))
    }

    /// Writes what need not arrive: if nobody reads notes any more, the command goes on all the same.
    pub(super) fn text(&self, text: &str) {
        let _ = self.clone().write_all(text.as_bytes());
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .flush()
    }
}

/// Lines are redrawn where there is a terminal that can.
fn form() -> Form {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_none_or(|terminal| terminal == "dumb");
    match io::stderr().is_terminal() && !dumb {
        true => Form::Live {
            colour: !set("NO_COLOR"),
        },
        false => Form::Lines,
    }
}
