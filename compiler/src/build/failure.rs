//! Why cargo failed, in the words of somebody who only wanted a runbook.

use std::fmt;
use std::process::ExitStatus;

/// A failed run of cargo.
#[derive(Debug)]
pub struct CargoFailure {
    /// What is behind it.
    pub cause: Cause,
    /// Everything that cargo said.
    pub log: String,
}

/// The usual causes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The registry of crates cannot be reached.
    Registry,
    /// `--offline`, but something has never been fetched.
    NotFetched,
    /// The registry has no crate of this name.
    NoCrate(String),
    /// No space is left.
    DiskFull,
    /// The installed Rust is too old.
    OldRust,
    /// There is no linker or C compiler.
    NoLinker,
    /// Somebody ended cargo.
    Interrupted,
    /// The generated crate or the runtime does not compile: our fault.
    Generated(String),
    /// A crate of somebody else does not compile.
    Dependency(String),
    /// Something else.
    Other,
}

/// What cargo's words say about the cause. The first that is found counts: a full disk, for
/// instance, also makes crates fail to compile.
const SIGNS: &[(&str, Cause)] = &[
    ("No space left on device", Cause::DiskFull),
    ("not enough space on the disk", Cause::DiskFull),
    ("but --offline was specified", Cause::NotFetched),
    ("without the offline flag", Cause::NotFetched),
    ("without `--offline`", Cause::NotFetched),
    ("without --offline", Cause::NotFetched),
    ("is not supported by the following package", Cause::OldRust),
    ("requires rustc", Cause::OldRust),
    ("feature `edition2024` is required", Cause::OldRust),
    ("failed to download", Cause::Registry),
    ("download of config.json failed", Cause::Registry),
    ("Could not resolve host", Cause::Registry),
    ("Could not connect to server", Cause::Registry),
    ("failed to query replaced source", Cause::Registry),
    ("Unable to update registry", Cause::Registry),
    ("spurious network error", Cause::Registry),
    ("linker `cc` not found", Cause::NoLinker),
    ("linker `link.exe` not found", Cause::NoLinker),
    ("failed to find tool \"cc\"", Cause::NoLinker),
];

impl CargoFailure {
    /// Judges by what cargo said while it built the crate of this name.
    pub(super) fn new(log: String, status: ExitStatus, name: &str) -> Self {
        let cause = match status.code() {
            Some(_) => cause(&log, name),
            None => Cause::Interrupted,
        };
        Self { cause, log }
    }
}

fn cause(log: &str, name: &str) -> Cause {
    let known = SIGNS.iter().find(|(sign, _)| log.contains(sign));
    if let Some((_, cause)) = known {
        return cause.clone();
    }
    if let Some((_, rest)) = log.split_once("no matching package named `") {
        return Cause::NoCrate(rest.split('`').next().unwrap_or_default().to_owned());
    }
    match failed_crate(log) {
        Some(failed) if failed == name || failed == "runbook-runtime" => Cause::Generated(failed),
        Some(failed) => Cause::Dependency(failed),
        None => Cause::Other,
    }
}

/// The crate in ``error: could not compile `x` `` or ``failed to run custom build command for `x v1` ``.
fn failed_crate(log: &str) -> Option<String> {
    let phrases = ["could not compile `", "custom build command for `"];
    let rest = phrases.iter().find_map(|phrase| log.split_once(phrase))?.1;
    rest.split(['`', ' ']).next().map(str::to_owned)
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Registry => {
                "the crates registry could not be reached; check the network, or use --offline if \
                 everything was fetched before"
            }
            Self::NotFetched => {
                "a crate that the runbook needs is not in cargo's cache; build once without --offline"
            }
            Self::NoCrate(name) => {
                return write!(formatter, "the registry has no crate `{name}`");
            }
            Self::DiskFull => "the disk is full",
            Self::OldRust => "the installed Rust is too old; update it with `rustup update`",
            Self::NoLinker => {
                "there is no C compiler to link with; install one (on Debian: `apt install build-essential`, \
                 on macOS: `xcode-select --install`)"
            }
            Self::Interrupted => "cargo was interrupted",
            Self::Generated(name) => {
                return write!(
                    formatter,
                    "`{name}` does not compile; a checked runbook should always build, so please report this"
                );
            }
            Self::Dependency(name) => {
                return write!(
                    formatter,
                    "`{name}`, which the runbook's binary needs, does not compile on this machine"
                );
            }
            Self::Other => "cargo failed",
        };
        formatter.write_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cause, cause};

    #[test]
    fn causes_are_recognised() {
        let cases = [
            (
                "warning: spurious network error (3 tries remaining)",
                Cause::Registry,
            ),
            (
                "error: failed to write x: No space left on device (os error 28)",
                Cause::DiskFull,
            ),
            (
                "attempting to make an HTTP request, but --offline was specified",
                Cause::NotFetched,
            ),
            ("error: linker `cc` not found", Cause::NoLinker),
            (
                "error: could not compile `demo` (bin)",
                Cause::Generated("demo".to_owned()),
            ),
            (
                "error: failed to run custom build command for `ring v0.17.14`",
                Cause::Dependency("ring".to_owned()),
            ),
            ("error: something new", Cause::Other),
        ];
        for (log, expected) in cases {
            assert_eq!(cause(log, "demo"), expected, "{log}");
        }
    }
}
