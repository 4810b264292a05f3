//! The stage of one execution in a simulated run. The scenario answers; a child that it says nothing about plays on a
//! stage of its own, where its steps are called after the step that starts it: `prepare/stop`.

use crate::caller::{BoxFuture, Call, CallError, Caller, EffectId};
use crate::child::Children;
use crate::effect::Request;
use crate::local::Local;
use crate::name::Name;
use crate::runbook::Definition;
use crate::script::Output;
use crate::value::Document;

use super::simulator::Simulator;

/// Answers the calls of one execution.
pub struct Stage<'a> {
    simulator: &'a Simulator,
    definition: &'static Definition,
    children: Children<'a>,
}

impl Simulator {
    /// The stage of an execution of a runbook.
    pub fn on_stage<'a>(
        &'a self,
        definition: &'static Definition,
        children: Children<'a>,
    ) -> Stage<'a> {
        Stage {
            simulator: self,
            definition,
            children,
        }
    }
}

impl Stage<'_> {
    fn cue<'c>(&'c self, effect: &'c EffectId) -> Cue<'c> {
        Cue {
            definition: self.definition,
            within: self.children.within(),
            effect,
        }
    }
}

impl<Q: Request> Caller<Q> for Stage<'_> {
    fn call<'a>(
        &'a self,
        call: &'a Call,
        request: &'a Q,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        let cue = self.cue(&call.effect);
        match request.local() {
            Some(Local::Child(child)) if !self.simulator.knows(&cue, request.operation()) => {
                Box::pin(self.children.perform(&call.effect, child))
            }
            Some(Local::Fleet(fleet))
                if call.effect.step.is_empty()
                    || !self.simulator.knows(&cue, request.operation()) =>
            {
                Box::pin(self.children.perform_all(&call.effect, fleet))
            }
            _ => Box::pin(self.simulator.play(cue, request)),
        }
    }

    fn printed(&self, effect: &EffectId) -> Option<Output> {
        self.simulator.printed_by(&self.cue(effect).path())
    }
}

/// Answers what is asked before there is an execution.
#[cfg(feature = "cli")]
pub(super) struct Prompt<'a> {
    pub(super) simulator: &'a Simulator,
    pub(super) definition: &'static Definition,
}

#[cfg(feature = "cli")]
impl<Q: Request> Caller<Q> for Prompt<'_> {
    fn call<'a>(
        &'a self,
        call: &'a Call,
        request: &'a Q,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        let cue = Cue {
            definition: self.definition,
            within: &[],
            effect: &call.effect,
        };
        Box::pin(self.simulator.play(cue, request))
    }
}

/// An effect that waits for its answer.
#[derive(Clone, Copy)]
pub(super) struct Cue<'a> {
    /// The runbook of the step.
    pub(super) definition: &'static Definition,
    /// The effects in which its execution was started, from the outside in.
    pub(super) within: &'a [EffectId],
    /// The effect.
    pub(super) effect: &'a EffectId,
}

impl Cue<'_> {
    /// The effect under a name that no other effect of the run has.
    pub(super) fn path(&self) -> EffectId {
        if self.within.is_empty() {
            return self.effect.clone();
        }
        let around = self.within.iter().map(|effect| match effect.attempt {
            1 => format!("{}/", effect.step),
            attempt => format!("{}({attempt})/", effect.step),
        });
        let around: String = around.collect();
        EffectId {
            step: (around + &self.effect.step).into(),
            ..self.effect.clone()
        }
    }

    /// The step as people call it: with all iterations, and after the steps that have started its execution.
    pub(super) fn label(&self) -> Name {
        let parts = self.within.iter().chain([self.effect]);
        let labels: Vec<String> = parts.map(EffectId::label).collect();
        labels.join("/").into()
    }

    /// The names under which the scenario may speak of the step: those with iterations first.
    pub(super) fn names(&self) -> Vec<String> {
        let parts = self.within.iter().chain([self.effect]);
        parts.fold(vec![String::new()], |names, effect| {
            let mut longer = Vec::new();
            for name in names {
                let gap = if name.is_empty() { "" } else { "/" };
                let label = format!("{name}{gap}{}", effect.label());
                let plain = format!("{name}{gap}{}", effect.step_name());
                if label != plain {
                    longer.push(label);
                }
                longer.push(plain);
            }
            longer
        })
    }
}
