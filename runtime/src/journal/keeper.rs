//! Keepers: the one process that drives an execution writes its events, and those of the executions that it starts.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use uuid::Uuid;

use crate::event::{Beginning, Change, Event};
use crate::status::Status;
use crate::store::{Store, StoreError, supersedes};

use super::lease::Lease;
use super::mail::{self, MailId};
use super::read::{self, Heading, event_sum};
use super::reserve::Reserve;
use super::{Journal, JournalError};

/// Keeps an execution: the store that an engine drives it with.
pub struct Keeper<'j> {
    journal: &'j Journal,
    execution: Uuid,
    epoch: i64,
    /// How the execution was started, until that is written.
    options: Option<String>,
    reserve: Reserve,
    state: Mutex<State>,
}

struct State {
    /// None once the execution has ended.
    lease: Option<Lease>,
    tracks: HashMap<Uuid, Track>,
    /// Whether the reserve had to be used.
    is_tight: bool,
}

/// Where an execution stands, so that its next event can be written.
#[derive(Clone)]
struct Track {
    heading: Heading,
    /// The number of its next event.
    next: i64,
    recent: VecDeque<Recent>,
}

/// One of the last events, as far as later ones may supersede it.
#[derive(Clone)]
struct Recent {
    number: i64,
    checksum: i64,
    outline: Change,
}

/// How far back a superseded event can be: a poll is four events at most.
const REACH: usize = 8;

impl<'j> Keeper<'j> {
    pub(super) fn begin(journal: &'j Journal, execution: Uuid) -> Result<Self, JournalError> {
        let mut lease = Lease::take(journal.folder(), execution)?;
        lease.sign(0)?;
        Self::new(journal, execution, 1, lease)
    }

    pub(super) fn go_on(journal: &'j Journal, execution: Uuid) -> Result<Self, JournalError> {
        let found = read::heading(journal, &journal.connection(), execution)?;
        let Some(heading) = found else {
            return Err(journal.missing(execution));
        };
        let mut lease = Lease::take(journal.folder(), execution)?;
        let seen = lease.commits()?;
        let Some((epoch, commits)) = next_epoch(journal, &heading)? else {
            // Somebody has forgotten it just now.
            lease.give_up();
            return Err(JournalError::Unknown(execution.to_string()));
        };
        if commits < seen {
            return Err(journal.damaged(format!(
                "it has lost {} of the last commits of execution {execution}",
                seen - commits
            )));
        }
        lease.sign(commits)?;
        Self::new(journal, execution, epoch, lease)
    }

    fn new(
        journal: &'j Journal,
        execution: Uuid,
        epoch: i64,
        lease: Lease,
    ) -> Result<Self, JournalError> {
        let reserve = Reserve::of(journal.folder());
        reserve.fill().map_err(|source| JournalError::File {
            path: journal.folder().to_owned(),
            source,
        })?;
        Ok(Self {
            journal,
            execution,
            epoch,
            options: None,
            reserve,
            state: Mutex::new(State {
                lease: Some(lease),
                tracks: HashMap::new(),
                is_tight: false,
            }),
        })
    }

    /// Writes, with the beginning, how the execution was started: whatever whoever continues it has to know.
    #[must_use]
    pub fn options(self, options: String) -> Self {
        Self {
            options: Some(options),
            ..self
        }
    }

    /// The execution.
    pub fn execution(&self) -> Uuid {
        self.execution
    }

    /// Whether this process has written something of the execution: it is under way, or goes on.
    pub fn is_under_way(&self) -> bool {
        !self.state().tracks.is_empty()
    }

