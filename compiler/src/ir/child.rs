//! `aws:executeAutomation`: runbooks that steps start, and for which targets.

use super::{Data, Expression, Texts};

/// What a step starts.
#[derive(Clone, Debug)]
pub struct Child {
    /// The name of the runbook, which is among [`Runbook::linked`](super::Runbook::linked).
    pub name: String,
    /// `RuntimeParameters`.
    pub parameters: Option<Data>,
    /// What it is started for, if it is started more than once.
    pub targets: Option<Targets>,
}

/// What a runbook is started for, once each, and how many of these executions run at once (spec 6.3).
#[derive(Clone, Debug)]
pub struct Targets {
    /// The targets.
    pub of: TargetsOf,
    /// `MaxConcurrency`: a String.
    pub max_concurrency: Option<Expression>,
    /// `MaxErrors`: a String.
    pub max_errors: Option<Expression>,
}

/// Targets that need not be looked up.
#[derive(Clone, Debug)]
pub enum TargetsOf {
    /// Values of the parameter with this name, a String.
    Values(Expression, Texts),
    /// `TargetMaps`
    Maps(Data),
}
