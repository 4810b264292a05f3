//! Runs: what is to be done, and how.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
#[cfg(feature = "journal")]
use std::sync::Arc;
use std::task::{Context, Poll};

use uuid::Uuid;

#[cfg(feature = "aws")]
use crate::aws::Sdk;
use crate::caller::{BoxFuture, Caller};
use crate::cancel::CancelToken;
use crate::clock::{Clock, SystemClock};
use crate::doubt::OnUnknown;
#[cfg(feature = "journal")]
use crate::journal::Journal;
use crate::observer::Observer;
use crate::parameters::Supplied;
use crate::real::{Backend, Role, RunError, ScriptCredentials};
use crate::runbook::Runbook;
use crate::signal::Signals;
use crate::store::{MemoryStore, Store};
use crate::value::Map;

use super::events::{self, Events};
use super::{Aws, Calls, Embedded, Finished, Own, perform};

/// A run of the runbook `R`: what is to be done, and how. It is done when it is awaited. `C` says who makes the calls.
///
/// It is a future that borrows nothing and can be sent, so that it can run beside everything else: `tokio::spawn(run)`. It
/// runs on tokio. What it is told after it was polled for the first time comes too late.
#[must_use = "nothing runs before it is awaited"]
pub struct Run<R: Embedded, C = Aws> {
    pub(crate) work: Work,
    pub(super) calls: C,
    pub(crate) options: Options,
    /// Does it, once it was polled.
    running: Option<BoxFuture<'static, Result<Finished<R>, RunError>>>,
    runbook: PhantomData<fn() -> R>,
}

/// What is to be done.
#[derive(Clone)]
pub(crate) enum Work {
    /// An execution starts with what was supplied.
    Start(Map),
    /// An execution goes on.
    Resume(Uuid),
}

/// How it is to be done.
pub(crate) struct Options {
    pub(super) execution: Option<Uuid>,
    pub(super) region: Option<String>,
    pub(super) role: Role,
    pub(super) script_credentials: ScriptCredentials,
    pub(super) clock: Box<dyn Clock>,
    pub(super) keeping: Keeping,
    /// All who watch.
    pub(crate) observers: Vec<Box<dyn Observer>>,
    pub(super) signals: Box<dyn Signals>,
    pub(crate) cancel: CancelToken,
    pub(super) complete: CancelToken,
    pub(super) on_unknown: OnUnknown,
    pub(super) force: bool,
    pub(super) interactive: bool,
}

/// Where events are kept.
pub(super) enum Keeping {
    Store(Box<dyn Store>),
    #[cfg(feature = "journal")]
    Journal(Arc<Journal>),
}

impl Default for Options {
    fn default() -> Self {
        Self {
            execution: None,
            region: None,
            role: Role::default(),
            script_credentials: ScriptCredentials::default(),
            clock: Box::new(SystemClock),
            keeping: Keeping::Store(Box::new(MemoryStore::new())),
            observers: Vec::new(),
            signals: Box::new(()),
            cancel: CancelToken::new(),
            complete: CancelToken::new(),
            on_unknown: OnUnknown::default(),
            force: false,
            interactive: false,
        }
    }
}

impl<R: Embedded> Run<R> {
    /// A new execution with these parameters. They are checked when it is awaited, all at once, before anything is done.
    pub fn new(parameters: R::Parameters) -> Self {
        Self::of(Work::Start(parameters.supplied()))
    }

    /// An execution that was cut off, and that the [store](Run::store) has: it goes on to its end. One that has ended gives
    /// what came of it, and calls nobody. Who calls, and as whom, is told as it was when it began; parameters and Region are
    /// kept with the execution.
    pub fn resume(execution: Uuid) -> Self {
        Self::of(Work::Resume(execution))
    }

    fn of(work: Work) -> Self {
        Self {
            work,
            calls: Aws::default(),
            options: Options::default(),
            running: None,
            runbook: PhantomData,
        }
    }

    /// Makes the calls with this configuration of the SDK, instead of with that of the machine: its credentials, its
    /// Region, its endpoint and its HTTP client. Webhooks are no calls of AWS, and sent as ever.
    ///
    /// An [`Sdk`] brings its clients along. A program that runs more than one execution makes one, and gives it to all of
    /// them; of an `SdkConfig` alone, every run makes clients of its own, which it shares with the runbooks that its steps
    /// start.
    ///
    /// ```
    /// # use runbook_runtime::aws::Sdk;
    /// # use runbook_runtime::embed::{Embedded, Run};
    /// # fn example<R: Embedded, S: Embedded>(first: Run<R>, second: Run<S>) {
    /// let sdk = Sdk::default();
    /// let (first, second) = (first.aws(&sdk), second.aws(&sdk));
    /// # }
    /// ```
    #[cfg(feature = "aws")]
    pub fn aws(mut self, sdk: impl Into<Sdk>) -> Self {
        self.calls.sdk = sdk.into();
        self
    }