    /// The journal.
    pub fn journal(&self) -> &'j Journal {
        self.journal
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // It is changed only after a commit, in one go.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits events, with everything that follows from them.
    fn commit(
        &self,
        state: &mut State,
        execution: Uuid,
        events: &[Event],
    ) -> Result<(), JournalError> {
        let mut connection = self.journal.connection();
        let failed = |error| self.journal.problem(error);
        let known = state.tracks.get(&execution).cloned();
        let writing = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)?;
        let mut track = match known {
            Some(track) => track,
            None => self.track(&writing, state, execution, events)?,
        };
        for event in events {
            track.write(&writing, event).map_err(failed)?;
            let settled = match &event.change {
                Change::Signalled { signal, .. } | Change::StartAllowed { signal, .. } => {
                    signal.letter.into_iter().map(MailId).collect()
                }
                // Those that it has started are cancelled for other reasons, too.
                Change::CancelRequested if execution == self.execution => {
                    mail::cancellations(&writing, self.execution).map_err(failed)?
                }
                _ => Vec::new(),
            };
            for mail in settled {
                mail::settle(&writing, mail, "taken", None).map_err(failed)?;
            }
        }
        update(&writing, &track.heading).map_err(failed)?;
        let commits = self.fence(&writing)?;
        writing.commit().map_err(failed)?;
        let ended = track.heading.status.is_final() && execution == self.execution;
        state.tracks.insert(execution, track);
        if ended {
            checkpoint(&connection);
            state.lease.take().into_iter().for_each(Lease::give_up);
        }
        match &mut state.lease {
            Some(lease) => lease.note(commits),
            None => Ok(()),
        }
    }

    /// Counts the commit, if nobody has taken the execution over.
    fn fence(&self, writing: &Transaction<'_>) -> Result<i64, JournalError> {
        let counted = writing
            .prepare_cached(
                "UPDATE executions SET commits = commits + 1 WHERE id = ?1 AND epoch = ?2 RETURNING commits",
            )
            .and_then(|mut count| {
                let whose = params![self.execution.to_string(), self.epoch];
                count.query_row(whose, |row| row.get(0)).optional()
            })
            .map_err(|error| self.journal.problem(error))?;
        counted.ok_or_else(|| JournalError::Held {
            execution: self.execution,
            holder: super::Holder {
                process: None,
                since: None,
            },
        })
    }

    /// Where an execution stands that this process has not written yet; a new one is put down.
    fn track(
        &self,
        writing: &Transaction<'_>,
        state: &State,
        execution: Uuid,
        events: &[Event],
    ) -> Result<Track, JournalError> {
        if let Some(heading) = read::heading(self.journal, writing, execution)? {
            return Track::read(self.journal, writing, heading);
        }
        let Some(Event {
            at,
            change: Change::Began(beginning),
        }) = events.first()
        else {
            return Err(JournalError::Unknown(execution.to_string()));
        };
        let root = match execution == self.execution {
            true => None,
            false => match state.tracks.get(&self.execution) {
                Some(track) => Some(track.heading.number),
                None => read::heading(self.journal, writing, self.execution)?
                    .map(|heading| heading.number),
            },
        };
        let heading = self.put_down(writing, root, beginning, *at);
        Ok(Track {
            heading: heading.map_err(|error| self.journal.problem(error))?,
            next: 1,
            recent: VecDeque::new(),
        })
    }

    fn put_down(
        &self,
        writing: &Transaction<'_>,
        root: Option<i64>,
        beginning: &Beginning,
        at: jiff::Timestamp,
    ) -> rusqlite::Result<Heading> {
        let number: i64 = writing.query_row(
            "SELECT coalesce(max(number), 0) + 1 FROM executions",
            [],
            |row| row.get(0),
        )?;
        let heading = Heading {
            number,
            id: beginning.execution,
            root: root.unwrap_or(number),
            parent: beginning.parent,
            runbook: beginning.runbook.clone(),
            hash: beginning.hash.clone(),
            region: beginning.region.clone(),
            status: Status::Pending,
            step: None,
            message: None,
            executed_by: None,
            started: at,
            last: at,
            ended: None,
            events: 0,
            checksum: 0,
            options: self.options.clone().filter(|_| root.is_none()),
        };
        writing.execute(
            "INSERT INTO executions (number, id, root, parent, runbook, hash, region, status, started, last, events, \
             checksum, seal, options, epoch) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 0, 0, ?11, ?12)",
            params![
                heading.number,
                heading.id.to_string(),
                heading.root,
                heading.parent.map(|parent| parent.to_string()),
                heading.runbook,
                heading.hash,
                heading.region,
                heading.status.to_string(),
                heading.started.to_string(),
                heading.last.to_string(),
                heading.options,
                root.map_or(self.epoch, |_| 0),
            ],
        )?;
        Ok(heading)
    }
}

impl Store for Keeper<'_> {
    fn append(&self, execution: Uuid, events: Vec<Event>) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.is_tight
            && let Some(before) = events.iter().position(makes_an_effect)
        {
            if let Err(error) = self.reserve.fill() {
                // What was answered before is kept in what is left of the room.
                let answered = events.get(..before).unwrap_or_default();
                if !answered.is_empty() {
                    let kept = self.commit(&mut state, execution, answered);
                    kept.map_err(|error| error.into_store("written"))?;
                }
                return Err(out_of_room(&error));
            }
            state.is_tight = false;
        }
        let mut committed = self.commit(&mut state, execution, &events);
        if committed.as_ref().is_err_and(JournalError::is_out_of_room) && !state.is_tight {
            self.reserve.release();
            state.is_tight = true;
            committed = self.commit(&mut state, execution, &events);
        }
        committed.map_err(|error| error.into_store("written"))
    }

    fn is_durable(&self) -> bool {
        true
    }

    fn read(&self, execution: Uuid, take: &mut dyn FnMut(Event)) -> Result<(), StoreError> {
        self.journal.read(execution, take)
    }
}

impl Track {
    fn read(
        journal: &Journal,
        connection: &Connection,
        heading: Heading,
    ) -> Result<Self, JournalError> {
        let last = connection.query_row(
            "SELECT coalesce(max(number), 0) FROM events WHERE execution = ?1",
            [heading.number],
            |row| row.get::<_, i64>(0),
        );
        let last = last.map_err(|error| journal.problem(error))?;
        let mut track = Self {
            heading,
            next: last + 1,
            recent: VecDeque::new(),
        };
        let heading = track.heading.clone();
        let from = (last - 2 * i64::try_from(REACH).unwrap_or(i64::MAX)).max(1);
        read::events(journal, connection, &heading, from, &mut |stored| {
            track.remember(stored.number, stored.checksum, &stored.event.change);
        })?;
        Ok(track)
    }

