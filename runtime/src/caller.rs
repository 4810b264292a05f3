//! Callers: who performs API calls. The generated `aws.rs` does it with the official SDK, a simulation with stubs.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::name::Name;
use crate::script::{Output, ScriptError};
use crate::token::Token;
use crate::value::Document;

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Performs API calls.
pub trait Caller<Q>: Send + Sync {
    /// Sends `request` and gives the response as Boto3 would. `call` says for good which one it is: what is repeated after
    /// a crash is the same call.
    fn call<'a>(
        &'a self,
        call: &'a Call,
        request: &'a Q,
    ) -> BoxFuture<'a, Result<Document, CallError>>;

    /// Asks an effect that is under way to end, since nobody waits for its answer any more: its time is up, or the execution
    /// is cancelled. Whether it is worth waiting until it has, which takes seconds at most; otherwise it is dropped.
    fn stop(&self, _effect: &EffectId) -> bool {
        false
    }

    /// What an effect has printed, however it ended; told once. Calls of APIs print nothing.
    fn printed(&self, _effect: &EffectId) -> Option<Output> {
        None
    }
}

/// A shared caller is one, too.
impl<Q, C: Caller<Q> + ?Sized> Caller<Q> for Arc<C> {
    fn call<'a>(
        &'a self,
        call: &'a Call,
        request: &'a Q,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        (**self).call(call, request)
    }

    fn stop(&self, effect: &EffectId) -> bool {
        (**self).stop(effect)
    }

    fn printed(&self, effect: &EffectId) -> Option<Output> {
        (**self).printed(effect)
    }
}

/// Makes no calls.
pub(crate) struct Nobody(pub(crate) CallError);

impl<Q> Caller<Q> for Nobody {
    fn call<'a>(&'a self, _: &'a Call, _: &'a Q) -> BoxFuture<'a, Result<Document, CallError>> {
        Box::pin(std::future::ready(Err(self.0.clone())))
    }
}

/// Which call is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Which effect of the execution it is.
    pub effect: EffectId,
    /// The execution.
    execution: Uuid,
}

impl Call {
    /// An effect of an execution.
    pub const fn new(execution: Uuid, effect: EffectId) -> Self {
        Self { effect, execution }
    }

    /// By what a service recognises the call, if it has seen it before.
    pub fn token(&self) -> Token {
        Token::of(self.execution, &self.effect)
    }

    /// A call that is made before the first step; the number says which. It only reads, so nobody need recognise it.
    pub(crate) fn before_steps(number: u32) -> Self {
        let effect = EffectId {
            step: Name::default(),
            attempt: 1,
            call: number,
            number,
            epoch: 0,
        };
        Self::new(Uuid::nil(), effect)
    }
}

/// Which effect of an execution: the step, the attempt, and the effect in that attempt.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EffectId {
    /// The step's name, after the iterations of the loops around it: `each[3]/stop`. Empty for what the engine asks
    /// before the first step.
    pub step: Name,
    /// The attempt, from 1.
    pub attempt: u32,
    /// Which of the attempt's calls it is a try of, from 1. Polls, and repeats after throttling, are tries of one call;
    /// only the procedures of actions make several.
    pub call: u32,
    /// The number of the effect in the attempt, from 1: all tries of all its calls are counted.
    pub number: u32,
    /// How many answers the step has got before, in all of its attempts. A try that follows one without an answer has the
    /// same: it may be the second time that something is asked for.
    #[serde(default, skip_serializing_if = "is_first")]
    pub epoch: u32,
}

/// By reference, as serde wants it.
fn is_first(epoch: &u32) -> bool {
    *epoch == 0
}

impl EffectId {
    /// The step's name alone.
    pub fn step_name(&self) -> &str {
        self.step
            .rsplit_once('/')
            .map_or(&self.step, |(_, name)| name)
    }

    /// The step as scenarios and people call it, with the iterations of the loops around it: `stop[3]`.
    pub fn label(&self) -> String {
        label(&self.step)
    }
}

/// `outer[2]/each[3]/stop` as `stop[2][3]`.
pub(crate) fn label(path: &str) -> String {
    let mut parts = path.rsplit('/');
    let mut label = parts.next().unwrap_or_default().to_owned();
    for around in parts.rev() {
        if let Some(start) = around.find('[') {
            label.push_str(around.get(start..).unwrap_or_default());
        }
    }
    label
}

/// A call that gave no usable answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The service answered with an error.
    #[error("An error occurred ({code}) when calling the {operation} operation: {message}")]
    Service {
        /// The operation called.
        operation: String,
        /// The error's code: `ResourceNotFoundException`.
        code: String,
        /// The service's own words.
        message: String,
        /// Whether the service asked to slow down.
        throttling: bool,
    },
    /// The input cannot be sent: a value is out of the range of its member, or a member that must be there is not.
    #[error("Parameter validation failed: {0}")]
    Input(String),
    /// The request did not reach the service, or its answer did not come back.
    #[error("{0}")]
    Connection(String),
    /// A webhook could not be sent.
    #[error("{0}")]
    Webhook(String),
    /// A script gave no value.
    #[error(transparent)]
    Script(ScriptError),
    /// The answer is not what the operation's model says.
    #[error("The response of {operation} cannot be read: {message}")]
    Response {
        /// The operation called.
        operation: String,
        /// What is wrong with it.
        message: String,
    },
}

impl CallError {
    /// Whether the service has answered, so that what it was asked for is settled.
    pub fn is_answer(&self) -> bool {
        matches!(self, Self::Service { .. })
    }

    /// Whether the call may have been carried out all the same.
    pub(crate) fn leaves_open(&self) -> bool {
        match self {
            Self::Connection(_) | Self::Response { .. } | Self::Webhook(_) => true,
            Self::Service { .. } | Self::Input(_) | Self::Script(_) => false,
        }
    }

    /// Whether the call may succeed when it is repeated a little later.
    pub fn is_throttling(&self) -> bool {
        matches!(
            self,
            Self::Service {
                throttling: true,
                ..
            }
        )
    }
}

/// The codes with which services ask to slow down, as the AWS SDKs know them.
const THROTTLING_CODES: [&str; 14] = [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// Whether an error code means that the service asks to slow down.
pub fn is_throttling_code(code: &str) -> bool {
    THROTTLING_CODES.contains(&code)
}
