//! Runs cargo and listens to it: the binary it made, how far it is, why it failed.

use std::env;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;

use serde_json::Value;

use super::failure::CargoFailure;
use super::progress::{self, Audience};
use super::{BuildError, Options};

/// What cargo is told.
#[derive(Clone, Debug)]
pub(super) struct Invocation<'a> {
    /// The name of the crate.
    pub(super) name: &'a str,
    /// Its folder.
    pub(super) folder: &'a Path,
    /// Where cargo puts what it compiles.
    pub(super) target: &'a Path,
    /// What is set as if it stood in cargo's configuration.
    pub(super) configuration: Vec<String>,
    /// What kind of binary is wanted.
    pub(super) options: &'a Options,
}

/// What makes builds quick, unless the environment says otherwise.
const QUICK: [(&str, &str); 2] = [
    // The runtime and the copies of SDK crates never change, and a runbook's own crate is small: traces for the next
    // build cost more than they save.
    ("CARGO_INCREMENTAL", "0"),
    // The journal needs SQLite's core only.
    (
        "LIBSQLITE3_FLAGS",
        "-USQLITE_ENABLE_FTS3 -USQLITE_ENABLE_FTS3_PARENTHESIS -USQLITE_ENABLE_FTS5 -USQLITE_ENABLE_RTREE \
         -USQLITE_ENABLE_STAT4 -USQLITE_ENABLE_DBSTAT_VTAB -USQLITE_ENABLE_LOAD_EXTENSION -USQLITE_SOUNDEX \
         -DSQLITE_OMIT_LOAD_EXTENSION",
    ),
];

/// The setting that makes cargo take a crate from a folder instead of the registry.
pub(super) fn patch(krate: &str, folder: &Path) -> String {
    // A JSON string is a TOML string.
    let folder = Value::from(folder.to_string_lossy());
    format!("patch.crates-io.{krate}.path={folder}")
}

/// Builds a crate; gives the path of its binary in the target folder.
pub(super) fn build(
    invocation: &Invocation<'_>,
    audience: &mut dyn Audience,
) -> Result<PathBuf, BuildError> {
    let options = invocation.options;
    let mut command = command(invocation, "build");
    command
        .args(["--message-format", "json-render-diagnostics"])
        .arg("--target-dir")
        .arg(invocation.target)
        .args(options.release.then_some("--release"))
        .args(options.simulated.then_some("--no-default-features"));
    let messages = run(command, invocation.name, audience, binary)?;
    messages.ok_or(BuildError::NoBinary)
}

/// Chooses the versions and fetches the sources of everything a crate needs on this machine; gives cargo's account of
/// it, in JSON.
pub(super) fn metadata(
    invocation: &Invocation<'_>,
    audience: &mut dyn Audience,
) -> Result<Vec<u8>, BuildError> {
    let mut command = command(invocation, "metadata");
    command
        .args(["--format-version", "1"])
        .args(["--filter-platform", env!("RUNBOOKC_TARGET")]);
    run(command, invocation.name, audience, |mut output| {
        let mut bytes = Vec::new();
        output.read_to_end(&mut bytes).map(|_| bytes)
    })?
    .map_err(BuildError::CargoStart)
}

fn command(invocation: &Invocation<'_>, subcommand: &str) -> Command {
    // Cargo tells the programs it runs where it is.
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .arg(subcommand)
        .current_dir(invocation.folder)
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("CARGO_TERM_QUIET")
        .env_remove("CARGO_TERM_VERBOSE");
    for (name, value) in QUICK {
        if env::var_os(name).is_none() {
            command.env(name, value);
        }
    }
    for setting in &invocation.configuration {
        command.args(["--config", setting]);
    }
    command.args(invocation.options.offline.then_some("--offline"));
    command
}

/// Runs cargo to its end; gives what `read` made of its standard output.
fn run<T: Send>(
    mut command: Command,
    name: &str,
    audience: &mut dyn Audience,
    read: impl FnOnce(ChildStdout) -> T + Send,
) -> Result<T, BuildError> {
    if audience.is_watching() {
        // Cargo's own progress bar is the only place that knows how much there is to do.
        command.env("CARGO_TERM_PROGRESS_WHEN", "always");
        command.env("CARGO_TERM_PROGRESS_WIDTH", "200");
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(not_started)?;
    let (output, log) = listen(&mut child, audience, read);
    let status = child.wait().map_err(BuildError::CargoStart)?;
    if !status.success() {
        return Err(BuildError::Cargo(CargoFailure::new(log, status, name)));
    }
    output.ok_or(BuildError::NoBinary)
}

fn not_started(error: io::Error) -> BuildError {
    match error.kind() {
        io::ErrorKind::NotFound => BuildError::CargoMissing,
        _ => BuildError::CargoStart(error),
    }
}

/// Reads both of cargo's outputs until they end, at the same time, so that neither blocks it.
fn listen<T: Send>(
    child: &mut Child,
    audience: &mut dyn Audience,
    read: impl FnOnce(ChildStdout) -> T + Send,
) -> (Option<T>, String) {
    let (output, noise) = (child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        let reader = scope.spawn(move || output.map(read));
        let log = noise.map(|noise| log(noise, audience)).unwrap_or_default();
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
fn log(noise: impl Read, audience: &mut dyn Audience) -> String {
    let mut log = String::new();
    for line in lines(noise) {
        if let Some(news) = progress::read(&line) {
            audience.progress(news);
        } else if !progress::is_noise(&line) {
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
