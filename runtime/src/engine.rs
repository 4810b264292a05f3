//! The engine: drives a runbook by asking its execution what is next, doing that, and storing what has happened.
//!
//! All decisions are made in [`crate::execution`], as pure functions of the events so far. What is left here can wait:
//! calls and sleeps, each raced against its deadline and a request to cancel. All events are stored before anything is
//! done or awaited, in one piece with the answer that they follow from: so a call costs one commit, and a cut at any
//! point loses at most the answer of one call, which is then made again.

mod before_steps;
mod drive;

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use crate::caller::{CallError, Caller};
use crate::cancel::CancelToken;
use crate::child;
use crate::clock::Clock;
use crate::doubt::{Doubt, OnUnknown};
use crate::dry_run::DryRun;
use crate::event::{Beginning, Change, Event};
use crate::execution::{Execution, Fold, JournalError, Memory, Open};
use crate::observer::Observer;
use crate::policy::Policy;
use crate::record::{Record, Simulation};
use crate::runbook::Runbook;
use crate::signal::Signals;
use crate::store::{Store, StoreError};
use crate::stored::StoredErrors;
use crate::value::{InputError, Map};

use drive::Drive;

/// Runs the executions of one runbook.
pub struct Engine<'a, R: Runbook> {
    caller: &'a dyn Caller<R::Request>,
    clock: &'a dyn Clock,
    store: &'a dyn Store,
    observer: &'a dyn Observer,
    signals: &'a dyn Signals,
    policy: Policy,
    on_unknown: OnUnknown,
    dry_run: Option<(&'a DryRun, String)>,
    /// What stops executions, and what ends them after the step under way, if there is something.
    cancel: Option<CancelToken>,
    complete: Option<CancelToken>,
    force: bool,
    is_child: bool,
}

/// What a new execution starts from.
#[derive(Clone, Debug)]
pub struct Start {
    /// The execution's id: random for a real one, derived for a simulated one.
    pub execution: Uuid,
    /// The execution that started it, if one did.
    pub parent: Option<Uuid>,
    /// Which of several targets it is for, if it is for one (spec 6.3).
    pub target: Option<String>,
    /// The parameters, complete and typed: checked against the definition, defaults filled in.
    pub parameters: Map,
    /// Those of them that the user supplied, as the record shows them.
    pub supplied: Map,
    /// The region it runs in.
    pub region: String,
    /// What the answers come from, if not from AWS.
    pub simulation: Option<Simulation>,
    /// Whether every step waits until somebody lets it start (spec 6.2).
    pub interactive: bool,
}

/// An execution that has come to its end.
#[derive(Clone, Debug)]
pub struct Ended<R: Runbook> {
    /// Its record, with those of its children.
    pub record: Record,
    /// The state of the runbook, with all that its steps have left; none if it has ended before it was known who calls.
    pub state: Option<R::State>,
}

/// Why an execution could not be run to its end. A step that fails is no such reason.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The journal cannot be written or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal does not make sense.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Parameter Store cannot be read. Nothing was done.
    #[error("the defaults of parameters cannot be read from Parameter Store: {0}")]
    ParameterStore(CallError),
    /// What Parameter Store holds cannot be used. Nothing was done.
    #[error("the runbook cannot start\n{0}")]
    Stored(#[from] StoredErrors),
    /// Nobody knows as whom the runbook would run. Nothing was done.
    #[error("cannot find out who is calling: {0}")]
    Identity(CallError),
    /// The state cannot be made from the parameters. Nothing was done.
    #[error("the parameters cannot be used: {0}")]
    Parameters(InputError),
    /// An execution can start only once.
    #[error("execution {0} has started already")]
    Known(Uuid),
    /// There is no such execution to continue.
    #[error("execution {0} is not known")]
    Unknown(Uuid),
    /// Somebody has to decide about a call that was under way. Nothing was done.
    #[error("{0}")]
    Doubt(Box<Doubt>),
    /// The execution was started from another text.
    #[error("execution {execution} was started from {}", other(.runbook, .own))]
    OtherRunbook {
        /// The execution.
        execution: Uuid,
        /// The runbook that it was started from.
        runbook: String,
        /// The runbook that was to go on with it: perhaps another one, perhaps another version.
        own: &'static str,
    },
}

