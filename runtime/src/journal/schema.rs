//! The tables, and how older ones become these.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::{JournalError, PATIENCE, problem};

/// What the file says that it is: `RUNB`.
const APPLICATION: i64 = 0x5255_4e42;

/// What leads from each version of the tables to the next; the first makes them.
const MIGRATIONS: &[&str] = &[TABLES];

/// Times are RFC 3339, so that they sort and people can read them. `events` and `checksum` of an execution are the number
/// of its events and the sum of theirs; `commits` and `epoch` count for the whole tree below an execution that a person
/// has started.
const TABLES: &str = "
CREATE TABLE executions (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    root INTEGER NOT NULL,
    parent TEXT,
    runbook TEXT NOT NULL,
    hash TEXT NOT NULL,
    region TEXT NOT NULL,
    status TEXT NOT NULL,
    step TEXT,
    message TEXT,
    executed_by TEXT,
    started TEXT NOT NULL,
    last TEXT NOT NULL,
    ended TEXT,
    events INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    seal INTEGER NOT NULL,
    options TEXT,
    commits INTEGER NOT NULL DEFAULT 0,
    epoch INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX executions_of_people ON executions (runbook, number) WHERE parent IS NULL;

CREATE TABLE events (
    execution INTEGER NOT NULL REFERENCES executions (number),
    number INTEGER NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    change TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (execution, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE mail (
    number INTEGER PRIMARY KEY,
    execution TEXT NOT NULL,
    sent TEXT NOT NULL,
    errand TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    outcome TEXT,
    reason TEXT
) STRICT;
CREATE INDEX mail_of_execution ON mail (execution, number);

CREATE VIEW steps AS
SELECT executions.id AS execution,
       start.number AS number,
       start.change ->> '$.StepStarted.step' AS step,
       start.at AS started,
       finish.at AS ended,
       finish.change ->> '$.StepEnded.status' AS status,
       finish.change ->> '$.StepEnded.failure.message' AS message
FROM events AS start
JOIN executions ON executions.number = start.execution
LEFT JOIN events AS finish ON finish.execution = start.execution AND finish.number = (
    SELECT min(number) FROM events
    WHERE execution = start.execution AND number > start.number AND kind = 'StepEnded'
      AND change ->> '$.StepEnded.step' = start.change ->> '$.StepStarted.step')
WHERE start.kind = 'StepStarted';

CREATE VIEW effects AS
SELECT executions.id AS execution,
       events.number AS number,
       events.at AS at,
       json_extract(change, '$.' || kind || '.effect.step') AS step,
       json_extract(change, '$.' || kind || '.effect.attempt') AS attempt,
       json_extract(change, '$.' || kind || '.effect.call') AS call,
       json_extract(change, '$.' || kind || '.effect.number') AS try,
       kind AS state,
       json_extract(change, '$.Answered.answer') AS answer,
       json_extract(change, '$.Refused.error') AS error
FROM events
JOIN executions ON executions.number = events.execution
WHERE kind IN ('Called', 'Answered', 'Refused');
";

/// Sets a connection up, and makes the tables what they have to be. No other process does that now.
pub(super) fn prepare(
    connection: &mut Connection,
    path: &Path,
    is_new: bool,
) -> Result<(), JournalError> {
    let failed = |source| problem(path, source);
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    let number = |connection: &Connection, pragma: &str| {
        connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, i64>(0))
    };
    let application = number(connection, "application_id").map_err(failed)?;
    let found = number(connection, "user_version").map_err(failed)?;
    let tables = "SELECT count(*) FROM sqlite_schema";
    let tables = connection.query_row(tables, [], |row| row.get::<_, i64>(0));
    // A process that was killed while it made the file leaves it without any table, and without any lease.
    let is_empty = application == 0 && tables.map_err(failed)? == 0;
    if !is_empty && application != APPLICATION {
        return Err(JournalError::Foreign(path.to_owned()));
    }
    if is_empty && !is_new && has_leases(path) {
        return Err(JournalError::Damaged {
            path: path.to_owned(),
            problem: "it is empty, but executions were started with it".to_owned(),
        });
    }
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(JournalError::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    let mode: String = connection
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .map_err(failed)?;
    if mode != "wal" {
        return Err(JournalError::Damaged {
            path: path.to_owned(),
            problem: format!("its mode cannot be WAL, it is {mode}"),
        });
    }
    let settings = "PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON;";
    connection.execute_batch(settings).map_err(failed)?;
    migrate(connection, found).map_err(failed)
}

fn migrate(connection: &mut Connection, found: i64) -> rusqlite::Result<()> {
    for (version, migration) in (1_i64..).zip(MIGRATIONS) {
        if version <= found {
            continue;
        }
        let step = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        step.execute_batch(migration)?;
        step.pragma_update(None, "application_id", APPLICATION)?;
        step.pragma_update(None, "user_version", version)?;
        step.commit()?;
    }
    Ok(())
}

fn has_leases(path: &Path) -> bool {
    let leases = path.parent().map(|folder| folder.join("leases"));
    let mut entries = leases.into_iter().flat_map(std::fs::read_dir).flatten();
    entries.next().is_some()
}
