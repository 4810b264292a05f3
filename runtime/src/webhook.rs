//! Webhooks: what `aws:invokeWebhook` sends (spec 5.17).
//!
//! An integration is a SecureString parameter that says where to send, and with which headers. Reading it and sending are
//! one effect, so that what is secret never leaves it: no event, no record and no message has the URL or a header.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::caller::CallError;
use crate::decode::{INTEGER, Member, Response, STRING, Shape};
use crate::effect::{Operation, Repeat};
use crate::value::{Document, Map, describe};

/// Where the integrations are in Parameter Store.
const INTEGRATIONS: &str = "/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations/webhook/";

/// A webhook as a step asks for it. Serialized it is the step's inputs.
#[derive(Clone, Debug, Serialize)]
pub struct Webhook<Q> {
    /// GetParameter of the integration, with decryption.
    #[serde(skip)]
    pub read: Q,
    /// `IntegrationName`.
    #[serde(rename = "IntegrationName")]
    pub integration: String,
    /// `Body`, in place of the integration's own payload.
    #[serde(rename = "Body", skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// What a webhook is where everything else is an operation of an API.
pub static OPERATION: Operation = Operation {
    service: "aws",
    name: "invokeWebhook",
    response: &ANSWER,
    repeat: Repeat::Unknown,
};

static ANSWER: Response = Response::json(&ROOT);
static ROOT: Shape = Shape::structure(&[
    Member::new("Response", &STRING),
    Member::new("ResponseCode", &INTEGER),
]);

/// The name of the parameter that holds an integration.
pub fn parameter(integration: &str) -> String {
    format!("{INTEGRATIONS}{integration}")
}

/// What is sent. Its debug form shows nothing of it.
#[derive(Clone)]
pub struct Post {
    /// Where to.
    pub url: String,
    /// The headers.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl fmt::Debug for Post {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Post")
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl Posted {
    /// The action's answer.
    pub(crate) fn answer(self) -> Document {
        let mut answer = Map::new();
        answer.insert("Response".to_owned(), self.body.into());
        answer.insert("ResponseCode".to_owned(), self.status.into());
        Document::Object(answer)
    }
}

/// An integration, as its parameter holds it.
#[derive(Deserialize)]
struct Integration {
    url: String,
    #[serde(default)]
    headers: Map,
    #[serde(default)]
    payload: Document,
}

impl<Q> Webhook<Q> {
    /// What is to be sent, by the answer of GetParameter.
    pub(crate) fn post(&self, answer: &Document) -> Result<Post, CallError> {
        let value = answer
            .pointer("/Parameter/Value")
            .and_then(Document::as_str);
        let value = value.ok_or_else(|| self.unusable("its parameter has no value"))?;
        // What serde says about the text could show a part of it.
        let integration: Integration = serde_json::from_str(value)
            .map_err(|_| self.unusable("its parameter is no JSON with a `url`"))?;
        if !is_https(&integration.url) {
            return Err(self.unusable("its `url` does not begin with https://"));
        }
        let headers = integration
            .headers
            .into_iter()
            .map(|(name, value)| match value {
                Document::String(text) => Ok((name, text)),
                other => {
                    let problem =
                        format!("its header `{name}` is {}, not a text", describe(&other));
                    Err(self.unusable(&problem))
                }
            });
        Ok(Post {
            headers: headers.collect::<Result<_, _>>()?,
            body: match (&self.body, integration.payload) {
                (Some(body), _) => body.clone(),
                (None, Document::Null) => String::new(),
                (None, Document::String(text)) => text,
                (None, payload) => payload.to_string(),
            },
            url: integration.url,
        })
    }

    fn unusable(&self, problem: &str) -> CallError {
        let name = &self.integration;
        CallError::Webhook(format!(
            "The integration `{name}` cannot be used: {problem}"
        ))
    }
}

fn is_https(url: &str) -> bool {
    let scheme = url.get(..8);
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
}

impl Post {
    /// A message without anything that this post must not show.
    #[cfg_attr(
        not(feature = "aws"),
        allow(dead_code, reason = "nothing is sent without")
    )]
    pub(crate) fn redacted(&self, message: &str) -> String {
        let (_, behind) = self
            .url
            .split_at(self.url.find("://").map_or(0, |at| at + 3));
        let host = behind.split(['/', '?', ':']).next().unwrap_or_default();
        let path = behind.strip_prefix(host).unwrap_or_default();
        let secrets = [self.url.as_str(), behind, path, host].into_iter();
        let secrets = secrets.chain(self.headers.values().map(String::as_str));
        secrets
            .filter(|secret| secret.len() > 1)
            .fold(message.to_owned(), |text, secret| text.replace(secret, "…"))
    }
}
