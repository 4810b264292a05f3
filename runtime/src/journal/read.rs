//! Reading: nothing is handed out as true that does not add up.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row as SqlRow};
use uuid::Uuid;

use crate::event::{Change, Event};
use crate::status::Status;
use crate::store::{Store, StoreError};

use super::sum::sum;
use super::{Journal, JournalError};

/// What the journal says of an execution beside its events.
#[derive(Clone, Debug)]
pub(super) struct Heading {
    /// Its row.
    pub(super) number: i64,
    pub(super) id: Uuid,
    /// The row of the execution that a person has started and that this one belongs to.
    pub(super) root: i64,
    pub(super) parent: Option<Uuid>,
    pub(super) runbook: String,
    pub(super) hash: String,
    pub(super) region: String,
    pub(super) status: Status,
    /// The step that started last.
    pub(super) step: Option<String>,
    /// The last failure.
    pub(super) message: Option<String>,
    pub(super) executed_by: Option<String>,
    pub(super) started: Timestamp,
    /// The time of the last event.
    pub(super) last: Timestamp,
    pub(super) ended: Option<Timestamp>,
    /// How many events there are, and the sum of their checksums.
    pub(super) events: i64,
    pub(super) checksum: i64,
    /// How it was started, for whoever continues it.
    pub(super) options: Option<String>,
}

/// The columns of a heading, in the order in which they are read.
pub(super) const COLUMNS: &str = "number, id, root, parent, runbook, hash, region, status, step, message, executed_by, \
     started, last, ended, events, checksum, options, seal";

impl Heading {
    /// The checksum of what does not change with every commit of the whole tree.
    pub(super) fn seal(&self) -> i64 {
        let optional = |text: &Option<String>| text.as_deref().map(|text| format!("={text}"));
        let time = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string());
        let texts = [
            Some(self.id.to_string()),
            self.parent.map(|parent| parent.to_string()),
            Some(self.runbook.clone()),
            Some(self.hash.clone()),
            Some(self.region.clone()),
            Some(self.status.to_string()),
            optional(&self.step),
            optional(&self.message),
            optional(&self.executed_by),
            time(Some(self.started)),
            time(Some(self.last)),
            time(self.ended),
            optional(&self.options),
        ];
        let numbers = [self.number, self.root, self.events, self.checksum];
        let numbers = numbers.map(i64::to_le_bytes);
        let mut parts: Vec<&[u8]> = numbers.iter().map(<[u8; 8]>::as_slice).collect();
        parts.extend(
            texts
                .iter()
                .map(|text| text.as_deref().unwrap_or_default().as_bytes()),
        );
        sum(&parts)
    }

    /// Reads a row; nothing if it is not what was written.
    pub(super) fn of(row: &SqlRow<'_>) -> rusqlite::Result<Option<Self>> {
        let text = |index: usize| row.get::<_, String>(index);
        let optional = |index: usize| row.get::<_, Option<String>>(index);
        let parent = optional(3)?;
        let ended = optional(13)?;
        let heading = (|| {
            Some(Self {
                number: row.get(0).ok()?,
                id: text(1).ok()?.parse().ok()?,
                root: row.get(2).ok()?,
                parent: match &parent {
                    Some(parent) => Some(parent.parse().ok()?),
                    None => None,
                },
                runbook: text(4).ok()?,
                hash: text(5).ok()?,
                region: text(6).ok()?,
                status: status(&text(7).ok()?)?,
                step: optional(8).ok()?,
                message: optional(9).ok()?,
                executed_by: optional(10).ok()?,
                started: text(11).ok()?.parse().ok()?,
                last: text(12).ok()?.parse().ok()?,
                ended: match &ended {
                    Some(ended) => Some(ended.parse().ok()?),
                    None => None,
                },
                events: row.get(14).ok()?,
                checksum: row.get(15).ok()?,
                options: optional(16).ok()?,
            })
        })();
        let seal: i64 = row.get(17)?;
        Ok(heading.filter(|heading| heading.seal() == seal))
    }
}

fn status(text: &str) -> Option<Status> {
    serde_json::from_value(text.into()).ok()
}

/// The checksum of an event.
pub(super) fn event_sum(execution: Uuid, number: i64, at: &str, change: &str) -> i64 {
    let number = number.to_le_bytes();
    sum(&[
        execution.as_bytes(),
        &number,
        at.as_bytes(),
        change.as_bytes(),
    ])
}

