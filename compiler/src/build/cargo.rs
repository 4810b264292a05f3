//! Runs cargo and listens to it: the binary it made, how far it is, why it failed.

use std::env;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::Value;

use super::failure::CargoFailure;
use super::progress::{self, Progress};
use super::{BuildError, Options};

/// One build by cargo.
pub(super) struct Invocation<'a> {
    /// The name of the crate.
    pub name: &'a str,
    /// Its folder.
    pub folder: &'a Path,
    /// Where cargo puts what it compiles.
    pub target: &'a Path,
    /// What is set as if it stood in cargo's configuration.
    pub configuration: &'a [String],
    /// What kind of binary is wanted.
    pub options: &'a Options,
}

/// Builds a crate; gives the path of its binary in the target folder.
///
/// `progress` is called for every news, if there is one; else cargo is not asked for any.
pub(super) fn build(
    invocation: &Invocation<'_>,
    progress: Option<&mut dyn FnMut(Progress)>,
) -> Result<PathBuf, BuildError> {
    let mut command = command(invocation);
    if progress.is_some() {
        // Cargo's own progress bar is the only place that knows how much there is to do.
        command.env("CARGO_TERM_PROGRESS_WHEN", "always");
        command.env("CARGO_TERM_PROGRESS_WIDTH", "200");
    }
    let mut child = command.spawn().map_err(not_started)?;
    let (binary, log) = listen(&mut child, progress);
    let status = child.wait().map_err(BuildError::CargoStart)?;
    if !status.success() {
        return Err(BuildError::Cargo(CargoFailure::new(
            log,
            status,
            invocation.name,
        )));
    }
    binary.ok_or(BuildError::NoBinary)
}

fn command(invocation: &Invocation<'_>) -> Command {
    let options = invocation.options;
    // Cargo tells the programs it runs where it is.
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .args([
            "build",
            "--message-format",
            "json-render-diagnostics",
            "--target-dir",
        ])
        .arg(invocation.target)
        .current_dir(invocation.folder)
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("CARGO_TERM_QUIET")
        .env_remove("CARGO_TERM_VERBOSE")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for setting in invocation.configuration {
        command.args(["--config", setting]);
    }
    let flags = [
        (options.release, "--release"),
        (options.simulated, "--no-default-features"),
        (options.offline, "--offline"),
    ];
    command.args(
        flags
            .iter()
            .filter(|(wanted, _)| *wanted)
            .map(|(_, flag)| flag),
    );
    command
}

fn not_started(error: io::Error) -> BuildError {
    match error.kind() {
        io::ErrorKind::NotFound => BuildError::CargoMissing,
        _ => BuildError::CargoStart(error),
    }
}

/// Reads both of cargo's outputs until they end, at the same time, so that neither blocks it.
fn listen(
    child: &mut Child,
    progress: Option<&mut dyn FnMut(Progress)>,
) -> (Option<PathBuf>, String) {
    let (messages, noise) = (child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        let reader = scope.spawn(move || messages.and_then(binary));
        let log = noise.map(|noise| log(noise, progress)).unwrap_or_default();
        (reader.join().ok().flatten(), log)
    })
}

/// Finds the binary among cargo's messages, of which each is a line of JSON.
fn binary(messages: impl Read) -> Option<PathBuf> {
    let lines = BufReader::new(messages).lines().map_while(Result::ok);
    let binaries = lines.filter_map(|line| {
        let message: Value = serde_json::from_str(&line).ok()?;
        message.get("executable")?.as_str().map(PathBuf::from)
    });
    // The crate itself is compiled last.
    binaries.last()
}

/// Passes on the news and collects everything else that cargo says.
fn log(noise: impl Read, mut progress: Option<&mut dyn FnMut(Progress)>) -> String {
    let mut log = String::new();
    for line in lines(noise) {
        let news = progress::read(&line);
        if let (Some(news), Some(progress)) = (&news, progress.as_mut()) {
            progress(news.clone());
        }
        if news.is_none() && !progress::is_noise(&line) {
            log.push_str(line.trim_end());
            log.push('\n');
        }
    }
    log
}

/// Lines that end in a line break or, as those of a progress bar do, in a carriage return.
fn lines(noise: impl Read) -> impl Iterator<Item = String> {
    let mut bytes = BufReader::new(noise)
        .bytes()
        .map_while(Result::ok)
        .peekable();
    std::iter::from_fn(move || {
        bytes.peek()?;
        let line: Vec<u8> = bytes
            .by_ref()
            .take_while(|byte| !matches!(byte, b'\n' | b'\r'))
            .collect();
        Some(String::from_utf8_lossy(&line).into_owned())
    })
}
