//! Forgetting executions: those that are named, or those that ended long ago.

use clap::ArgMatches;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde_json::json;
use uuid::Uuid;

use crate::journal::{Entry, Filter, Journal, JournalError, Shrunk};
use crate::runbook::Runbook;

use super::super::console::Console;
use super::super::exit::Exit;
use super::super::run::wants_json;
use super::look::{self, Line};
use super::state;

/// Forgets executions, and gives their room back.
pub(super) fn forget<R: Runbook>(matches: &ArgMatches, console: &Console) -> Exit {
    let journal = match state::open(matches, console) {
        Ok(journal) => journal,
        Err(exit) => return exit,
    };
    let chosen = match matches.get_one::<Timestamp>("ended-before") {
        Some(moment) => ended_before::<R>(&journal, *moment, matches, console),
        None => named::<R>(&journal, matches, console),
    };
    let entries = match chosen {
        Ok(entries) => look::masked(&journal, entries),
        Err(exit) => return exit,
    };
    // They are told as they were, and that is read before they go.
    let lines: Vec<Line<'_>> = entries
        .iter()
        .map(|entry| Line::of(entry, &journal))
        .collect();
    let only_shows = matches.get_flag("dry-run");
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.execution).collect();
    let gone = match only_shows {
        true => Ok(()),
        false => journal.forget(&ids),
    };
    if let Err(error) = gone {
        return held(&error, console);
    }
    if wants_json(matches) {
        let list: Vec<_> = lines.iter().map(Line::json).collect();
        give_back(&journal, only_shows, console);
        return console.print(&format!("{:#}\n", json!(list)), Exit::Success);
    }
    let all = matches.get_flag("all");
    let text: String = lines.iter().map(|line| line.text(all)).collect();
    let exit = console.print(&text, Exit::Success);
    let number = match ids.len() {
        0 => "no execution".to_owned(),
        1 => "1 execution".to_owned(),
        number => format!("{number} executions"),
    };
    let what = match only_shows {
        true => "would be forgotten",
        false => "forgotten",
    };
    console.errors.text(&format!("{number} {what}\n"));
    give_back(&journal, only_shows, console);
    exit
}

/// Those that ended before a moment, and with `--cut-off` those that were cut off before it.
fn ended_before<R: Runbook>(
    journal: &Journal,
    moment: Timestamp,
    matches: &ArgMatches,
    console: &Console,
) -> Result<Vec<Entry>, Exit> {
    let filter = Filter {
        runbook: (!matches.get_flag("all")).then(|| R::DEFINITION.name.to_owned()),
        statuses: Vec::new(),
        most: None,
    };
    let known = journal.list(&filter);
    let known = known.map_err(|error| state::failed(&error, console))?;
    let cut_off = matches.get_flag("cut-off");
    let is_old = |entry: &Entry| match entry.ended {
        Some(ended) => ended < moment,
        None => cut_off && entry.last < moment && Line::of(entry, journal).is_cut_off(),
    };
    Ok(known.into_iter().filter(is_old).collect())
}

/// Those that are named: all of them, or nothing is forgotten.
fn named<R: Runbook>(
    journal: &Journal,
    matches: &ArgMatches,
    console: &Console,
) -> Result<Vec<Entry>, Exit> {
    let mut entries: Vec<Entry> = Vec::new();
    for id in matches
        .get_many::<String>("execution")
        .into_iter()
        .flatten()
    {
        let entry = state::find_id(journal, id, console)?;
        let entry = state::whole(journal, entry, console)?;
        let entry = match matches.get_flag("all") {
            true => entry,
            false => look::own::<R>(journal, entry, console)?,
        };
        can_go(journal, &entry, matches.get_flag("cut-off"), console)?;
        if !entries
            .iter()
            .any(|known| known.execution == entry.execution)
        {
            entries.push(entry);
        }
    }
    Ok(entries)
}

/// Whether an execution can be forgotten; it has been told if not.
fn can_go(journal: &Journal, entry: &Entry, cut_off: bool, console: &Console) -> Result<(), Exit> {
    let execution = entry.execution;
    let holder = journal.holder(execution);
    match holder.map_err(|error| state::failed(&error, console))? {
        Some(holder) => Err(held(&JournalError::Held { execution, holder }, console)),
        None if entry.status.is_final() || cut_off => Ok(()),
        None => {
            let message = format!(
                "execution {execution} was cut off and has not ended: {}\n\
                 help: `resume {execution}` goes on with it; `forget --cut-off {execution}` gives it up, and leaves what \
                 it has started in AWS as it is",
                entry.status
            );
            Err(console.fail(Exit::Failed, &message))
        }
    }
}

fn held(error: &JournalError, console: &Console) -> Exit {
    let exit = state::failed(error, console);
    if let JournalError::Held { execution, .. } = error {
        let help = format!("help: `cancel {execution}` ends it\n");
        console.errors.text(&help);
    }
    exit
}

/// Gives the room back. What was forgotten is, whatever comes of it.
fn give_back(journal: &Journal, only_shows: bool, console: &Console) {
    if only_shows {
        return;
    }
    match journal.shrink() {
        Ok(Shrunk::By(0)) => {}
        Ok(Shrunk::By(bytes)) => {
            let text = format!("the journal is {} smaller\n", size(bytes));
            console.errors.text(&text);
        }
        Ok(Shrunk::NotWhileInUse(bytes)) => console.errors.text(&format!(
            "the journal is in use and keeps {} for runs to come; `forget` gives them back when nothing runs\n",
            size(bytes)
        )),
        Err(error) => console
            .errors
            .text(&format!("note: the journal cannot be made smaller: {error}\n")),
    }
}

/// `3.4 MB`
#[expect(clippy::cast_precision_loss, reason = "one digit is shown of it")]
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// `30d` ago, `P30D` ago, a day or a time.
pub(crate) fn moment(text: &str) -> Result<Timestamp, String> {
    const NEEDED: &str = "an age such as `30d` or `12h`, a day such as `2026-01-31` or a time such as `2026-01-31T08:00:00Z` is needed";
    let needed = || NEEDED.to_owned();
    if let Ok(age) = text.parse::<Span>() {
        let now = Timestamp::now().to_zoned_datetime(TimeZone::UTC);
        let moment = now.checked_sub(age.abs());
        return moment
            .map(|moment| moment.timestamp())
            .map_err(|error| error.to_string());
    }
    if let Ok(moment) = text.parse() {
        return Ok(moment);
    }
    let day: Date = text.parse().map_err(|_| needed())?;
    let start = day.to_zoned_datetime(TimeZone::UTC).map_err(|_| needed())?;
    Ok(start.timestamp())
}