/// The heading of an execution, if there is one.
pub(super) fn heading(
    journal: &Journal,
    connection: &Connection,
    execution: Uuid,
) -> Result<Option<Heading>, JournalError> {
    let query = format!("SELECT {COLUMNS} FROM executions WHERE id = ?1");
    let found = connection.prepare_cached(&query).and_then(|mut query| {
        query
            .query_row([execution.to_string()], Heading::of)
            .optional()
    });
    match found.map_err(|error| journal.problem(error))? {
        Some(Some(heading)) => Ok(Some(heading)),
        Some(None) => Err(journal.damaged(format!(
            "what it says of execution {execution} is not what was written"
        ))),
        None => Ok(None),
    }
}

/// A row of an event, as it is stored.
pub(super) struct Stored {
    pub(super) number: i64,
    pub(super) checksum: i64,
    pub(super) event: Event,
}

/// Hands out the last events of an execution, or all of them, in order.
pub(super) fn events(
    journal: &Journal,
    connection: &Connection,
    heading: &Heading,
    from: i64,
    take: &mut dyn FnMut(Stored),
) -> Result<(), JournalError> {
    let failed = |error| journal.problem(error);
    let id = heading.id;
    let damaged = |number: i64| {
        journal.damaged(format!(
            "event {number} of execution {id} is not what was written"
        ))
    };
    let query = "SELECT number, at, change, checksum FROM events WHERE execution = ?1 AND number >= ?2 ORDER BY number";
    let mut query = connection.prepare_cached(query).map_err(failed)?;
    let mut rows = query.query([heading.number, from]).map_err(failed)?;
    let (mut count, mut total) = (0_i64, 0_i64);
    while let Some(row) = rows.next().map_err(failed)? {
        let number: i64 = row.get(0).map_err(failed)?;
        let read = |index| row.get_ref(index).ok()?.as_str().ok();
        let (Some(at), Some(change)) = (read(1), read(2)) else {
            return Err(damaged(number));
        };
        let checksum: i64 = row.get(3).map_err(failed)?;
        if event_sum(id, number, at, change) != checksum {
            return Err(damaged(number));
        }
        let event = parsed(at, change).map_err(|problem| {
            journal.damaged(format!(
                "event {number} of execution {id} cannot be read: {problem}"
            ))
        })?;
        (count, total) = (count + 1, total.wrapping_add(checksum));
        take(Stored {
            number,
            checksum,
            event,
        });
    }
    if from == 0 && (count, total) != (heading.events, heading.checksum) {
        return Err(journal.damaged(format!(
            "it has {count} events of execution {id} and should have {}",
            heading.events
        )));
    }
    Ok(())
}

fn parsed(at: &str, change: &str) -> Result<Event, String> {
    let change: Change = serde_json::from_str(change).map_err(|error| error.to_string())?;
    let at = at.parse().map_err(|error: jiff::Error| error.to_string())?;
    Ok(Event { at, change })
}

impl Journal {
    /// Hands out the events of an execution in order; none if it is not known. `take` must not use the journal.
    pub(super) fn hand_out(
        &self,
        execution: Uuid,
        take: &mut dyn FnMut(Event),
    ) -> Result<(), JournalError> {
        let connection = self.connection();
        // One transaction: another process may be writing.
        let reading = connection
            .unchecked_transaction()
            .map_err(|error| self.problem(error))?;
        let Some(heading) = heading(self, &reading, execution)? else {
            return Ok(());
        };
        events(self, &reading, &heading, 0, &mut |stored| {
            take(stored.event)
        })
    }
}

/// Only reads: who writes has a [`super::Keeper`].
impl Store for Journal {
    fn append(&self, execution: Uuid, _: Vec<Event>) -> Result<(), StoreError> {
        Err(StoreError {
            action: "written",
            message: format!("execution {execution} is not driven here"),
            source: None,
        })
    }

    fn is_durable(&self) -> bool {
        true
    }

    fn read(&self, execution: Uuid, take: &mut dyn FnMut(Event)) -> Result<(), StoreError> {
        self.hand_out(execution, take)
            .map_err(|error| error.into_store("read"))
    }
}
