//! The backend of a binary that is built with the AWS SDK.

use crate::real::{MakeCaller, Sdk};
use crate::runbook::Runbook;

use super::Program;

impl<R: Runbook> Program<R> {
    /// A program that calls AWS by `make_caller`.
    #[must_use]
    pub fn aws(self, make_caller: MakeCaller<R::Request>) -> Self {
        self.backend(Sdk::new(make_caller, None))
    }

    /// A program that calls AWS by `make_caller` for a runbook that its steps start.
    #[must_use]
    pub fn aws_of<C: Runbook>(self, make_caller: MakeCaller<C::Request>) -> Self {
        self.child::<C>(Sdk::new(make_caller, None))
    }
}
