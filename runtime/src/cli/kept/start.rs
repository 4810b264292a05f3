//! Runs that are started, and runs that are continued.

use std::sync::Arc;
use std::time::Duration;

use clap::ArgMatches;
use uuid::Uuid;

use crate::cancel::CancelToken;
use crate::clock::SystemClock;
use crate::doubt::{Decision, OnUnknown};
use crate::engine::EngineError;
use crate::event::{Beginning, Change};
use crate::journal::{Entry, Inbox, Journal, JournalError, Keeper};
use crate::log::Log;
use crate::parameters::Checked;
use crate::parent::{self, Parent};
use crate::real::{Backend, Backends, Connects, Identity, Run, RunError, Work};
use crate::record::Record;
use crate::report::Progress;
use crate::runbook::Runbook;
use crate::store::Store;

use super::super::Program;
use super::super::console::Console;
use super::super::exit::Exit;
use super::super::run::{Wanted, finish, hide, progress};
use super::super::signals::Signals;
use super::decisions::Decisions;
use super::discreet::Discreet;
use super::found;
use super::help::told;
use super::options::Options;
use super::parents::{OfParent, Own};
use super::{look, state, tell};

/// Runs the runbook for real.
pub(crate) async fn run<R: Runbook>(
    backend: &dyn Backend<R::Request>,
    children: &Backends,
    wanted: Wanted,
    matches: &ArgMatches,
    console: &mut Console,
) -> Exit {
    let (checked, for_targets) = match wanted {
        Wanted::Once(checked) => (checked, false),
        Wanted::ForTargets { order, supplied } => {
            // From here on they are the same, also in another process.
            let order = match found::<R>(backend, &order, matches, console).await {
                Ok(order) => order,
                Err(exit) => return exit,
            };
            let values = order.parameters();
            (Checked { values, supplied }, true)
        }
    };
    let journal = match state::open(matches, console) {
        Ok(journal) => journal,
        Err(exit) => return exit,
    };
    let options = Options::of(matches);
    let keeper = match journal.begin(Uuid::new_v4()) {
        Ok(keeper) => keeper.options(options.text()),
        Err(error) => return state::failed(&error, console),
    };
    let session = Session {
        backend,
        children,
        own: None,
        keeper: &keeper,
        options,
        region: matches.get_one::<String>("region").cloned(),
        work: Work::Start {
            checked,
            interactive: matches.get_flag("interactive"),
        },
    };
    session.drive_any::<R>(for_targets, matches, console).await
}

/// Continues an execution that was cut off, or tells the step that pauses to go on.
pub(crate) async fn resume<R: Runbook>(
    program: &Program<R>,
    matches: &ArgMatches,
    console: &mut Console,
) -> Exit {
    // Only runbooks with steps that wait for people have the argument.
    if matches.try_contains_id("step").unwrap_or_default() {
        return tell::tell(program, "resume", matches, console).await;
    }
    let Some(backend) = program.backend.as_deref() else {
        return console.fail(Exit::NotRun, "this binary was built without AWS");
    };
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
    if entry.status.is_final() {
        return look::show_entry::<R>(&journal, &entry, matches, console);
    }
    let (keeper, beginning) = match take::<R>(&journal, &entry, matches, console) {
        Ok(taken) => taken,
        Err(exit) => return exit,
    };
    let options = Options::read(entry.options.as_deref()).then(Options::of(matches));
    let for_targets = beginning.for_targets;
    let values = parent::values(&beginning);
    if let Err(exit) = hide(options.mask(), &values, console) {
        return exit;
    }
    let session = Session {
        backend,
        children: &program.children,
        own: None,
        keeper: &keeper,
        options,
        region: Some(beginning.region.clone()),
        work: Work::Resume {
            checked: Checked {
                values: beginning.parameters.clone(),
                supplied: beginning.supplied.clone(),
            },
            force: matches.get_flag("force"),
            on_unknown: on_unknown(matches),
        },
    };
    session.drive_any::<R>(for_targets, matches, console).await
}

/// Takes over an execution, if it can be continued.
fn take<'j, R: Runbook>(
    journal: &'j Journal,
    entry: &Entry,
    matches: &ArgMatches,
    console: &Console,
) -> Result<(Keeper<'j>, Arc<Beginning>), Exit> {
    if entry.hash != R::DEFINITION.hash && !matches.get_flag("force") {
        let message = format!(
            "execution {} was started from another version of {}\n\
             help: continue it with the binary that started it, or with this one by --force: \
             steps that it does not have, or that mean something else now, are not found out",
            entry.execution,
            R::DEFINITION.file
        );
        return Err(console.fail(Exit::NotRun, &message));
    }
    let keeper = journal.go_on(entry.execution).map_err(|error| {
        let exit = state::failed(&error, console);
        if matches!(error, JournalError::Held { .. }) {
            let id = entry.execution;
            console.errors.text(&format!(
                "help: `logs --follow {id}` watches it; a step that pauses goes on by `resume {id} STEP`\n"
            ));
        }
        exit
    })?;
    let mut beginning = None;
    let read = keeper.read(entry.execution, &mut |event| {
        if let Change::Began(began) = event.change {
            beginning = Some(began);
        }
    });
    match (read, beginning) {
        (Ok(()), Some(beginning)) => Ok((keeper, beginning)),
        (Ok(()), None) => Err(console.fail(Exit::NotRun, "the journal has no beginning of it")),
        (Err(error), _) => Err(console.fail(Exit::NotRun, &error.to_string())),
    }
}

