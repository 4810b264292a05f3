//! The backend of a binary that is built with the AWS SDK.

use crate::real::{MakeCaller, SdkBackend};
use crate::runbook::Runbook;

use super::Program;

impl<R: Runbook> Program<R> {
    /// A program that calls AWS by `make_caller`.
    #[must_use]
    pub fn aws(self, make_caller: MakeCaller<R::Request>) -> Self {
        let sdk = self.children.sdk.clone();
        self.backend(SdkBackend::new(make_caller, sdk))
    }

    /// A program that calls AWS by `make_caller` for a runbook that its steps start.
    #[must_use]
    pub fn aws_of<C: Runbook>(self, make_caller: MakeCaller<C::Request>) -> Self {
        let sdk = self.children.sdk.clone();
        self.child::<C>(SdkBackend::new(make_caller, sdk))
    }
}
