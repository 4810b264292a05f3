//! The runbooks of the embedding example, without AWS.

#![warn(missing_docs)]

runbook_runtime::include_runbooks!();
