//! Leases: one process drives an execution, as long as it lives.
//!
//! A lease is a file that is locked while its holder lives; the system unlocks it however the process ends, so a dead
//! holder never stands in the way, and one that is only stopped keeps what it has. The epoch in the journal is the fence
//! behind it: it moves with every new holder, and nothing is committed under an old one.
//!
//! The file is a witness, too. It says how many commits there have been, so that a journal that has lost the last of
//! them, which SQLite itself cannot tell from one that never had them, is found out.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::{JournalError, place};

/// The lease of an execution, held.
#[derive(Debug)]
pub(super) struct Lease {
    file: File,
    path: PathBuf,
}

/// Who holds a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The process.
    pub process: Option<u32>,
    /// Since when.
    pub since: Option<Timestamp>,
}

impl fmt::Display for Holder {
    /// `process 4711 since 2026-01-31T08:00:00Z`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.process {
            Some(process) => write!(formatter, "process {process}")?,
            None => formatter.write_str("another process")?,
        }
        match self.since {
            Some(since) => write!(formatter, " since {since:.0}"),
            None => Ok(()),
        }
    }
}

/// Somebody who only looks whether a lease is held, holds it for a moment.
const LOOKS: u32 = 5;
const LOOK: Duration = Duration::from_millis(10);

impl Lease {
    /// Takes a lease, unless it is held.
    pub(super) fn take(folder: &Path, execution: Uuid) -> Result<Self, JournalError> {
        let path = place::lease(folder, execution);
        let file = place::private_file(&path, OpenOptions::new().create(true).truncate(false));
        let file = file.map_err(|source| place::failed(&path, source))?;
        for _ in 0..LOOKS {
            match file.try_lock() {
                Ok(()) => return Ok(Self { file, path }),
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK),
                Err(TryLockError::Error(source)) => return Err(place::failed(&path, source)),
            }
        }
        Err(JournalError::Held {
            execution,
            holder: written_holder(&path),
        })
    }

    /// How many commits there have been, as far as the last holder knew; none for a new lease.
    pub(super) fn commits(&mut self) -> Result<i64, JournalError> {
        let mut text = String::new();
        let read = self.file.seek(SeekFrom::Start(0));
        let read = read.and_then(|_| self.file.read_to_string(&mut text));
        read.map_err(|source| place::failed(&self.path, source))?;
        match text.lines().next() {
            None => Ok(0),
            Some(line) => parsed(line, "commits").ok_or_else(|| JournalError::Damaged {
                path: self.path.clone(),
                problem: "it does not tell the number of commits".to_owned(),
            }),
        }
    }

    /// Writes who holds the lease.
    pub(super) fn sign(&mut self, commits: i64) -> Result<(), JournalError> {
        let process = std::process::id();
        let since = Timestamp::now();
        let text = format!("{}process {process}\nsince {since}\n", witness(commits));
        let written = self.file.set_len(0);
        let written = written.and_then(|()| self.overwrite(text.as_bytes()));
        written.map_err(|source| place::failed(&self.path, source))
    }

    /// Notes a commit. It need not reach the disk: what is there is never more than what the journal has there.
    pub(super) fn note(&mut self, commits: i64) -> Result<(), JournalError> {
        let written = self.overwrite(witness(commits).as_bytes());
        written.map_err(|source| place::failed(&self.path, source))
    }

    /// Bears witness no more: the execution is about to be forgotten, and nobody is to miss its commits.
    pub(super) fn disown(&mut self) -> Result<(), JournalError> {
        let emptied = self.file.set_len(0).and_then(|()| self.file.sync_all());
        emptied.map_err(|source| place::failed(&self.path, source))
    }

    fn overwrite(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(bytes)
    }

    /// Gives the lease of an execution up that has ended: nobody will want it again.
    pub(super) fn give_up(self) {
        // It does no harm if it stays.
        let _ = fs::remove_file(&self.path);
    }
}

/// A line of fixed length, so that it can be written over.
fn witness(commits: i64) -> String {
    format!("commits {commits:020}\n")
}

fn parsed<T: std::str::FromStr>(line: &str, key: &str) -> Option<T> {
    line.strip_prefix(key)?.trim().parse().ok()
}

fn written_holder(path: &Path) -> Holder {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut lines = text.lines().skip(1);
    Holder {
        process: lines.next().and_then(|line| parsed(line, "process")),
        since: lines.next().and_then(|line| parsed(line, "since")),
    }
}

/// Who holds the lease of an execution, if somebody does.
pub(super) fn holder(folder: &Path, execution: Uuid) -> Result<Option<Holder>, JournalError> {
    let path = place::lease(folder, execution);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(place::failed(&path, source)),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => Ok(Some(written_holder(&path))),
        Err(TryLockError::Error(source)) => Err(place::failed(&path, source)),
    }
}

/// How many commits of an execution there have been, as far as its lease tells.
pub(super) fn commits_seen(folder: &Path, execution: Uuid) -> i64 {
    let text = fs::read_to_string(place::lease(folder, execution)).unwrap_or_default();
    let line = text.lines().next();
    line.and_then(|line| parsed(line, "commits")).unwrap_or(0)
}
