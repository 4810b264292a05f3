//! The host of children: starts them, keeps those that nobody waits for, and stops them.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use uuid::Uuid;

use super::fleet::{self, Crew};
use super::visit::Visit;
use super::{Child, Fleet, World, execution_of};
use crate::caller::{BoxFuture, CallError, EffectId};
use crate::cancel::CancelToken;
use crate::value::Document;

/// Runs the children of one execution.
pub struct Children<'a> {
    world: World<'a>,
    parent: Uuid,
    /// The effects in which this execution itself was started, from the outside in.
    within: Vec<EffectId>,
    /// What lets no more members of a fleet start.
    complete: CancelToken,
    /// The children that are under way and that nobody waits for at the moment.
    waiting: Mutex<HashMap<Uuid, Running<'a>>>,
}

/// A child under way.
struct Running<'a> {
    run: BoxFuture<'a, Result<Document, CallError>>,
    cancel: CancelToken,
}

impl<'a> Children<'a> {
    /// The children of the execution `parent`, in its world.
    pub fn new(world: World<'a>, parent: Uuid) -> Self {
        Self::of(world, parent, Vec::new())
    }

    /// The children of an execution that is a child itself.
    pub(super) fn of(world: World<'a>, parent: Uuid, within: Vec<EffectId>) -> Self {
        Self {
            world,
            parent,
            within,
            complete: CancelToken::new(),
            waiting: Mutex::default(),
        }
    }

    /// The same; once `complete` asks for it, no more executions for several targets start (spec 7.2.5).
    #[must_use]
    pub fn complete(self, complete: CancelToken) -> Self {
        Self { complete, ..self }
    }

    /// The effects in which this execution itself was started, from the outside in.
    pub(crate) fn within(&self) -> &[EffectId] {
        &self.within
    }

    /// Runs a child to its end, or stops it. Dropped, it stays where it is.
    pub(crate) async fn perform(
        &self,
        effect: &EffectId,
        child: &Child,
    ) -> Result<Document, CallError> {
        let start = |execution| self.start(execution, effect, child);
        self.wait(effect, child.stops, start).await
    }

    /// The same for all members of a fleet.
    pub(crate) async fn perform_all(
        &self,
        effect: &EffectId,
        fleet: &Fleet,
    ) -> Result<Document, CallError> {
        let start = |execution| self.start_all(execution, effect, fleet);
        self.wait(effect, fleet.stops, start).await
    }

    async fn wait(
        &self,
        effect: &EffectId,
        stops: bool,
        start: impl FnOnce(Uuid) -> Running<'a>,
    ) -> Result<Document, CallError> {
        let execution = execution_of(self.parent, effect);
        let known = self.waiting().remove(&execution);
        let running = known.unwrap_or_else(|| start(execution));
        if stops {
            running.cancel.cancel();
        }
        Waited {
            children: self,
            execution,
            running: Some(running),
        }
        .await
    }

    fn start(&self, execution: Uuid, effect: &EffectId, child: &Child) -> Running<'a> {
        let cancel = CancelToken::new();
        let within = self.within.iter().chain([effect]).cloned().collect();
        let visit = Visit {
            execution,
            parent: self.parent,
            parameters: child.runtime_parameters.clone(),
            within,
            target: None,
            cancel: cancel.clone(),
        };
        let run = (child.visit.0)(self.world, visit);
        Running {
            run: Box::pin(async move { Ok(run.await?) }),
            cancel,
        }
    }

    fn start_all(&self, id: Uuid, effect: &EffectId, fleet: &Fleet) -> Running<'a> {
        let cancel = CancelToken::new();
        let crew = Crew {
            world: self.world,
            fleet: fleet.clone(),
            id,
            parent: self.parent,
            effect: effect.clone(),
            within: self.within.clone(),
            cancel: cancel.clone(),
            complete: self.complete.clone(),
        };
        Running {
            run: Box::pin(fleet::run(crew)),
            cancel,
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Uuid, Running<'a>>> {
        // Nothing panics while it holds the lock, and what it guards is whole at any time.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A child that somebody waits for. Dropped, it is kept until somebody waits for it again.
struct Waited<'s, 'a> {
    children: &'s Children<'a>,
    execution: Uuid,
    running: Option<Running<'a>>,
}

impl Future for Waited<'_, '_> {
    type Output = Result<Document, CallError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(running) = &mut self.running else {
            return Poll::Pending;
        };
        let polled = running.run.as_mut().poll(context);
        if polled.is_ready() {
            self.running = None;
        }
        polled
    }
}

impl Drop for Waited<'_, '_> {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.children.waiting().insert(self.execution, running);
        }
    }
}
