//! What an execution has to know before its first step: what Parameter Store holds, and as whom it runs.

use crate::caller::{Call, CallError, Caller};
use crate::dry_run;
use crate::event::Change;
use crate::execution::Execution;
use crate::record::Reading;
use crate::runbook::Runbook;
use crate::stored::{self, StoredValues};
use crate::value::Document;

use super::{Engine, EngineError};

impl<R: Runbook> Engine<'_, R> {
    /// What is known before the first step. Without it a child has failed; any other execution may be continued.
    pub(super) fn started(
        &self,
        known: Result<Change, EngineError>,
    ) -> Result<Change, EngineError> {
        match known {
            Err(error) if self.is_child && error.is_before_start() => Ok(Change::NotStarted {
                problem: error.to_string(),
            }),
            known => known,
        }
    }

    /// Reads what defaults of parameters take from Parameter Store.
    pub(super) async fn read(
        &self,
        execution: &Execution<R>,
        names: &[&'static str],
    ) -> Result<Change, EngineError> {
        let values = tokio::select! {
            biased;
            () = self.cancelled(execution) => return Ok(Change::CancelRequested),
            values = self.stored(names) => values.map_err(EngineError::ParameterStore)?,
        };
        execution.with_stored(&values)?;
        Ok(Change::Read { values })
    }

    /// Asks AWS as whom the runbook runs.
    pub(super) async fn identify(&self, execution: &Execution<R>) -> Result<Change, EngineError> {
        let call = Call::before_steps(1);
        let request = R::identity();
        let answer = tokio::select! {
            biased;
            () = self.cancelled(execution) => return Ok(Change::CancelRequested),
            answer = self.before_steps(&call, &request) => answer.map_err(EngineError::Identity)?,
        };
        let change = identity(&answer).map_err(EngineError::Identity)?;
        execution
            .check_start(&change)
            .map_err(EngineError::Parameters)?;
        Ok(change)
    }

    /// Who answers before the first step.
    async fn before_steps(&self, call: &Call, request: &R::Request) -> Result<Document, CallError> {
        match &self.dry_run {
            None => self.caller.call(call, request).await,
            Some((dry_run, _)) => dry_run.before_steps(self.caller).call(call, request).await,
        }
    }

    /// Reads from Parameter Store.
    async fn stored(&self, names: &[&str]) -> Result<StoredValues, CallError> {
        match &self.dry_run {
            None => stored::read::<R>(self.caller, names).await,
            Some((dry_run, _)) if dry_run.reading() == Reading::Nothing => {
                Ok(dry_run::stored::<R>(names))
            }
            Some((dry_run, _)) => {
                stored::read::<R>(&dry_run.before_steps(self.caller), names).await
            }
        }
    }
}

/// The identity that an answer of GetCallerIdentity tells.
fn identity(answer: &Document) -> Result<Change, CallError> {
    let text = |name: &str| {
        let found = answer.get(name).and_then(Document::as_str);
        found.map(str::to_owned).ok_or_else(|| CallError::Response {
            operation: "GetCallerIdentity".to_owned(),
            message: format!("it has no `{name}`"),
        })
    };
    Ok(Change::Identified {
        arn: text("Arn")?.into(),
        account: text("Account")?.into(),
    })
}
