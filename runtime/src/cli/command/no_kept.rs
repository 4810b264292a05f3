//! Without a journal there are no real runs.

use clap::{Arg, Command};

use crate::runbook::Definition;

pub(super) fn commands(_: &'static Definition) -> [Command; 0] {
    []
}

pub(super) fn run_options(_: &'static Definition) -> [Arg; 0] {
    []
}
