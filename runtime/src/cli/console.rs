//! Where a command reads and writes.

use std::io::{self, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::report::Form;

use super::exit::Exit;
use super::mask::Mask;

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
pub struct Stream(Arc<Mutex<Inner>>);

struct Inner {
    writer: Box<dyn Write + Send>,
    /// What nobody is to see.
    mask: Mask,
    /// What was written of a line that has no end yet: what is to be masked may come in pieces.
    pending: Vec<u8>,
}

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

    /// Hides values in everything that is printed from now on, beside those that are hidden already.
    pub(super) fn hide(&self, mask: &Mask) {
        for stream in [&self.output, &self.errors] {
            let mut inner = stream.lock();
            inner.mask = inner.mask.and(mask);
        }
    }

    /// What is hidden.
    pub(super) fn hidden(&self) -> Mask {
        self.errors.lock().mask.clone()
    }

    /// Prints data as the result of a command, and ends it.
    pub(super) fn print_data(&self, data: &impl Serialize, exit: Exit) -> Exit {
        let mask = self.hidden();
        let text = match mask.is_empty() {
            true => serde_json::to_string_pretty(data),
            false => serde_json::to_value(data).map(|data| format!("{:#}", mask.document(data))),
        };
        match text {
            Ok(text) => {
                // Nothing is left to be masked: in the text of JSON, what is no value may look like one.
                let shown = self.output.lock().show(format!("{text}\n").as_bytes());
                self.printed(shown, exit)
            }
            Err(error) => self.fail(Exit::NotRun, &format!("cannot write the result: {error}")),
        }
    }

    /// Prints the result of a command, and ends it.
    pub(super) fn print(&self, text: &str, exit: Exit) -> Exit {
        let mut output = self.output.clone();
        let written = output.write_all(text.as_bytes());
        self.printed(written.and_then(|()| output.flush()), exit)
    }

    fn printed(&self, written: io::Result<()>, exit: Exit) -> Exit {
        match written {
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
        Self(Arc::new(Mutex::new(Inner {
            writer: Box::new(writer),
            mask: Mask::default(),
            pending: Vec::new(),
        })))
    }

    /// Writes what need not arrive: if nobody reads notes any more, the command goes on all the same.
    pub(super) fn text(&self, text: &str) {
        let mut stream = self.clone();
        let _ = stream
            .write_all(text.as_bytes())
            .and_then(|()| stream.flush());
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic while writing leaves half a line behind at worst.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Writes what may be seen.
    fn show(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes)?;
        self.writer.flush()
    }

    /// Writes what is pending, without what is masked.
    fn show_pending(&mut self) -> io::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        let text = self.mask.text(&String::from_utf8_lossy(&pending));
        self.writer.write_all(text.as_bytes())
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inner = self.lock();
        if inner.mask.is_empty() {
            return inner.writer.write(bytes);
        }
        inner.pending.extend_from_slice(bytes);
        if bytes.contains(&b'\n') {
            inner.show_pending()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut inner = self.lock();
        inner.show_pending()?;
        inner.writer.flush()
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
