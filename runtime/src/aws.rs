//! The AWS SDK: what runs call by, and what the generated `aws.rs` stands on.
//!
//! A program makes an [`Sdk`], which its runs share ([`Run::aws`](crate::embed::Run::aws)), perhaps of an [`SdkConfig`] of its
//! own, for which there is an [`http_client`]. All else is for generated code.
//!
//! The official SDK builds, signs, sends, retries and classifies errors. Its typed outputs cannot tell what the
//! service really sent (they invent required members that are missing), so the answer is the raw response, which an
//! interceptor keeps, decoded by the operation's own shape table (module [`crate::decode`]).

mod http;
mod post;
mod profile;
mod sdk;
mod session;
pub mod whole;

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::{DateTime, Format};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::error::operation::BuildError;

pub use aws_smithy_types::Blob;
pub use aws_smithy_types::byte_stream::ByteStream;
pub use aws_types::SdkConfig;
pub use http::client as http_client;
pub use sdk::Sdk;
pub use session::{Session, SessionError};

use crate::caller::{CallError, is_throttling_code};
use crate::decode::decode;
use crate::effect::Operation;
use crate::value::Document;

/// Keeps the raw response of a call. One per call; clones share what they keep.
#[derive(Clone, Debug, Default)]
pub struct Capture {
    response: Arc<Mutex<Option<RawResponse>>>,
}

#[derive(Debug)]
struct RawResponse {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    retries: u32,
}

impl Intercept for Capture {
    fn name(&self) -> &'static str {
        "Capture"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let attempts = config
            .load::<RequestAttempts>()
            .map_or(1, RequestAttempts::attempts);
        let kept = RawResponse::read(context.response(), attempts.saturating_sub(1));
        *self.lock() = Some(kept);
        Ok(())
    }
}

impl RawResponse {
    fn read(response: &HttpResponse, retries: u32) -> Self {
        let headers = response.headers().iter();
        Self {
            status: response.status().as_u16(),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: response.body().bytes().unwrap_or_default().to_vec(),
            retries,
        }
    }

