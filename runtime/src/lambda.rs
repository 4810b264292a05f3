//! What a Lambda function's answer means to `aws:invokeLambdaFunction` (spec 5.16).

use crate::selector::{Matches, Select, Selected, Selector};
use crate::value::{Document, Map};

/// The answer of Lambda's Invoke, read as the action reads it.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// `StatusCode`: the HTTP status as text. A String, although it looks like a number (spec 8, row 11).
    pub status_code: Option<String>,
    /// `FunctionError`: `Handled` or `Unhandled`, there only when the function failed.
    pub function_error: Option<String>,
    /// `LogResult`: the tail of the log, base64.
    pub log_result: Option<String>,
    /// `Payload`: the result as JSON text; a bare JSON string stands without its quotes.
    pub payload: Option<String>,
    root: Document,
}

impl Invocation {
    /// Reads an answer of Invoke.
    pub fn read(answer: &Document) -> Self {
        let text = |name: &str| answer.get(name).and_then(plain_text);
        let payload = answer.get("Payload").and_then(payload_value);
        Self {
            status_code: text("StatusCode"),
            function_error: text("FunctionError"),
            log_result: text("LogResult"),
            payload: payload.as_ref().and_then(plain_text),
            root: root(answer, payload),
        }
    }

    /// What a declared output selects: from the whole answer with `Payload` parsed, else from the payload itself
    /// (spec 8, row 10).
    pub fn select(&self, selector: &Selector) -> Selected<'_> {
        let selected = self.root.select(selector);
        match (&selected.matches, self.root.get("Payload")) {
            (Matches::None, Some(payload)) => payload.select(selector),
            _ => selected,
        }
    }

    /// The whole answer, as `OutputPayload` shows it.
    pub fn root(&self) -> &Document {
        &self.root
    }
}

fn root(answer: &Document, payload: Option<Document>) -> Document {
    let mut members = Map::new();
    for name in ["StatusCode", "FunctionError", "LogResult"] {
        if let Some(value) = answer.get(name) {
            members.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(payload) = payload {
        members.insert("Payload".to_owned(), payload);
    }
    Document::Object(members)
}

/// The payload as the function returned it; text that is no JSON stays text. A stub may give it as JSON right away.
fn payload_value(payload: &Document) -> Option<Document> {
    match payload {
        Document::String(text) if text.is_empty() => None,
        Document::String(text) => {
            Some(serde_json::from_str(text).unwrap_or_else(|_| payload.clone()))
        }
        other => Some(other.clone()),
    }
}

fn plain_text(value: &Document) -> Option<String> {
    match value {
        Document::Null => None,
        Document::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
