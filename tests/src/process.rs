//! Running commands and looking at what came of them.

use std::env;
use std::process::Command;

use serde_json::Value;

/// What came of a command.
#[derive(Debug)]
pub struct Ran {
    /// The command, for messages.
    pub command: String,
    /// The exit code; nothing after a signal.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Ran {
    let shown = format!("{command:?}");
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => panic!("cannot run {shown}: {error}"),
    };
    Ran {
        command: shown,
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Ran {
    /// Ends the test if the exit code is another one, with everything that was printed.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "{}\n--- standard output\n{}\n--- standard error\n{}",
            self.command,
            self.stdout,
            self.stderr
        );
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_str(&self.stdout) {
            Ok(value) => value,
            Err(error) => panic!("no JSON ({error}) from {}:\n{}", self.command, self.stdout),
        }
    }
}

/// The cargo that runs the test.
pub fn cargo(subcommand: &str) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.arg(subcommand).env("CARGO_TERM_COLOR", "never");
    command
}