    fn succeeded(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Capture {
    /// The answer of a call: what the service sent, as Boto3 would give it.
    ///
    /// The SDK's own reading of a successful response does not matter: only the service's words do.
    ///
    /// # Errors
    /// When the call failed, or its response cannot be read.
    pub fn answer<O, E: ProvideErrorMetadata + std::error::Error + 'static>(
        &self,
        operation: &Operation,
        sent: Result<O, SdkError<E, HttpResponse>>,
    ) -> Result<Document, CallError> {
        let kept = self.lock().take();
        match (sent, kept) {
            // S3 may answer 200 and an error in the body, which the SDK knows.
            (Err(error @ SdkError::ServiceError(_)), _) => Err(call_error(operation, &error)),
            (_, Some(response)) if response.succeeded() => response.decode(operation),
            (Err(error), _) => Err(call_error(operation, &error)),
            (Ok(_), _) => Err(CallError::Response {
                operation: operation.name.to_owned(),
                message: "no response was kept".to_owned(),
            }),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<RawResponse>> {
        self.response.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RawResponse {
    fn decode(&self, operation: &Operation) -> Result<Document, CallError> {
        let Self {
            status,
            headers,
            body,
            retries,
        } = self;
        decode(operation.response, *status, headers, body, *retries).map_err(|error| {
            CallError::Response {
                operation: operation.name.to_owned(),
                message: error.to_string(),
            }
        })
    }
}

/// What is no call of an API has come to the caller of APIs: nobody stood before it who performs such requests.
pub fn unperformed() -> CallError {
    CallError::Input(
        "this request is no call of an API; a `local::Performer` performs it".to_owned(),
    )
}

fn call_error<E: ProvideErrorMetadata + std::error::Error + 'static>(
    operation: &Operation,
    error: &SdkError<E, HttpResponse>,
) -> CallError {
    match error {
        SdkError::ConstructionFailure(_) => CallError::Input(causes(error)),
        SdkError::ServiceError(context) => {
            let (code, message) = told(context.err(), context.raw().status().as_u16());
            CallError::Service {
                operation: operation.name.to_owned(),
                throttling: is_throttling_code(&code),
                code,
                message,
            }
        }
        SdkError::ResponseError(_) => CallError::Response {
            operation: operation.name.to_owned(),
            message: causes(error),
        },
        _ => CallError::Connection(causes(error)),
    }
}

/// The code and the words of an error. What stands between us and a service, as a proxy does, answers without them.
fn told(error: &impl ProvideErrorMetadata, status: u16) -> (String, String) {
    match error.code() {
        Some(code) => (
            code.to_owned(),
            error.message().unwrap_or_default().to_owned(),
        ),
        None => (
            status.to_string(),
            format!("The answer has the HTTP status {status} and no error that can be read"),
        ),
    }
}

/// An error with what lies beneath it, for people: `dispatch failure: io error: connection refused`. Where a service has
/// answered, its own words tell everything: `AccessDenied: User … is not authorized to perform: sts:AssumeRole`.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let answer = cause.downcast_ref::<aws_smithy_types::error::ErrorMetadata>();
        if let Some((code, message)) = answer.and_then(|said| said.code().zip(said.message())) {
            return format!("{code}: {message}");
        }
        let words = cause.to_string();
        // Some errors show what lies beneath them themselves.
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        source = cause.source();
    }
    text
}

/// What building a nested input gives: in some shapes the value, in others a result. Generated code need not know
/// which; the wanted type decides.
pub trait Built<T> {
    /// The value.
    ///
    /// # Errors
    /// When a member is missing without which it cannot be sent.
    fn built(self) -> Result<T, CallError>;
}

impl<T> Built<T> for T {
    fn built(self) -> Result<T, CallError> {
        Ok(self)
    }
}

impl<T> Built<T> for Result<T, BuildError> {
    fn built(self) -> Result<T, CallError> {
        self.map_err(|error| CallError::Input(error.to_string()))
    }
}

/// Every element of a list, converted.
///
/// # Errors
/// The first that an element gives.
pub fn list<T, U>(
    elements: Vec<T>,
    convert: impl Fn(T) -> Result<U, CallError>,
) -> Result<Vec<U>, CallError> {
    elements.into_iter().map(convert).collect()
}

/// Every value of a map, converted. Its keys become what the member wants: strings, or an enum of the SDK.
///
/// # Errors
/// The first that a value gives.
pub fn map<K, T, U>(
    entries: BTreeMap<String, T>,
    convert: impl Fn(T) -> Result<U, CallError>,
) -> Result<HashMap<K, U>, CallError>
where
    K: for<'a> From<&'a str> + Eq + Hash,
{
    let entries = entries.into_iter();
    entries
        .map(|(key, value)| Ok((K::from(&key), convert(value)?)))
        .collect()
}

/// Texts as what the member wants: strings, or an enum of the SDK.
pub fn strings<T: for<'a> From<&'a str>>(texts: Vec<String>) -> Vec<T> {
    texts.iter().map(|text| T::from(text)).collect()
}

/// A number of the width that the member has.
///
/// # Errors
/// When the number does not fit.
pub fn integer<T: TryFrom<i64>>(number: i64, member: &str) -> Result<T, CallError> {
    T::try_from(number)
        .map_err(|_| CallError::Input(format!("{number} is out of range for `{member}`")))
}

/// A point in time: ISO 8601 text, the date of an HTTP header, or seconds since 1970.
///
/// # Errors
/// When the text is none of them.
pub fn timestamp(text: &str, member: &str) -> Result<DateTime, CallError> {
    if let Ok(seconds) = text.parse::<f64>() {
        return Ok(DateTime::from_secs_f64(seconds));
    }
    DateTime::from_str(text, Format::DateTimeWithOffset)
        .or_else(|_| DateTime::from_str(&format!("{text}Z"), Format::DateTime))
        .or_else(|_| DateTime::from_str(&format!("{text}T00:00:00Z"), Format::DateTime))
        .or_else(|_| DateTime::from_str(text, Format::HttpDate))
        .map_err(|_| CallError::Input(format!("`{text}` is no point in time for `{member}`")))
}
