//! Runs whose calls the AWS SDK makes.

#[cfg(feature = "aws")]
use crate::aws::{Sdk, Session};
#[cfg(feature = "aws")]
use crate::caller::Caller;
#[cfg(feature = "aws")]
use crate::real::{Backend, Backends, SdkBackend};
#[cfg(feature = "aws")]
use crate::runbook::Runbook;

#[cfg(feature = "aws")]
use super::Calls;

/// The AWS SDK makes the calls (feature `aws`). Without that feature, a runbook can be simulated, or be given a caller.
#[derive(Clone, Debug, Default)]
pub struct Aws {
    #[cfg(feature = "aws")]
    pub(super) sdk: Sdk,
}

/// A runbook whose calls the AWS SDK makes. Generated code implements it, in the module beside that of the runbook.
#[cfg(feature = "aws")]
#[diagnostic::on_unimplemented(
    message = "nothing calls AWS for the runbook `{Self}`",
    label = "this run needs somebody who makes its calls",
    note = "`include_runbook!` brings the calls of the AWS SDK, if the build script does not leave them out",
    note = "`.caller(…)` gives a run a caller of your own, `.simulate(…)` plays a scenario"
)]
pub trait OnAws: Runbook {
    /// Makes the calls of the runbook with clients of this session.
    fn caller(session: &Session) -> Box<dyn Caller<Self::Request>>;

    /// Adds the runbooks that its steps start.
    fn children(_backends: &mut Backends) {}
}

#[cfg(feature = "aws")]
impl<R: OnAws> Calls<R> for Aws {
    fn connect(&mut self) -> (Box<dyn Backend<R::Request>>, Backends) {
        let mut backends = Backends::of(self.sdk.clone());
        R::children(&mut backends);
        (
            Box::new(SdkBackend::new(R::caller, self.sdk.clone())),
            backends,
        )
    }
}

#[cfg(feature = "aws")]
impl Backends {
    /// Adds a runbook that steps start, and those that its own steps start.
    pub fn add<R: OnAws>(&mut self) {
        if !self.knows::<R>() {
            self.insert::<R>(SdkBackend::new(R::caller, self.sdk.clone()));
            R::children(self);
        }
    }
}
