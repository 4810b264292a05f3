//! Doing what a run says.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::caller::{CallError, Nobody};
use crate::cancel::CancelToken;
use crate::engine::{Ended, Engine, EngineError};
use crate::event::{Beginning, Change, Event};
#[cfg(feature = "journal")]
use crate::journal::{Inbox, Keeper};
use crate::observer::{Observer, View};
use crate::parameters::{Checked, check};
use crate::real::{self, Backend, Backends, Identity, RunError};
use crate::runbook::Runbook;
use crate::signal::Signals;
use crate::store::Store;
use crate::value::Map;

use super::run::{Keeping, Options, Work};
use super::{Embedded, Finished};

/// Who makes the calls of a runbook, and of those that its steps start.
type Callers<R> = (Box<dyn Backend<<R as Runbook>::Request>>, Backends);

/// Does it, to the end.
pub(super) async fn perform<R: Embedded>(
    work: Work,
    callers: Callers<R>,
    options: Options,
) -> Result<Finished<R>, RunError> {
    match work {
        Work::Start(supplied) => start(&supplied, callers, &options).await,
        Work::Resume(execution) => resume(execution, callers, &options).await,
    }
}

async fn start<R: Embedded>(
    supplied: &Map,
    callers: Callers<R>,
    options: &Options,
) -> Result<Finished<R>, RunError> {
    let task = Task {
        execution: options.execution.unwrap_or_else(Uuid::new_v4),
        region: options.region.clone(),
        work: real::Work::Start {
            checked: check(R::DEFINITION, supplied)?,
            interactive: options.interactive,
        },
    };
    match &options.keeping {
        Keeping::Store(store) => task.perform(callers, options, store.as_ref()).await,
        #[cfg(feature = "journal")]
        Keeping::Journal(journal) => {
            let keeper = journal.begin(task.execution)?;
            task.perform_kept(callers, options, &keeper).await
        }
    }
}

async fn resume<R: Embedded>(
    execution: Uuid,
    callers: Callers<R>,
    options: &Options,
) -> Result<Finished<R>, RunError> {
    let store: &dyn Store = match &options.keeping {
        Keeping::Store(store) => store.as_ref(),
        #[cfg(feature = "journal")]
        Keeping::Journal(journal) => journal.as_ref(),
    };
    let known = Known::of(execution, store)?;
    known.check::<R>(options.force)?;
    if known.has_ended {
        return shown(execution, store, options).await;
    }
    let beginning = &known.beginning;
    let region = options.region.as_ref().unwrap_or(&beginning.region);
    let task = Task {
        execution,
        region: Some(region.clone()),
        work: real::Work::Resume {
            on_unknown: options.on_unknown,
            checked: Checked {
                values: beginning.parameters.clone(),
                supplied: beginning.supplied.clone(),
            },
            force: options.force,
        },
    };
    match &options.keeping {
        Keeping::Store(store) => task.perform(callers, options, store.as_ref()).await,
        #[cfg(feature = "journal")]
        Keeping::Journal(journal) => {
            let keeper = journal.go_on(execution)?;
            task.perform_kept(callers, options, &keeper).await
        }
    }
}

/// What came of an execution that has ended: nobody is called.
async fn shown<R: Embedded>(
    execution: Uuid,
    store: &dyn Store,
    options: &Options,
) -> Result<Finished<R>, RunError> {
    let nobody = Nobody(CallError::Connection("the execution has ended".to_owned()));
    let engine = Engine::<R>::new(&nobody, options.clock.as_ref(), store).force(options.force);
    let ended = engine.finish_resumed(execution).await?;
    Ok(finished(ended, &Notes::default()))
}

/// What a store has of an execution.
struct Known {
    beginning: Arc<Beginning>,
    has_ended: bool,
}

impl Known {
    fn of(execution: Uuid, store: &dyn Store) -> Result<Self, EngineError> {
        let (mut beginning, mut has_ended) = (None, false);
        store.read(execution, &mut |event| match event.change {
            Change::Began(began) => beginning = Some(began),
            Change::Ended { .. } => has_ended = true,
            _ => {}
        })?;
        Ok(Self {
            beginning: beginning.ok_or(EngineError::Unknown(execution))?,
            has_ended,
        })
    }

