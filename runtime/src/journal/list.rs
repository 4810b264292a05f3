//! Lists: the executions of a journal.

use jiff::Timestamp;
use rusqlite::params;
use uuid::Uuid;

use crate::status::Status;

use super::read::{COLUMNS, Heading};
use super::{Journal, JournalError};

/// Which executions to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those of this runbook; of any, if none is named.
    pub runbook: Option<String>,
    /// Those with one of these statuses; with any, if none is named.
    pub statuses: Vec<Status>,
    /// So many at most, the newest; all, if no number is named.
    pub most: Option<usize>,
}

impl Filter {
    /// Those of this runbook that have not ended: they were cut off, or a process runs them.
    pub fn unfinished(runbook: impl Into<String>) -> Self {
        Self {
            runbook: Some(runbook.into()),
            statuses: vec![
                // Not even its first step has started.
                Status::Pending,
                Status::InProgress,
                Status::Waiting,
                Status::Cancelling,
            ],
            most: None,
        }
    }
}

/// An execution in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The execution.
    pub execution: Uuid,
    /// The execution that has started it; nothing if a person has.
    pub parent: Option<Uuid>,
    /// The runbook.
    pub runbook: String,
    /// The hash of its text.
    pub hash: String,
    /// The Region that it runs in.
    pub region: String,
    /// How far it is, or was when its process ended.
    pub status: Status,
    /// The step under way.
    pub step: Option<String>,
    /// Why it has failed.
    pub message: Option<String>,
    /// The ARN of whom it runs as.
    pub executed_by: Option<String>,
    /// When it started.
    pub started: Timestamp,
    /// The time of its last event.
    pub last: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// What [`super::Keeper::options`] was told.
    pub options: Option<String>,
}

impl Journal {
    /// The executions that people have started, the newest first.
    ///
    /// # Errors
    /// When they cannot be read, or are not what was written.
    pub fn list(&self, filter: &Filter) -> Result<Vec<Entry>, JournalError> {
        let statuses: Vec<String> = filter
            .statuses
            .iter()
            .map(|status| format!("'{status}'"))
            .collect();
        let of_status = match statuses.is_empty() {
            true => String::new(),
            false => format!("AND status IN ({})", statuses.join(", ")),
        };
        let of_runbook = match filter.runbook {
            Some(_) => "AND runbook = ?1",
            None => "AND ?1 IS NULL",
        };
        self.entries(
            &format!(
                "SELECT {COLUMNS} FROM executions WHERE parent IS NULL {of_runbook} {of_status} \
                 ORDER BY number DESC LIMIT ?2"
            ),
            params![
                filter.runbook,
                // SQLite takes a negative number for no limit.
                filter
                    .most
                    .map_or(-1, |most| i64::try_from(most).unwrap_or(i64::MAX))
            ],
        )
    }

    /// The execution whose id begins with `text`.
    ///
    /// # Errors
    /// When there is none, or several.
    pub fn find(&self, text: &str) -> Result<Entry, JournalError> {
        let prefix = text.trim().to_ascii_lowercase();
        let is_id = |character: char| character.is_ascii_hexdigit() || character == '-';
        let unknown = || JournalError::Unknown(text.to_owned());
        if prefix.is_empty() || !prefix.chars().all(is_id) {
            return Err(unknown());
        }
        let mut found = self.entries(
            &format!(
                "SELECT {COLUMNS} FROM executions WHERE id >= ?1 AND id < ?1 || 'g' ORDER BY number LIMIT ?2"
            ),
            params![prefix, 5],
        )?;
        match found.len() {
            0 => match prefix.parse() {
                Ok(execution) => Err(self.missing(execution)),
                Err(_) => Err(unknown()),
            },
            1 => Ok(found.remove(0)),
            _ => Err(JournalError::Ambiguous {
                text: text.to_owned(),
                candidates: found.iter().map(|entry| entry.execution).collect(),
            }),
        }
    }

    fn entries(
        &self,
        query: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Vec<Entry>, JournalError> {
        let connection = self.connection();
        let headings = connection.prepare_cached(query).and_then(|mut query| {
            let rows = query.query_map(parameters, Heading::of)?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        });
        let headings = headings.map_err(|error| self.problem(error))?;
        let entries = headings.into_iter().map(|heading| heading.map(Entry::of));
        entries
            .collect::<Option<_>>()
            .ok_or_else(|| self.damaged("what it says of an execution is not what was written"))
    }
}

impl Entry {
    fn of(heading: Heading) -> Self {
        Self {
            execution: heading.id,
            parent: heading.parent,
            runbook: heading.runbook,
            hash: heading.hash,
            region: heading.region,
            status: heading.status,
            step: heading.step,
            message: heading.message,
            executed_by: heading.executed_by,
            started: heading.started,
            last: heading.last,
            ended: heading.ended,
            options: heading.options,
        }
    }
}
