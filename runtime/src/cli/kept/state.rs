//! The folder that the journal is in.

use std::io::ErrorKind;
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
    Journal::open(&folder).map_err(|error| failed(&error, console))
}

/// The execution that the arguments name.
pub(super) fn find(
    journal: &Journal,
    matches: &ArgMatches,
    console: &Console,
) -> Result<Entry, Exit> {
    let id = matches.get_one::<String>("execution");
    find_id(journal, id.map(String::as_str).unwrap_or_default(), console)
}

/// The execution whose id begins so.
pub(super) fn find_id(journal: &Journal, id: &str, console: &Console) -> Result<Entry, Exit> {
    journal.find(id).map_err(|error| {
        let exit = failed(&error, console);
        if let JournalError::Unknown(_) = error {
            console.errors.text(&format!(
                "help: `list --all` shows those in {}; another folder is named by --state-dir\n",
                journal.folder().display()
            ));
        }
        exit
    })
}

/// The execution that a person has started and that this one belongs to: it is the one that has a process.
pub(super) fn root(journal: &Journal, entry: &Entry) -> Result<Entry, JournalError> {
    let mut root = entry.clone();
    while let Some(parent) = root.parent {
        root = journal.find(&parent.to_string())?;
    }
    Ok(root)
}

/// The execution, if a person has started it: one that a step has started has no process of its own, and goes where its
/// parent goes.
pub(super) fn whole(journal: &Journal, entry: Entry, console: &Console) -> Result<Entry, Exit> {
    let root = root(journal, &entry).map_err(|error| failed(&error, console))?;
    if root.execution == entry.execution {
        return Ok(entry);
    }
    let message = format!(
        "execution {} belongs to execution {} of `{}`\nhelp: use the id of that one",
        entry.execution, root.execution, root.runbook
    );
    Err(console.fail(Exit::Usage, &message))
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
    match help(error) {
        Some(help) => console.fail(exit, &format!("{error}\nhelp: {help}")),
        None => console.fail(exit, &error.to_string()),
    }
}

fn help(error: &JournalError) -> Option<&'static str> {
    const ROOM: &str = "make room on its disk, or name a folder on another one by --state-dir; the journal grows with what runs leave, and \
         `forget` makes it smaller";
    match error {
        JournalError::File { source, .. } if source.kind() == ErrorKind::StorageFull => Some(ROOM),
        JournalError::File { .. } => {
            Some("the journal needs a folder that can be written; name one by --state-dir")
        }
        error if error.is_out_of_room() => Some(ROOM),
        _ => None,
    }
}
