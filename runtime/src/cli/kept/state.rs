//! The folder that the journal is in.

use std::path::PathBuf;

use clap::ArgMatches;

use crate::journal::{Entry, Journal, JournalError};

use super::super::console::Console;
use super::super::exit::Exit;

/// Where the journal is if nobody says otherwise: `$XDG_STATE_HOME/runbookc`, which is `~/.local/state/runbookc` mostly.
pub(crate) fn default_folder() -> Option<PathBuf> {
    let set = |name: &str| {
        let value = std::env::var_os(name).filter(|value| !value.is_empty());
        value.map(PathBuf::from).filter(|path| path.is_absolute())
    };
    let home = |below: &str| set("HOME").map(|home| home.join(below));
    let state = set("XDG_STATE_HOME")
        .or_else(|| set("LOCALAPPDATA"))
        .or_else(|| home(".local/state"));
    state.map(|state| state.join("runbookc"))
}

/// Opens the journal that the arguments name.
pub(super) fn open(matches: &ArgMatches, console: &Console) -> Result<Journal, Exit> {
    let named = matches.get_one::<PathBuf>("state-dir").cloned();
    let Some(folder) = named.or_else(|| console.state.clone()) else {
        let message = "there is no home directory for the journal; name a folder by --state-dir";
        return Err(console.fail(Exit::NotRun, message));
    };
    Journal::open(&folder).map_err(|error| failed(&error, console))
}

/// The execution that the arguments name.
pub(super) fn find(
    journal: &Journal,
    matches: &ArgMatches,
    console: &Console,
) -> Result<Entry, Exit> {
    let id = matches.get_one::<String>("execution");
    let id = id.map(String::as_str).unwrap_or_default();
    journal.find(id).map_err(|error| failed(&error, console))
}

/// Tells why a journal does not do what it is asked for.
pub(super) fn failed(error: &JournalError, console: &Console) -> Exit {
    let exit = match error {
        JournalError::Unknown(_) | JournalError::Ambiguous { .. } => Exit::Usage,
        _ => Exit::NotRun,
    };
    console.fail(exit, &error.to_string())
}