    /// Makes the calls by `caller` instead of AWS: every one of them, also the first, `GetCallerIdentity`, by which an
    /// execution learns as whom it runs (`Arn` and `Account` of its answer). Runbooks that steps start have callers of their own:
    /// [`Run::child`].
    ///
    /// There are no credentials then: [roles](Run::role) do not apply, scripts call AWS as nobody, and webhooks fail. The
    /// Region is `us-east-1`, if [`Run::region`] does not say otherwise. A caller that is to be looked at afterwards is
    /// given as an `Arc`.
    ///
    /// ```
    /// # mod included { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/purge_queue.rs")); }
    /// # use included::purge_queue;
    /// use purge_queue::Parameters;
    /// use purge_queue::api::Request;
    /// use runbook_runtime::caller::{BoxFuture, Call, CallError, Caller};
    /// use runbook_runtime::json;
    /// use runbook_runtime::value::Document;
    ///
    /// struct Empty;
    ///
    /// impl Caller<Request> for Empty {
    ///     fn call<'a>(
    ///         &'a self,
    ///         _: &'a Call,
    ///         request: &'a Request,
    ///     ) -> BoxFuture<'a, Result<Document, CallError>> {
    ///         let answer = match request {
    ///             Request::GetCallerIdentity(_) => {
    ///                 json!({"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/me"})
    ///             }
    ///             Request::GetQueueAttributes(_) => {
    ///                 json!({"Attributes": {"ApproximateNumberOfMessages": "0"}})
    ///             }
    ///             Request::PurgeQueue(_) => json!({}),
    ///         };
    ///         Box::pin(async move { Ok(answer) })
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let run = purge_queue::run(Parameters::new("https://queue")).caller(Empty);
    /// let finished = run.await?.into_success()?;
    /// assert_eq!(finished.outputs.look_messages.as_deref(), Some("0"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn caller(self, caller: impl Caller<R::Request> + 'static) -> Run<R, Own<R>> {
        self.through(Own::caller(caller)).role(Role::Caller)
    }

    /// Connects by `backend` instead of by the AWS SDK: it gives callers, one for each role, and what scripts and webhooks
    /// need of the world.
    pub fn backend(self, backend: impl Backend<R::Request> + 'static) -> Run<R, Own<R>> {
        self.through(Own::backend(backend))
    }

    fn through(self, calls: Own<R>) -> Run<R, Own<R>> {
        Run {
            work: self.work,
            calls,
            options: self.options,
            running: self.running,
            runbook: PhantomData,
        }
    }
}

impl<R: Embedded> Run<R, Own<R>> {
    /// Makes the calls of `K`, a runbook that a step starts, here or in another runbook that is started, by `caller`.
    pub fn child<K: Runbook>(mut self, caller: impl Caller<K::Request> + 'static) -> Self {
        self.calls.child::<K>(caller);
        self
    }

    /// Connects for `K`, a runbook that a step starts, here or in another runbook that is started, by `backend`.
    pub fn child_backend<K: Runbook>(
        mut self,
        backend: impl Backend<K::Request> + 'static,
    ) -> Self {
        self.calls.child_backend::<K>(backend);
        self
    }
}