/// An execution that this process drives.
struct Session<'a, Q> {
    backend: &'a dyn Backend<Q>,
    children: &'a Backends,
    own: Option<&'a dyn Connects>,
    keeper: &'a Keeper<'a>,
    options: Options,
    region: Option<String>,
    work: Work,
}

impl<Q: crate::effect::Request> Session<'_, Q> {
    /// Drives an execution of the runbook, or of it for several targets.
    async fn drive_any<R: Runbook<Request = Q>>(
        self,
        for_targets: bool,
        matches: &ArgMatches,
        console: &mut Console,
    ) -> Exit {
        if !for_targets {
            return self.drive::<R>(matches, console).await;
        }
        let session = Session {
            backend: &OfParent(self.backend),
            children: self.children,
            own: Some(&Own::<R>(self.backend)),
            keeper: self.keeper,
            options: self.options,
            region: self.region,
            work: self.work,
        };
        session.drive::<Parent<R>>(matches, console).await
    }

    async fn drive<R: Runbook<Request = Q>>(
        self,
        matches: &ArgMatches,
        console: &mut Console,
    ) -> Exit {
        let execution = self.keeper.execution();
        let progress = progress(matches, console);
        let (cancel, complete) = (CancelToken::new(), CancelToken::new());
        let _signals = Signals::follow(cancel.clone(), console.errors.clone());
        let input = console.take_input();
        let by = tell::decider(matches);
        let decisions = Decisions::new(R::DEFINITION, by, input, &progress)
            .of(execution)
            .stopping(cancel.clone(), complete.clone());
        let complain = |problem: &str| progress.say(&format!("note: {problem}"));
        let inbox = Inbox::new(
            self.keeper,
            &decisions,
            &complain,
            cancel.clone(),
            complete.clone(),
        );
        let log = (Log::new(), &progress);
        let store = Discreet {
            store: self.keeper,
            mask: console.hidden(),
        };
        let errors = console.errors.clone();
        let run = Run {
            backend: self.backend,
            children: self.children,
            own: self.own,
            identity: Identity {
                region: self.region,
                role: self.options.role(),
                script_credentials: self.options.script_credentials(),
                starter: decisions.starter(),
                clock: &SystemClock,
                words: told,
            },
            note: &|note| errors.text(&format!("note: {note}\n")),
            observer: &log,
            signals: &inbox,
            store: &store,
            execution,
            cancel,
            complete,
        };
        let record = tokio::select! {
            record = drive_surely::<R>(&run, self.work, &decisions) => record,
            never = tick(&progress) => match never {},
            never = inbox.watch() => match never {},
        };
        progress.close();
        match record {
            Ok(record) => finish(&record, matches, console),
            Err(RunError::Engine(EngineError::Doubt(doubt))) => {
                let message = format!(
                    "{doubt}\n\
                     help: look whether it was made, then `resume {execution} --on-unknown repeat` makes it again, and \
                     `--on-unknown fail` lets the step fail"
                );
                console.fail(Exit::NotRun, &message)
            }
            Err(error) => {
                let exit = console.fail(Exit::NotRun, &told(&error));
                if self.keeper.journal().find(&execution.to_string()).is_ok() {
                    console.errors.text(&format!(
                        "help: nothing is lost; `resume {execution}` goes on from there\n"
                    ));
                }
                exit
            }
        }
    }
}

/// Drives a run, and asks about a call of which nobody knows whether it was made, if there is somebody to ask.
async fn drive_surely<R: Runbook>(
    run: &Run<'_, R::Request>,
    work: Work,
    decisions: &Decisions<'_>,
) -> Result<Record, RunError> {
    let record = drive::<R>(run, work.clone()).await;
    let (Err(RunError::Engine(EngineError::Doubt(doubt))), Work::Resume { checked, force, .. }) =
        (&record, work)
    else {
        return record;
    };
    match decisions.about(doubt).await {
        Some(decision) => {
            let work = Work::Resume {
                on_unknown: OnUnknown::Do(decision),
                checked,
                force,
            };
            drive::<R>(run, work).await
        }
        None => record,
    }
}

async fn drive<R: Runbook>(run: &Run<'_, R::Request>, work: Work) -> Result<Record, RunError> {
    Ok(run.drive::<R>(work).await?.record)
}

fn on_unknown(matches: &ArgMatches) -> OnUnknown {
    match matches.get_one::<String>("on-unknown").map(String::as_str) {
        Some("repeat") => OnUnknown::Do(Decision::Repeat),
        Some("fail") => OnUnknown::Do(Decision::Fail),
        _ => OnUnknown::Ask,
    }
}

/// Keeps the shown times going. Never ends.
async fn tick(progress: &Progress) -> std::convert::Infallible {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    loop {
        seconds.tick().await;
        progress.tick();
    }
}
