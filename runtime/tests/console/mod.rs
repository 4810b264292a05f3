//! Commands of a runbook's binary, run in this process.

use std::ffi::OsString;
use std::io::Write;
use std::sync::{Arc, Mutex};

use runbook_runtime::cli::{Console, Exit, Program, Stream};
use runbook_runtime::report::Form;
use runbook_runtime::runbook::Runbook;

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// What a command has left.
pub(crate) struct Ran {
    pub(crate) exit: Exit,
    pub(crate) output: String,
    pub(crate) errors: String,
}

/// Runs a command, with a journal of its own. The arguments are those behind the name of the program.
pub(crate) fn execute<R: Runbook>(
    form: Form,
    program: &Program<R>,
    arguments: &[&str],
    input: &'static str,
) -> Ran {
    let (output, errors) = (Buffer::default(), Buffer::default());
    let state = tempfile::TempDir::new().unwrap();
    let mut console = Console {
        input: Box::new(input.as_bytes()),
        asks: false,
        output: Stream::new(output.clone()),
        errors: Stream::new(errors.clone()),
        form,
        state: Some(state.path().to_owned()),
    };
    let arguments = std::iter::once("runbook").chain(arguments.iter().copied());
    let exit = program.execute(arguments.map(OsString::from), &mut console);
    Ran {
        exit,
        output: output.text(),
        errors: errors.text(),
    }
}
