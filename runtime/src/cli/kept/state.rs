//! The folder that the journal is in.

use std::path::PathBuf;

use clap::ArgMatches;

use crate::event::Change;
use crate::journal::{Entry, Journal, JournalError};
use crate::parent;
use crate::store::Store;
use crate::value::Map;

use super::super::console::Console;
use super::super::exit::Exit;
use super::super::mask::Mask;
use super::options::Options;

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
    Journal::open(&folder).map_err(|error| {
        let exit = failed(&error, console);
        if let JournalError::File { .. } = error {
            let help =
                "help: the journal needs a folder that can be written; name one by --state-dir\n";
            console.errors.text(help);
        }
        exit
    })
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

/// What the run of an execution was told to hide.
pub(super) fn mask(journal: &Journal, entry: &Entry) -> Mask {
    let options = Options::read(entry.options.as_deref());
    if options.mask().is_empty() {
        return Mask::default();
    }
    let mut parameters = Map::new();
    let read = journal.read(entry.execution, &mut |event| {
        if let Change::Began(beginning) = event.change {
            parameters = parent::values(&beginning);
        }
    });
    // What cannot be read is not shown either, and a run that has started could hide what it was to hide.
    let mask = read.ok().map(|()| Mask::of(options.mask(), &parameters));
    mask.and_then(Result::ok).unwrap_or_default()
}

/// Tells why a journal does not do what it is asked for.
pub(super) fn failed(error: &JournalError, console: &Console) -> Exit {
    let exit = match error {
        JournalError::Unknown(_) | JournalError::Ambiguous { .. } => Exit::Usage,
        _ => Exit::NotRun,
    };
    console.fail(exit, &error.to_string())
}
