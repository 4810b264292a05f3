//! Telling an execution something from another process: `approve`, `reject`, `resume`, `start`, `cancel` and `stop`.

use std::time::{Duration, Instant};

use clap::ArgMatches;

use crate::clock::SystemClock;
use crate::journal::{Entry, Errand, Journal, Outcome};
use crate::real::{Identity, Role, ScriptCredentials};
use crate::runbook::Runbook;
use crate::signal::{Signal, SignalKind, participle};

use super::super::Program;
use super::super::console::Console;
use super::super::exit::Exit;
use super::help::told;
use super::{look, state};

/// How long to wait for what comes of it. Whoever runs the execution looks ten times a second.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(20);

/// Tells an execution what the command says.
pub(super) async fn tell<R: Runbook>(
    program: &Program<R>,
    command: &str,
    matches: &ArgMatches,
    console: &Console,
) -> Exit {
    let journal = match state::open(matches, console) {
        Ok(journal) => journal,
        Err(exit) => return exit,
    };
    let entry = match state::find(&journal, matches, console)
        .and_then(|entry| state::whole(&journal, entry, console))
        .and_then(|entry| look::own::<R>(&journal, entry, console))
    {
        Ok(entry) => entry,
        Err(exit) => return exit,
    };
    let id = entry.execution;
    if entry.status.is_final() {
        let message = format!("execution {id} has ended: {}", entry.status);
        return console.fail(Exit::Failed, &message);
    }
    let errand = match errand(program, &entry, command, matches).await {
        Ok(errand) => errand,
        Err(problem) => return console.fail(Exit::NotRun, &problem),
    };
    let sent = journal.send(id, &errand);
    let outcome = match sent {
        Ok(mail) => settled(&journal, &entry, mail).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(Some(Outcome::Taken)) => console.print(&format!("{}\n", done(&errand)), Exit::Success),
        Ok(Some(Outcome::Refused(reason))) => {
            console.fail(Exit::Failed, &format!("refused: {reason}"))
        }
        Ok(None) => {
            let outlook = match journal.holder(id) {
                Ok(Some(holder)) => format!("{holder} has not taken it yet"),
                _ => format!(
                    "nobody runs execution {id} now: it will count when `resume {id}` goes on"
                ),
            };
            console.print(&format!("{outlook}\n"), Exit::Success)
        }
        Err(error) => state::failed(&error, console),
    }
}

/// What came of a letter; nothing if nobody takes letters.
async fn settled(
    journal: &Journal,
    entry: &Entry,
    mail: crate::journal::MailId,
) -> Result<Option<Outcome>, crate::journal::JournalError> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if let Some(outcome) = journal.outcome(mail)? {
            return Ok(Some(outcome));
        }
        if journal.holder(entry.execution)?.is_none() {
            // Its last act may have been to take the letter.
            return journal.outcome(mail);
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(None)
}

async fn errand<R: Runbook>(
    program: &Program<R>,
    entry: &Entry,
    command: &str,
    matches: &ArgMatches,
) -> Result<Errand, String> {
    let kind = match command {
        "approve" => SignalKind::Approve,
        "reject" => SignalKind::Reject,
        "resume" => SignalKind::Resume,
        "start" => SignalKind::Start,
        "stop" if matches.get_flag("complete") => return Ok(Errand::Complete),
        _ => return Ok(Errand::Cancel),
    };
    let text = |name: &str| {
        let given = matches.try_get_one::<String>(name);
        given.ok().flatten().cloned()
    };
    Ok(Errand::Signal(Signal {
        kind,
        step: text("step"),
        by: match decider(matches) {
            Some(arn) => arn.to_owned(),
            None => caller(program, entry).await?,
        },
        comment: text("comment"),
        letter: None,
    }))
}

/// `--as`, which only runbooks with steps that wait for people have.
pub(super) fn decider(matches: &ArgMatches) -> Option<&str> {
    let given = matches.try_get_one::<String>("as");
    given.ok().flatten().map(String::as_str)
}

/// The ARN of whoever starts this binary.
async fn caller<R: Runbook>(program: &Program<R>, entry: &Entry) -> Result<String, String> {
    let Some(backend) = program.backend.as_deref() else {
        return Err("this binary was built without AWS: say who you are by --as ARN".to_owned());
    };
    let identity = Identity {
        region: Some(entry.region.clone()),
        role: Role::Caller,
        script_credentials: ScriptCredentials::Role,
        starter: std::sync::Arc::default(),
        clock: &SystemClock,
        words: told,
    };
    let caller = identity.own_arn::<R>(backend).await;
    caller.map_err(|error| format!("{}\nhelp: say who you are by --as ARN", told(&error)))
}

fn done(errand: &Errand) -> String {
    match errand {
        Errand::Signal(Signal { kind, by, .. }) => format!("{} by {by}", participle(*kind)),
        Errand::Cancel => "is being cancelled".to_owned(),
        Errand::Complete => "ends after the step under way".to_owned(),
    }
}
