//! Mail: what people tell an execution from other processes.

use std::sync::atomic::Ordering;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::signal::Signal;

use super::sum::sum;
use super::{Journal, JournalError, Keeper};

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Errand {
    /// To tell the step that waits for people something.
    Signal(Signal),
    /// To cancel the execution.
    Cancel,
    /// To end the execution after the step under way.
    Complete,
}

/// A letter to an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mail {
    /// Its number.
    pub id: MailId,
    /// When it was sent.
    pub sent: Timestamp,
    /// What it says.
    pub errand: Errand,
}

/// The number of a letter, which a [`Signal`] that it brings carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MailId(pub i64);

/// What came of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The execution has followed it.
    Taken,
    /// It has not, for this reason.
    Refused(String),
}

impl Journal {
    /// Sends an execution a letter.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn send(&self, execution: Uuid, errand: &Errand) -> Result<MailId, JournalError> {
        let sent = Timestamp::now().to_string();
        let text = serde_json::to_string(errand)
            .map_err(|error| self.damaged(format!("a letter cannot be written: {error}")))?;
        let execution = execution.to_string();
        let checksum = checksum(&execution, &sent, &text);
        let connection = self.connection();
        let written = connection.execute(
            "INSERT INTO mail (execution, sent, errand, checksum) VALUES (?1, ?2, ?3, ?4)",
            params![execution, sent, text, checksum],
        );
        written.map_err(|error| self.problem(error))?;
        self.sent.fetch_add(1, Ordering::Relaxed);
        Ok(MailId(connection.last_insert_rowid()))
    }

    /// What came of a letter, once something has.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn outcome(&self, mail: MailId) -> Result<Option<Outcome>, JournalError> {
        let row = self.connection().query_row(
            "SELECT outcome, reason FROM mail WHERE number = ?1",
            [mail.0],
            |row| {
                Ok((
                    row.get::<_, Option<String>>(0)?,
                    row.get::<_, Option<String>>(1)?,
                ))
            },
        );
        let row = row.optional().map_err(|error| self.problem(error))?;
        Ok(match row {
            Some((Some(outcome), _)) if outcome == "taken" => Some(Outcome::Taken),
            Some((Some(_), reason)) => Some(Outcome::Refused(reason.unwrap_or_default())),
            _ => None,
        })
    }
}

impl Keeper<'_> {
    /// Numbers of which one changes when there may be new letters: another connection has written to the journal, or this
    /// one has sent a letter.
    pub(super) fn stir(&self) -> Result<(i64, i64), JournalError> {
        let journal = self.journal();
        let version = journal
            .connection()
            .query_row("PRAGMA data_version", [], |row| row.get(0));
        let version = version.map_err(|error| journal.problem(error))?;
        Ok((version, journal.sent.load(Ordering::Relaxed)))
    }

    /// The letters that nothing has come of yet, in order.
    ///
    /// # Errors
    /// When they cannot be read, or are not what was written.
    pub fn mail(&self) -> Result<Vec<Mail>, JournalError> {
        self.letters("outcome IS NULL")
    }

    /// The letters that were taken, in order, be it by another process: what they ask for is promised.
    ///
    /// # Errors
    /// When they cannot be read, or are not what was written.
    pub fn promised(&self) -> Result<Vec<Mail>, JournalError> {
        self.letters("outcome = 'taken'")
    }

    fn letters(&self, which: &str) -> Result<Vec<Mail>, JournalError> {
        let journal = self.journal();
        let execution = self.execution().to_string();
        let connection = journal.connection();
        let query = format!(
            "SELECT number, sent, errand, checksum FROM mail WHERE execution = ?1 AND {which} ORDER BY number"
        );
        let letters = connection.prepare_cached(&query).and_then(|mut query| {
            let rows = query.query_map([&execution], |row| {
                let (sent, errand) = (row.get::<_, String>(1)?, row.get::<_, String>(2)?);
                let is_sound = checksum(&execution, &sent, &errand) == row.get::<_, i64>(3)?;
                let errand = serde_json::from_str(&errand).ok().filter(|_| is_sound);
                Ok(sent.parse().ok().zip(errand).zip(Some(MailId(row.get(0)?))))
            })?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        });
        let letters = letters.map_err(|error| journal.problem(error))?;
        let letters = letters.into_iter().map(|letter| {
            let ((sent, errand), id) = letter?;
            Some(Mail { id, sent, errand })
        });
        letters
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| journal.damaged("a letter is not what was written"))
    }

    /// Says that nothing will come of a letter.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn refuse(&self, mail: MailId, reason: &str) -> Result<(), JournalError> {
        self.close(mail, "refused", Some(reason))
    }

    /// Says that the execution follows a letter.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn accept(&self, mail: MailId) -> Result<(), JournalError> {
        self.close(mail, "taken", None)
    }

    fn close(&self, mail: MailId, outcome: &str, reason: Option<&str>) -> Result<(), JournalError> {
        let journal = self.journal();
        let settled = settle(&journal.connection(), mail, outcome, reason);
        settled.map_err(|error| journal.problem(error))
    }
}

/// Writes what came of a letter.
pub(super) fn settle(
    connection: &Connection,
    mail: MailId,
    outcome: &str,
    reason: Option<&str>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE mail SET outcome = ?2, reason = ?3 WHERE number = ?1")?
        .execute(params![mail.0, outcome, reason])?;
    Ok(())
}

/// The letters that ask to cancel an execution, as far as they are open.
pub(super) fn cancellations(
    connection: &Connection,
    execution: Uuid,
) -> rusqlite::Result<Vec<MailId>> {
    let mut query = connection.prepare_cached(
        "SELECT number FROM mail WHERE execution = ?1 AND outcome IS NULL AND errand = '\"Cancel\"'",
    )?;
    let rows = query.query_map([execution.to_string()], |row| Ok(MailId(row.get(0)?)))?;
    rows.collect()
}

fn checksum(execution: &str, sent: &str, errand: &str) -> i64 {
    sum(&[execution.as_bytes(), sent.as_bytes(), errand.as_bytes()])
}
