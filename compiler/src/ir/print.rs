//! Prints the program for people: `runbookc build --emit ir`.

use super::Runbook;

/// The program as text.
pub fn print(runbook: &Runbook) -> String {
    format!("{runbook:#?}\n")
}