    fn check<R: Embedded>(&self, force: bool) -> Result<(), RunError> {
        let Beginning {
            execution, runbook, ..
        } = self.beginning.as_ref();
        if self.beginning.for_targets {
            return Err(RunError::ForTargets(*execution));
        }
        if self.beginning.hash != R::DEFINITION.hash && !force {
            return Err(RunError::Engine(EngineError::OtherRunbook {
                execution: *execution,
                runbook: runbook.clone(),
                own: R::DEFINITION.name,
            }));
        }
        Ok(())
    }
}

/// What is done, of a run.
struct Task {
    execution: Uuid,
    region: Option<String>,
    work: real::Work,
}

/// Who is heard during a run.
struct Heard<'a> {
    signals: &'a dyn Signals,
    cancel: CancelToken,
    complete: CancelToken,
}

impl Task {
    /// Does it. The program is heard.
    async fn perform<R: Embedded>(
        self,
        callers: Callers<R>,
        options: &Options,
        store: &dyn Store,
    ) -> Result<Finished<R>, RunError> {
        let heard = Heard {
            signals: options.signals.as_ref(),
            cancel: options.cancel.clone(),
            complete: options.complete.clone(),
        };
        let notes = Notes::default();
        let ended = self.drive(callers, options, store, heard, &notes).await?;
        Ok(finished(ended, &notes))
    }

    /// Does it. The program is heard, and so is whoever leaves letters in the journal.
    #[cfg(feature = "journal")]
    async fn perform_kept<R: Embedded>(
        self,
        callers: Callers<R>,
        options: &Options,
        keeper: &Keeper<'_>,
    ) -> Result<Finished<R>, RunError> {
        // A letter is about this execution; the tokens of the program may be about others, too.
        let (cancel, complete) = (options.cancel.child(), options.complete.child());
        let notes = Notes::default();
        let note = |note: &str| notes.add(note);
        let (asks, stops) = (cancel.clone(), complete.clone());
        let inbox = Inbox::new(keeper, options.signals.as_ref(), &note, asks, stops);
        let heard = Heard {
            signals: &inbox,
            cancel,
            complete,
        };
        let ended = tokio::select! {
            ended = self.drive(callers, options, keeper, heard, &notes) => ended?,
            never = inbox.watch() => match never {},
        };
        Ok(finished(ended, &notes))
    }

    async fn drive<R: Embedded>(
        self,
        callers: Callers<R>,
        options: &Options,
        store: &dyn Store,
        heard: Heard<'_>,
        notes: &Notes,
    ) -> Result<Ended<R>, RunError> {
        let (backend, children) = callers;
        let audience = Audience(&options.observers);
        let run = real::Run {
            backend: backend.as_ref(),
            children: &children,
            own: None,
            identity: Identity {
                region: self.region,
                role: options.role.clone(),
                script_credentials: options.script_credentials,
                starter: Arc::default(),
                clock: options.clock.as_ref(),
                words: ToString::to_string,
            },
            note: &|note| notes.add(note),
            observer: &audience,
            signals: heard.signals,
            store,
            execution: self.execution,
            cancel: heard.cancel,
            complete: heard.complete,
        };
        run.drive::<R>(self.work).await
    }
}

/// What is worth knowing about a run.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Notes {
    fn add(&self, note: &str) {
        self.lock().push(note.to_owned());
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn finished<R: Embedded>(ended: Ended<R>, notes: &Notes) -> Finished<R> {
    let Ended { record, state } = ended;
    Finished {
        record,
        outputs: state.as_ref().map(R::document_outputs).unwrap_or_default(),
        state,
        notes: std::mem::take(&mut *notes.lock()),
    }
}

/// All who watch a run.
pub(super) struct Audience<'a>(pub(super) &'a [Box<dyn Observer>]);

impl Observer for Audience<'_> {
    fn observe(&self, event: &Event, view: &View) {
        let watching = self.0.iter().filter(|observer| observer.watches());
        watching.for_each(|observer| observer.observe(event, view));
    }

    fn watches(&self) -> bool {
        self.0.iter().any(|observer| observer.watches())
    }
}