impl<R: Embedded, C> Run<R, C> {
    /// Runs in this Region, instead of in the configured one. An execution that was cut off goes on in the Region and the
    /// account that it has begun in, and in no other.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.options.region = Some(region.into());
        self
    }

    /// Runs with these permissions, instead of with those of the runbook's `assumeRole`.
    pub fn role(mut self, role: Role) -> Self {
        self.options.role = role;
        self
    }

    /// Lets scripts call AWS so, instead of as the role that was assumed.
    pub fn script_credentials(mut self, credentials: ScriptCredentials) -> Self {
        self.options.script_credentials = credentials;
        self
    }

    /// Takes the time from `clock`, and waits by it. One that is to be set from outside is given as an `Arc`.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.options.clock = Box::new(clock);
        self
    }

    /// Keeps all events in `store`, from which [`Run::resume`] goes on. One that is to be used again is given as an `Arc`.
    ///
    /// ```
    /// # use runbook_runtime::embed::{Embedded, Run};
    /// # fn example<R: Embedded>(parameters: R::Parameters) {
    /// use std::sync::Arc;
    ///
    /// use runbook_runtime::store::MemoryStore;
    ///
    /// let store = Arc::new(MemoryStore::new());
    /// let run = Run::<R>::new(parameters).store(Arc::clone(&store));
    /// # }
    /// ```
    pub fn store(mut self, store: impl Store + 'static) -> Self {
        self.options.keeping = Keeping::Store(Box::new(store));
        self
    }

    /// Keeps all events in a journal on disk, so that an execution outlives its process: [`Run::resume`] goes on with it.
    /// It is the one that binaries have: the commands of the runbook's binary, `list`, `show`, `logs`, `approve`, `cancel` and
    /// the others, are about its executions, too. What they tell one, and what [`Journal::send`] does from any program, is
    /// heard beside [`Run::signals`] and [`Run::cancel`].
    ///
    /// ```
    /// # use runbook_runtime::embed::{Embedded, Run};
    /// # fn example<R: Embedded>(parameters: R::Parameters) -> Result<(), Box<dyn std::error::Error>> {
    /// use std::path::Path;
    /// use std::sync::Arc;
    ///
    /// use runbook_runtime::journal::{Filter, Journal};
    ///
    /// let journal = Arc::new(Journal::open(Path::new("/var/lib/restarts"))?);
    /// let run = Run::<R>::new(parameters).journal(Arc::clone(&journal));
    ///
    /// // In the next process: what was cut off goes on.
    /// for entry in journal.list(&Filter::unfinished("restart-instance"))? {
    ///     let run = Run::<R>::resume(entry.execution).journal(Arc::clone(&journal));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "journal")]
    pub fn journal(mut self, journal: Arc<Journal>) -> Self {
        self.options.keeping = Keeping::Journal(journal);
        self
    }

    /// Lets `observer` watch, beside those who do already. One that is to be looked at afterwards is given as an `Arc`.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.options.observers.push(Box::new(observer));
        self
    }

    /// What happens from now on, as a stream, beside those who watch already. It ends with the run.
    ///
    /// The run never waits for it. What nobody has taken yet is kept, and nothing once the stream is dropped.
    pub fn events(&mut self) -> Events<R> {
        let (events, teller) = events::channel();
        self.options.observers.push(Box::new(teller));
        events
    }

    /// Listens to `signals` while a step waits for people: to [`Decisions`](super::Decisions), for instance.
    pub fn signals(mut self, signals: impl Signals + 'static) -> Self {
        self.options.signals = Box::new(signals);
        self
    }

    /// Stops the execution when `cancel` asks for it: the step under way is left, and its `onCancel` steps run.
    pub fn cancel(mut self, cancel: CancelToken) -> Self {
        self.options.cancel = cancel;
        self
    }

    /// Ends the execution after the step under way when `complete` asks for it.
    pub fn complete(mut self, complete: CancelToken) -> Self {
        self.options.complete = complete;
        self
    }

    /// Gives a new execution this id, instead of a random one.
    pub fn execution(mut self, execution: Uuid) -> Self {
        self.options.execution = Some(execution);
        self
    }

    /// Says what becomes of a call of which nobody knows whether it was made, when an execution goes on. If nobody says so,
    /// an execution with such a call does not go on: [`EngineError::Doubt`](crate::engine::EngineError::Doubt).
    pub fn on_unknown(mut self, on_unknown: OnUnknown) -> Self {
        self.options.on_unknown = on_unknown;
        self
    }

    /// Whether an execution goes on that was started from another version of the runbook, as far as that goes.
    pub fn force(mut self, force: bool) -> Self {
        self.options.force = force;
        self
    }

    /// Whether every step waits until somebody lets it start, by [`Run::signals`].
    pub fn interactive(mut self, interactive: bool) -> Self {
        self.options.interactive = interactive;
        self
    }
}

impl<R: Embedded, C: Calls<R>> Future for Run<R, C> {
    type Output = Result<Finished<R>, RunError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self {
            work,
            calls,
            options,
            running,
            ..
        } = self.get_mut();
        let running = running.get_or_insert_with(|| {
            let options = std::mem::take(options);
            Box::pin(perform::perform(work.clone(), calls.connect(), options))
        });
        running.as_mut().poll(context)
    }
}

impl<R: Embedded, C> fmt::Debug for Run<R, C> {
    /// Without parameters, which may be secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Run")
            .field("runbook", &R::DEFINITION.name)
            .field("execution", &self.options.execution)
            .finish_non_exhaustive()
    }
}

// Nothing in it is pinned but what lies in a box.
impl<R: Embedded, C> Unpin for Run<R, C> {}
