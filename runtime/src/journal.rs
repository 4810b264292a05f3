//! The journal: a SQLite file in which executions outlive their processes.
//!
//! Everything is an event, as [`crate::event`] says; the other tables are what lists need without reading events, and the
//! mail between processes. The file is there for people, too: the views `steps` and `effects` show it in their terms.
//!
//! Several processes work with one journal. One of them drives an execution, and has it as a [`Keeper`]; others look on,
//! and leave [`Mail`]. What a keeper has committed is on the disk, and is never taken for something else afterwards:
//! every row carries a checksum, every execution the sum of its rows, and a small file beside the journal, the lease, how
//! many commits there have been, so that a damaged, shortened or replaced journal is refused instead of read.

mod forget;
mod inbox;
mod keeper;
mod lease;
mod list;
mod mail;
mod place;
mod read;
mod reserve;
mod schema;
mod sum;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI64;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use uuid::Uuid;

pub use forget::Shrunk;
pub(crate) use inbox::Inbox;
pub use keeper::Keeper;
pub use lease::Holder;
pub use list::{Entry, Filter};
pub use mail::{Errand, Mail, MailId, Outcome};

use crate::store::StoreError;

/// How long a process waits for another one that is writing.
const PATIENCE: Duration = Duration::from_secs(10);

/// A journal, open.
pub struct Journal {
    folder: PathBuf,
    connection: Mutex<Connection>,
    /// How many letters were sent by this very connection, whose writes SQLite does not count as news.
    sent: AtomicI64,
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// A file or a folder cannot be used.
    #[error("{} cannot be used: {source}", .path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is something else.
    #[error("{} is not a journal of runbookc; move it away, or name another folder by --state-dir", .0.display())]
    Foreign(PathBuf),
    /// A newer program has written it.
    #[error(
        "{} was written by a newer program (version {found}, this one knows {known}); build the runbook again with that runbookc",
        .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its tables.
        found: i64,
        /// The newest that is understood.
        known: i64,
    },
    /// Its content cannot be trusted.
    #[error("the journal {} is damaged: {problem}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// There is no such execution.
    #[error("the journal knows no execution `{0}`")]
    Unknown(String),
    /// Several executions begin so.
    #[error("`{text}` may be any of {}", ids(.candidates))]
    Ambiguous {
        /// What was asked for.
        text: String,
        /// What it may be.
        candidates: Vec<Uuid>,
    },
    /// It is being driven.
    #[error("execution {execution} is being run by {holder}")]
    Held {
        /// The execution.
        execution: Uuid,
        /// Who.
        holder: Holder,
    },
    /// SQLite says no.
    #[error("the journal {} cannot be used: {source}", .path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Its words.
        source: rusqlite::Error,
    },
}

impl JournalError {
    /// Whether there may be no room on the disk: SQLite has two errors for that.
    pub(crate) fn is_out_of_room(&self) -> bool {
        let Self::Sqlite { source, .. } = self else {
            return false;
        };
        matches!(
            source.sqlite_error_code(),
            Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure)
        )
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Journal")
            .field(&self.folder)
            .finish()
    }
}

impl Journal {
    /// The journal in a folder; both are made if they are not there, for nobody else to read.
    ///
    /// # Errors
    /// When the file cannot be made or used, is no journal, a newer one, or damaged.
    pub fn open(folder: &Path) -> Result<Self, JournalError> {
        place::make_folder(folder)?;
        let _alone = place::lock(folder)?;
        let path = place::journal(folder);
        let is_new = place::make_file(&path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(&path, flags);
        let mut connection = opened.map_err(|source| problem(&path, source))?;
        schema::prepare(&mut connection, &path, is_new)?;
        Ok(Self {
            folder: folder.to_owned(),
            connection: Mutex::new(connection),
            sent: AtomicI64::new(0),
        })
    }

    /// The folder that it is in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts to keep an execution that is yet to begin.
    ///
    /// # Errors
    /// When another process does so, or there is no room.
    pub fn begin(&self, execution: Uuid) -> Result<Keeper<'_>, JournalError> {
        Keeper::begin(self, execution)
    }

    /// Goes on keeping an execution that another process has left.
    ///
    /// # Errors
    /// When it is not known, another process keeps it, or the journal has lost something of it.
    pub fn go_on(&self, execution: Uuid) -> Result<Keeper<'_>, JournalError> {
        Keeper::go_on(self, execution)
    }

    /// Who drives an execution, if somebody does.
    ///
    /// # Errors
    /// When that cannot be found out.
    pub fn holder(&self, execution: Uuid) -> Result<Option<Holder>, JournalError> {
        lease::holder(&self.folder, execution)
    }

    fn path(&self) -> PathBuf {
        place::journal(&self.folder)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // What a panic leaves half done, SQLite rolls back.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn problem(&self, source: rusqlite::Error) -> JournalError {
        problem(&self.path(), source)
    }

    /// Why an execution is not there: it never was, or not for long enough to do anything, or it is lost.
    fn missing(&self, execution: Uuid) -> JournalError {
        match lease::commits_seen(&self.folder, execution) {
            1.. => self.damaged(format!(
                "it does not know execution {execution}, which was started with it"
            )),
            _ => JournalError::Unknown(execution.to_string()),
        }
    }

    fn damaged(&self, problem: impl Into<String>) -> JournalError {
        JournalError::Damaged {
            path: self.path(),
            problem: problem.into(),
        }
    }
}

/// What an error of SQLite means.
fn problem(path: &Path, source: rusqlite::Error) -> JournalError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => JournalError::Foreign(path),
        Some(ErrorCode::DatabaseCorrupt) => JournalError::Damaged {
            path,
            problem: source.to_string(),
        },
        _ => JournalError::Sqlite { path, source },
    }
}

impl JournalError {
    fn into_store(self, action: &'static str) -> StoreError {
        StoreError {
            action,
            message: self.to_string(),
            source: Some(Box::new(self)),
        }
    }
}

fn ids(candidates: &[Uuid]) -> String {
    let ids: Vec<String> = candidates.iter().map(Uuid::to_string).collect();
    ids.join(", ")
}
