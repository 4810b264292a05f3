//! `aws:approve`: what people decide.

use super::{ApiCall, Data, Expression, Texts};

/// What is to be decided, and by whom.
#[derive(Clone, Debug)]
pub struct Approve {
    /// Who may approve.
    pub approvers: Approvers,
    /// `MinRequiredApprovals`: an Integer.
    pub required: Option<Expression>,
    /// `Message`: a String.
    pub message: Option<Expression>,
    /// The call of SNS Publish that tells the approvers; its text is told as `notice`.
    pub notification: Option<ApiCall>,
}

/// Who may approve.
#[derive(Clone, Debug)]
pub enum Approvers {
    /// `Approvers`
    Listed(Texts),
    /// The `Approvers` of `EnhancedApprovals`: maps with `approver`, `type` and `minRequiredApprovals`.
    Lines(Data),
}