/// What an execution was started from that is not to go on with `own`.
fn other(runbook: &str, own: &str) -> String {
    match runbook == own {
        true => format!("another version of runbook `{runbook}`"),
        false => format!("runbook `{runbook}`, which is not `{own}`"),
    }
}

impl EngineError {
    /// Whether nothing was done, because the execution cannot start.
    const fn is_before_start(&self) -> bool {
        matches!(
            self,
            Self::ParameterStore(_) | Self::Stored(_) | Self::Identity(_) | Self::Parameters(_)
        )
    }
}

impl<'a, R: Runbook> Engine<'a, R> {
    /// An engine that calls, waits and keeps by these.
    pub fn new(
        caller: &'a dyn Caller<R::Request>,
        clock: &'a dyn Clock,
        store: &'a dyn Store,
    ) -> Self {
        Self {
            caller,
            clock,
            store,
            observer: &(),
            signals: &(),
            policy: Policy::default(),
            on_unknown: OnUnknown::default(),
            dry_run: None,
            cancel: None,
            complete: None,
            force: false,
            is_child: false,
        }
    }

    /// Tells `observer` everything that happens.
    #[must_use]
    pub fn observer(self, observer: &'a dyn Observer) -> Self {
        Self { observer, ..self }
    }

    /// Listens to `signals` while a step waits for people.
    #[must_use]
    pub fn signals(self, signals: &'a dyn Signals) -> Self {
        Self { signals, ..self }
    }

    /// Pauses by `policy`.
    #[must_use]
    pub fn policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Says what becomes of a call of which nobody knows whether it was made, when an execution is continued.
    #[must_use]
    pub fn on_unknown(self, on_unknown: OnUnknown) -> Self {
        Self { on_unknown, ..self }
    }

    /// Does nothing: `dry_run` answers instead. Its lines are about steps within those that `within` names: `prepare/`.
    #[must_use]
    pub fn dry_run(self, dry_run: &'a DryRun, within: String) -> Self {
        Self {
            dry_run: Some((dry_run, within)),
            ..self
        }
    }

    /// An execution that cannot start has failed, and is none that could be continued: so it is for who has started it.
    #[must_use]
    pub(crate) fn child(self) -> Self {
        Self {
            is_child: true,
            ..self
        }
    }

    /// Stops executions when `cancel` asks for it.
    #[must_use]
    pub fn cancel(self, cancel: CancelToken) -> Self {
        Self {
            cancel: Some(cancel),
            ..self
        }
    }

    /// Ends executions after the step under way when `complete` asks for it (spec 7.2.5).
    #[must_use]
    pub fn complete(self, complete: CancelToken) -> Self {
        Self {
            complete: Some(complete),
            ..self
        }
    }

    /// Whether to continue executions that were started from another version of the runbook, as far as that goes.
    #[must_use]
    pub fn force(self, force: bool) -> Self {
        Self { force, ..self }
    }

    /// Runs a new execution to its end.
    ///
    /// # Errors
    /// When it cannot start, or its events cannot be kept.
    pub fn run(&self, start: Start) -> impl Future<Output = Result<Record, EngineError>> {
        // What a future begins with stays in it for as long as it waits, another future too.
        let start = Box::new(start);
        async move { Ok(self.drive(self.begin(*start)?).await?.record) }
    }

    /// The same, and gives the state at the end beside the record.
    ///
    /// # Errors
    /// When it cannot start, or its events cannot be kept.
    pub fn finish(&self, start: Start) -> impl Future<Output = Result<Ended<R>, EngineError>> {
        let start = Box::new(start);
        async move { self.drive(self.begin(*start)?).await }
    }

    /// Ends an execution that nobody can run, before its first step or in the midst of one: it has failed because of this
    /// problem. One that has ended gives its record.
    pub(crate) async fn refuse(
        &self,
        start: Start,
        problem: String,
    ) -> Result<Record, EngineError> {
        let mut drive = match self.store.events(start.execution)?.is_empty() {
            true => self.begin(start)?,
            false => self.known(start.execution)?,
        };
        if !drive.execution.status().is_final() {
            self.note(&mut drive, Change::NotStarted { problem })?;
        }
        Ok(self.drive(drive).await?.record)
    }

    /// An execution that has begun some other time.
    fn known(&self, id: Uuid) -> Result<Drive<R>, EngineError> {
        Ok(Drive {
            execution: Box::new(self.fold(id, self.memory())?),
            unsaved: Vec::new(),
        })
    }

