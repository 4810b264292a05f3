//! Real runs, which are kept in a journal: started, continued, looked at and told something, by whichever process.

mod decisions;
mod discreet;
mod forget;
mod found;
mod help;
mod look;
mod options;
mod parents;
mod read;
mod start;
mod state;
mod tell;

use clap::ArgMatches;

use crate::runbook::Runbook;

use super::Program;
use super::console::Console;
use super::exit::Exit;

pub(super) use forget::moment;
pub(super) use found::found;
pub(super) use read::{read, read_for_targets};
pub(super) use start::{resume, run};
pub(super) use state::default_folder;

/// Runs a command that looks at executions or tells them something; nothing if it is another one.
pub(super) async fn command<R: Runbook>(
    program: &Program<R>,
    name: &str,
    matches: &ArgMatches,
    console: &mut Console,
) -> Option<Exit> {
    Some(match name {
        "resume" => resume(program, matches, console).await,
        "forget" => forget::forget::<R>(matches, console),
        "list" => look::list::<R>(matches, console),
        "show" => look::show::<R>(matches, console),
        "logs" => look::logs::<R>(matches, console).await,
        "approve" | "reject" | "start" | "cancel" | "stop" => {
            tell::tell(program, name, matches, console).await
        }
        _ => return None,
    })
}