    fn write(&mut self, writing: &Transaction<'_>, event: &Event) -> rusqlite::Result<()> {
        if let Some(old) = self.superseded(&event.change) {
            writing
                .prepare_cached("DELETE FROM events WHERE execution = ?1 AND number = ?2")?
                .execute([self.heading.number, old.number])?;
            self.heading.events -= 1;
            self.heading.checksum = self.heading.checksum.wrapping_sub(old.checksum);
        }
        let number = self.next;
        let at = event.at.to_string();
        let change = serde_json::to_string(&event.change)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        let checksum = event_sum(self.heading.id, number, &at, &change);
        writing
            .prepare_cached(
                "INSERT INTO events (execution, number, at, kind, change, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                self.heading.number,
                number,
                at,
                event.change.name(),
                change,
                checksum
            ])?;
        self.next += 1;
        self.heading.events += 1;
        self.heading.checksum = self.heading.checksum.wrapping_add(checksum);
        self.heading.follow(event);
        self.remember(number, checksum, &event.change);
        Ok(())
    }

    /// The event that a change supersedes.
    fn superseded(&mut self, change: &Change) -> Option<Recent> {
        let position = self
            .recent
            .iter()
            .rposition(|recent| supersedes(change, &recent.outline))?;
        self.recent.remove(position)
    }

    fn remember(&mut self, number: i64, checksum: i64, change: &Change) {
        if matches!(change, Change::StepStarted { .. }) {
            self.recent.clear();
        }
        let outline = match change {
            Change::Answered { effect, .. } => Change::Answered {
                effect: effect.clone(),
                answer: Arc::default(),
            },
            Change::Called { .. } | Change::Refused { .. } | Change::Waiting { .. } => {
                change.clone()
            }
            _ => return,
        };
        if self.recent.len() == REACH {
            self.recent.pop_front();
        }
        self.recent.push_back(Recent {
            number,
            checksum,
            outline,
        });
    }
}

impl Heading {
    /// What an event makes of it.
    fn follow(&mut self, event: &Event) {
        self.last = event.at;
        match &event.change {
            Change::Identified { arn, .. } => {
                self.executed_by = Some(arn.to_string());
                self.status = Status::InProgress;
            }
            Change::StepStarted { step } => self.step = Some(step.to_string()),
            Change::AwaitsSignal { .. } if self.status == Status::InProgress => {
                self.status = Status::Waiting;
            }
            Change::AwaitsStart { step } => {
                self.step = Some(step.to_string());
                self.status = Status::Waiting;
            }
            Change::StepEnded { failure, .. } => {
                self.works();
                if let Some(failure) = failure {
                    self.message = Some(failure.message.clone());
                }
            }
            Change::NotStarted { problem } => self.message = Some(problem.clone()),
            Change::AttemptFailed { .. }
            | Change::OutOfTime { .. }
            | Change::StartAllowed { .. }
            | Change::CompleteRequested => self.works(),
            Change::CancelRequested => self.status = Status::Cancelling,
            Change::Ended { status } => {
                self.status = *status;
                self.ended = Some(event.at);
                self.step = None;
                if !matches!(status, Status::Failed | Status::TimedOut) {
                    self.message = None;
                }
            }
            _ => {}
        }
    }

    fn works(&mut self) {
        if self.status == Status::Waiting {
            self.status = Status::InProgress;
        }
    }
}

/// Moves the fence, so that whoever had the execution before commits nothing any more.
fn next_epoch(journal: &Journal, heading: &Heading) -> Result<Option<(i64, i64)>, JournalError> {
    let moved = journal.connection().query_row(
        "UPDATE executions SET epoch = epoch + 1 WHERE id = ?1 RETURNING epoch, commits",
        [heading.id.to_string()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    );
    moved.optional().map_err(|error| journal.problem(error))
}

fn update(writing: &Transaction<'_>, heading: &Heading) -> rusqlite::Result<()> {
    writing
        .prepare_cached(
            "UPDATE executions SET status = ?2, step = ?3, message = ?4, executed_by = ?5, last = ?6, ended = ?7, \
             events = ?8, checksum = ?9, seal = ?10 WHERE number = ?1",
        )?
        .execute(params![
            heading.number,
            heading.status.to_string(),
            heading.step,
            heading.message,
            heading.executed_by,
            heading.last.to_string(),
            heading.ended.map(|ended| ended.to_string()),
            heading.events,
            heading.checksum,
            heading.seal(),
        ])?;
    Ok(())
}

/// Moves what is in the log of commits into the file itself. If somebody reads, the next one does it.
pub(super) fn checkpoint(connection: &Connection) {
    let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
}

fn makes_an_effect(event: &Event) -> bool {
    matches!(event.change, Change::Called { .. })
}

/// The execution stops before its next effect.
fn out_of_room(error: &std::io::Error) -> StoreError {
    StoreError {
        action: "written",
        message: format!(
            "there is no room on the disk for another answer ({error}); what was done is kept, and the execution can be \
             continued once there is"
        ),
        source: None,
    }
}