    fn begin(&self, start: Start) -> Result<Drive<R>, EngineError> {
        if !self.store.events(start.execution)?.is_empty() {
            return Err(EngineError::Known(start.execution));
        }
        let event = Event {
            at: self.clock.now(),
            change: Change::Began(Arc::new(Beginning {
                execution: start.execution,
                parent: start.parent,
                for_targets: R::FOR_TARGETS,
                target: start.target,
                runbook: R::DEFINITION.name.to_owned(),
                hash: R::DEFINITION.hash.to_owned(),
                parameters: start.parameters,
                supplied: start.supplied,
                region: start.region,
                simulation: start.simulation,
                interactive: start.interactive,
            })),
        };
        let execution = Execution::begin(&event, self.memory())?;
        self.tell(&event, &execution);
        Ok(Drive {
            execution: Box::new(execution),
            unsaved: vec![event],
        })
    }

    /// Continues an execution that was cut off, to its end; one that has ended gives its record.
    ///
    /// # Errors
    /// When it is not known or not of this runbook, when somebody has to decide first about a call that was under way, or
    /// when its events cannot be kept.
    pub async fn resume(&self, id: Uuid) -> Result<Record, EngineError> {
        Ok(self.finish_resumed(id).await?.record)
    }

    /// The same, and gives the state at the end beside the record.
    ///
    /// # Errors
    /// Those of [`Engine::resume`].
    pub async fn finish_resumed(&self, id: Uuid) -> Result<Ended<R>, EngineError> {
        let mut drive = self.known(id)?;
        if !drive.execution.status().is_final() {
            let now = drive.execution.now();
            let heard = child::last_heard::<R>(id, self.store);
            let heard = heard.max(self.parent_went_on(&drive.execution)?);
            let since = heard.unwrap_or(now).max(now);
            // Of a call that is cancelled nobody has to say whether it is made again.
            let is_cancelled = self.is_asked_to_cancel(&drive.execution);
            let open = drive.execution.open().filter(|open| match open {
                Open::Doubt(..) => !is_cancelled,
                Open::Child(_) => true,
            });
            if self.on_unknown == OnUnknown::Ask
                && open.is_some()
                && let Some(doubt) = child::doubt(&drive.execution, self.store)
            {
                return Err(EngineError::Doubt(Box::new(doubt)));
            }
            self.note(&mut drive, Change::Resumed { since })?;
            if let (OnUnknown::Do(decision), Some(Open::Doubt(effect, _))) = (self.on_unknown, open)
            {
                self.note(&mut drive, Change::Resolved { effect, decision })?;
            }
        }
        self.drive(drive).await
    }

    /// An execution as its events tell it.
    ///
    /// # Errors
    /// When it is not known or not of this runbook, or its events cannot be read.
    pub fn load(&self, id: Uuid) -> Result<Execution<R>, EngineError> {
        self.fold(id, Memory::Record)
    }

    fn fold(&self, id: Uuid, memory: Memory) -> Result<Execution<R>, EngineError> {
        let (mut fold, mut other) = (Fold::new(memory), None);
        self.store.read(id, &mut |event| match event.change {
            Change::Began(beginning) if beginning.hash != R::DEFINITION.hash && !self.force => {
                other = Some(beginning.runbook.clone());
            }
            _ => fold.add(&event),
        })?;
        match other {
            Some(runbook) => Err(EngineError::OtherRunbook {
                execution: id,
                runbook,
                own: R::DEFINITION.name,
            }),
            None => fold.finish()?.ok_or(EngineError::Unknown(id)),
        }
    }

    /// What an execution under way remembers.
    fn memory(&self) -> Memory {
        match self.store.is_durable() {
            true => Memory::Outputs,
            false => Memory::Record,
        }
    }

    /// When the parent of an execution was cut off that goes on now. Until then somebody worked on all of its children.
    fn parent_went_on(&self, execution: &Execution<R>) -> Result<Option<Timestamp>, EngineError> {
        let Some(parent) = execution.beginning().parent else {
            return Ok(None);
        };
        let mut cut = None;
        self.store.read(parent, &mut |event| {
            if let Change::Resumed { since } = event.change {
                cut = Some(since);
            }
        })?;
        Ok(cut)
    }
}
