//! Forgetting: executions that nobody will ask about again leave the journal, and their room goes back to the disk.
//!
//! Whoever forgets an execution holds its lease, so nobody drives it meanwhile. Everything of it goes in one commit, the
//! executions that it has started and its mail included, so a kill leaves all of it or nothing.

use rusqlite::{Transaction, TransactionBehavior, params_from_iter};
use uuid::Uuid;

use super::lease::Lease;
use super::{Journal, JournalError, place};

/// So many executions leave in one commit: others may want to write meanwhile, and nobody has that many files open.
const AT_ONCE: usize = 50;

/// The file is made smaller only once a part of it is unused that is worth the copying: one page of so many.
const WORTH_IT: i64 = 10;

/// What is unused after what was forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shrunk {
    /// So many bytes were given back to the disk.
    By(u64),
    /// So many bytes stay in the file for executions to come, because other processes work with it.
    NotWhileInUse(u64),
}

impl Journal {
    /// Removes executions that people have started, with all that these have started, and what people have told them.
    /// What they have done in AWS stays as it is. One that is not known any more is no error.
    ///
    /// An execution that has not ended can never be continued afterwards: ask before.
    ///
    /// # Errors
    /// When a process drives one of them, which is then left, as are those after it; or when the journal cannot be
    /// written.
    pub fn forget(&self, executions: &[Uuid]) -> Result<(), JournalError> {
        for some in executions.chunks(AT_ONCE) {
            let mut leases = Vec::new();
            let mut held = None;
            for execution in some {
                match Lease::take(self.folder(), *execution) {
                    Ok(lease) => leases.push((*execution, lease)),
                    Err(error) => {
                        held = Some(error);
                        break;
                    }
                }
            }
            for (_, lease) in &mut leases {
                lease.disown()?;
            }
            let free: Vec<Uuid> = leases.iter().map(|(execution, _)| *execution).collect();
            self.remove(&free)?;
            for (_, lease) in leases {
                lease.give_up();
            }
            if let Some(error) = held {
                return Err(error);
            }
        }
        Ok(())
    }

    fn remove(&self, executions: &[Uuid]) -> Result<(), JournalError> {
        let mut connection = self.connection();
        let failed = |error| self.problem(error);
        // What was forgotten is not to be found in what is unused of the file either.
        connection
            .pragma_update(None, "secure_delete", true)
            .map_err(failed)?;
        let writing = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)?;
        remove(&writing, executions).map_err(failed)?;
        writing.commit().map_err(failed)
    }

    /// Gives the room of what was forgotten back to the disk, if that is worth it. While an execution is driven with the
    /// journal it stays as large as it is, since copying it could take longer than who drives it waits.
    ///
    /// # Errors
    /// When the journal cannot be written: its copy needs room on the disk for a moment.
    pub fn shrink(&self) -> Result<Shrunk, JournalError> {
        // Nobody opens it from here on.
        let _alone = place::lock(self.folder())?;
        let connection = self.connection();
        let failed = |error| self.problem(error);
        let number = |pragma: &str| {
            connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, i64>(0))
        };
        let pages = number("page_count").map_err(failed)?;
        let unused = number("freelist_count").map_err(failed)?;
        let bytes = unused * number("page_size").map_err(failed)?;
        let bytes = u64::try_from(bytes).unwrap_or_default();
        if unused * WORTH_IT < pages {
            return Ok(Shrunk::By(0));
        }
        if self.is_in_use()? {
            return Ok(Shrunk::NotWhileInUse(bytes));
        }
        connection.execute_batch("VACUUM").map_err(failed)?;
        super::keeper::checkpoint(&connection);
        Ok(Shrunk::By(bytes))
    }

    /// Whether some process drives an execution.
    fn is_in_use(&self) -> Result<bool, JournalError> {
        for execution in place::leased(self.folder())? {
            if self.holder(execution)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn remove(writing: &Transaction<'_>, executions: &[Uuid]) -> rusqlite::Result<()> {
    let marks = vec!["?"; executions.len()].join(", ");
    let trees = format!(
        "SELECT number FROM executions WHERE root IN \
         (SELECT number FROM executions WHERE parent IS NULL AND id IN ({marks}))"
    );
    for statement in [
        format!("DELETE FROM events WHERE execution IN ({trees})"),
        format!(
            "DELETE FROM mail WHERE execution IN (SELECT id FROM executions WHERE number IN ({trees}))"
        ),
        format!("DELETE FROM executions WHERE number IN ({trees})"),
    ] {
        let ids = executions.iter().map(Uuid::to_string);
        writing.execute(&statement, params_from_iter(ids))?;
    }
    Ok(())
}
