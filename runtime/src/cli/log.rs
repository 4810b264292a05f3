//! The log of a command: how much of it is wanted, and where it is written.

mod lines;

use clap::ArgMatches;
use tracing::Level;

use crate::log::TARGET;

use super::console::Console;
use lines::{Form, Lines};

/// Whether a command line, or the environment, wants a log at all; and one for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    No,
    Text,
    Json,
}

/// What a command line wants.
pub(super) fn wanted(matches: &ArgMatches) -> Wanted {
    match (level(matches), is_json(matches)) {
        (None, _) => Wanted::No,
        (Some(_), true) => Wanted::Json,
        (Some(_), false) => Wanted::Text,
    }
}

/// Writes the log to where errors go, for as long as the returned value lives and on this thread.
pub(super) fn write(
    matches: &ArgMatches,
    console: &Console,
) -> Option<tracing::dispatcher::DefaultGuard> {
    let form = if is_json(matches) {
        Form::Json
    } else {
        Form::Text
    };
    let lines = Lines::new(level(matches)?, form, console.errors.clone());
    Some(tracing::subscriber::set_default(lines))
}

/// `RUST_LOG` says how much, else `-vv`, else that there is a form for it.
fn level(matches: &ArgMatches) -> Option<Level> {
    let asked = match verbosity(matches) {
        2.. => Some(Level::DEBUG),
        _ => is_given(matches).then_some(Level::INFO),
    };
    let set = std::env::var("RUST_LOG").unwrap_or_default();
    set.split(',').fold(asked, |level, directive| {
        let (target, wanted) = directive.split_once('=').unwrap_or((TARGET, directive));
        match (target.trim(), wanted.trim()) {
            (TARGET, "off") => None,
            (TARGET, wanted) => wanted.parse().ok().or(level),
            _ => level,
        }
    })
}

/// How often `-v` was given.
pub(super) fn verbosity(matches: &ArgMatches) -> u8 {
    // Not every command has the option.
    let count = matches.try_get_one::<u8>("verbose");
    count.ok().flatten().copied().unwrap_or_default()
}

fn is_given(matches: &ArgMatches) -> bool {
    matches.try_contains_id("log-format").unwrap_or_default()
}

fn is_json(matches: &ArgMatches) -> bool {
    let form = matches.try_get_one::<String>("log-format");
    form.ok().flatten().is_some_and(|form| form == "json")
}
