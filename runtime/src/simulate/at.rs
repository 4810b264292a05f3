//! Which step, and which part of what it does, something in a scenario is about.

use crate::effect::ApiCall;
use crate::runbook::StepOf;

/// A step in a scenario that is put together in Rust; of a loop, one iteration, and of a step that makes several calls,
/// one of these.
///
/// A variant of the runbook's enum `Step` is one, and so is a text, which names it as scenario files do:
/// `"makeImage.CreateImage"`, `"stopOne[2]"`, `"prepare/stop"`. What a variant alone cannot say is added to it:
///
/// ```
/// # use runbook_runtime::effect::ApiCall;
/// # use runbook_runtime::runbook::StepOf;
/// # use runbook_runtime::simulate::At;
/// # fn places<Step: StepOf, CreateImage: ApiCall>(make_image: Step, stop_one: Step, prepare: Step, stop: Step) {
/// At::step(make_image).call::<CreateImage>();    // "makeImage.CreateImage"
/// At::step(stop_one).iteration(2);               // "stopOne[2]"
/// At::step(prepare).child(stop);                 // "prepare/stop"
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct At {
    /// The steps that start the runbook of the step, and a slash behind each.
    around: String,
    step: String,
    call: Option<&'static str>,
    /// The same in Rust, where it is no text.
    variant: Option<String>,
}

impl At {
    /// A step, each time that it runs.
    pub fn step(step: impl StepOf) -> Self {
        Self {
            around: String::new(),
            step: step.name().to_owned(),
            call: None,
            variant: Some(format!("Step::{step:?}")),
        }
    }

    /// Only in this iteration, from 1, of the loop around the step; in loops inside of loops said once for each, from the
    /// outside in. Of a step that starts a runbook for several targets: for this one of them.
    #[must_use]
    pub fn iteration(self, number: usize) -> Self {
        Self {
            step: format!("{}[{number}]", self.step),
            variant: None,
            ..self
        }
    }

    /// Only this of the calls that the step makes.
    #[must_use]
    pub fn call<C: ApiCall>(self) -> Self {
        Self {
            call: Some(C::OPERATION.name),
            variant: None,
            ..self
        }
    }

    /// A step of the runbook that this step starts.
    #[must_use]
    pub fn child(self, step: impl StepOf) -> Self {
        Self {
            around: format!("{}{}/", self.around, self.step),
            step: step.name().to_owned(),
            call: None,
            variant: None,
        }
    }

    /// As scenario files write it.
    pub(super) fn name(&self) -> String {
        let Self { around, step, .. } = self;
        let call = self.call.map(|call| format!(".{call}"));
        format!("{around}{step}{}", call.unwrap_or_default())
    }

    /// As Rust has it.
    pub(super) fn written(&self) -> String {
        let variant = self.variant.clone();
        variant.unwrap_or_else(|| format!("{:?}", self.name()))
    }
}

impl<S: StepOf> From<S> for At {
    fn from(step: S) -> Self {
        Self::step(step)
    }
}

impl From<&str> for At {
    fn from(name: &str) -> Self {
        Self {
            around: String::new(),
            step: name.to_owned(),
            call: None,
            variant: None,
        }
    }
}

impl From<String> for At {
    fn from(name: String) -> Self {
        name.as_str().into()
    }
}
