//! The files of a journal: damaged, lost, half made, of a newer program, and for nobody else to read.

use std::fs;
use std::path::Path;

use runbook_runtime::journal::Journal;
use tempfile::TempDir;

use super::{copied, folder, left_by_a_killed_process, look};
use crate::toy::EXECUTION;

#[tokio::test]
async fn a_damaged_journal_tells_the_truth_or_says_that_it_is_damaged() {
    let (whole, truth) = left_by_a_killed_process().await;
    look(copied(whole.path()).path(), &truth).unwrap();
    // One that has been read in whole: SQLite has moved the log into the file.
    let moved = copied(whole.path());
    look(moved.path(), &truth).unwrap();
    let mut random = 1_u64;
    for (source, name) in [
        // Nothing of this file counts before the log.
        (&whole, "journal.db"),
        (&whole, "journal.db-wal"),
        (&moved, "journal.db"),
    ] {
        let bytes = fs::read(source.path().join(name)).unwrap();
        assert!(bytes.len() >= 4096, "{name}");
        let mut refused = 0;
        for round in 0..150 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let place = usize::try_from(random >> 33).unwrap() % bytes.len();
            let mut bytes = bytes.clone();
            match round % 3 {
                0 => bytes.truncate(place),
                _ => bytes[place] ^= 1 << (round % 8),
            }
            let copy = copied(source.path());
            fs::write(copy.path().join(name), bytes).unwrap();
            refused += usize::from(look(copy.path(), &truth).is_err());
        }
        let is_read = name != "journal.db" || std::ptr::eq(source, &moved);
        assert_eq!(refused > 10, is_read, "{name}: refused {refused} times");
    }
}

#[test]
fn journal_whose_maker_was_killed_is_made_anew() {
    let half = |statements: &str| {
        let folder = TempDir::new().unwrap();
        let file = rusqlite::Connection::open(folder.path().join("journal.db")).unwrap();
        file.execute_batch(statements).unwrap();
        drop(file);
        folder
    };
    // The first that is written, before there is any table.
    let folder = half("PRAGMA journal_mode = WAL");
    assert!(
        fs::metadata(folder.path().join("journal.db"))
            .unwrap()
            .len()
            > 0
    );
    Journal::open(folder.path()).unwrap();
    Journal::open(folder.path()).unwrap();

    for others in ["CREATE TABLE theirs (name)", "PRAGMA application_id = 7"] {
        let error = Journal::open(half(others).path())
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("is not a journal of runbookc"), "{error}");
    }
}

#[tokio::test]
async fn a_journal_that_is_lost_is_not_taken_for_a_new_one() {
    let (whole, truth) = left_by_a_killed_process().await;
    let copy = copied(whole.path());
    fs::write(copy.path().join("journal.db"), "").unwrap();
    fs::remove_file(copy.path().join("journal.db-wal")).unwrap();
    let error = look(copy.path(), &truth).unwrap_err().to_string();
    assert!(
        error.ends_with("is damaged: it is empty, but executions were started with it"),
        "{error}"
    );

    let copy = copied(whole.path());
    fs::write(copy.path().join("journal.db"), vec![b'x'; 8192]).unwrap();
    fs::remove_file(copy.path().join("journal.db-wal")).unwrap();
    let error = look(copy.path(), &truth).unwrap_err().to_string();
    assert!(error.contains("is not a journal of runbookc"), "{error}");

    // The file as it was a few commits ago.
    let copy = copied(whole.path());
    let lease = copy.path().join("leases").join(EXECUTION.to_string());
    fs::write(lease, "commits 00000000000000000999\n").unwrap();
    let error = look(copy.path(), &truth).unwrap_err().to_string();
    assert!(error.contains("it has lost 9"), "{error}");
}

#[test]
fn a_newer_journal_is_left_alone() {
    let folder = folder();
    drop(Journal::open(folder.path()).unwrap());
    let path = folder.path().join("journal.db");
    let mut bytes = fs::read(&path).unwrap();
    // `user_version`, in the header of every SQLite file.
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(&path, &bytes).unwrap();
    let error = Journal::open(folder.path()).err().unwrap().to_string();
    assert!(
        error.contains("was written by a newer program (version 99, this one knows 1)"),
        "{error}"
    );
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_a_journal() {
    use std::os::unix::fs::PermissionsExt;
    let outer = folder();
    let folder = outer.path().join("state/of/runbooks");
    let journal = Journal::open(&folder).unwrap();
    let _keeper = journal.begin(EXECUTION).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let mut files = 0;
    for file in fs::read_dir(&folder)
        .unwrap()
        .chain(fs::read_dir(folder.join("leases")).unwrap())
    {
        let path = file.unwrap().path();
        if path.is_file() {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
            files += 1;
        }
    }
    assert!(files >= 5, "{files}");
}
