//! The prelude of generated code: everything that a generated module names.

pub use serde::{Deserialize, Serialize};
pub use std::borrow::Cow;
pub use std::collections::BTreeMap;
// Generated code may be included into a crate of an edition that has it not in its prelude.
pub use std::convert::TryFrom;

pub use crate::approval::Approval;
pub use crate::branch;
pub use crate::caller::{BoxFuture, Call, CallError, Caller};
pub use crate::child::{self, Child, ChildRunbook, Fleet, Given, Passed, Targets, given, passed};
pub use crate::decode::{
    BLOB, BOOLEAN, DOCUMENT, FLOAT, INTEGER, Member, Protocol, Response, STRING, Shape, TIMESTAMP,
};
pub use crate::effect::{self, Operation, Repeat, Request as _};
#[cfg(feature = "aws")]
pub use crate::embed::{Backends, OnAws};
pub use crate::embed::{Embedded, Finished, Run};
pub use crate::flow::{Flow, OnCancel, OnFailure};
pub use crate::input;
pub use crate::lambda::Invocation;
pub use crate::local::Local;
pub use crate::parameters::{NotAllowed, Supplied};
pub use crate::pattern::Pattern;
pub use crate::procedure;
pub use crate::resource;
pub use crate::runbook::{
    Bounds, Definition, DocumentOutput, ParameterDefinition, Runbook, SelectedOutput,
    StepDefinition, StepOf,
};
pub use crate::scope::{Context, Expand, Scope};
pub use crate::script::{self, Script};
pub use crate::search::Search;
pub use crate::selector::{Filter, FilterTest, Literal, Segment, Select, Selector};
pub use crate::stored::StoredDefault;
pub use crate::token::Token;
pub use crate::turns::Turn;
pub use crate::value::{
    Document, Encode, FromSelected, InputError, Map, OutputError, Required, Text, Type, Wanted,
    coerce,
};
pub use crate::webhook::{self, Webhook};
pub use uuid::Uuid;

/// The members of a serializable struct as a map.
pub fn members(value: &impl Serialize) -> Map {
    match serde_json::to_value(value) {
        Ok(Document::Object(members)) => members,
        // Outputs are structs with string keys: their serialization is an object and cannot fail.
        _ => Map::new(),
    }
}

/// Reads the checked parameters as the runbook's own struct.
///
/// # Errors
/// When a value does not have the type of its parameter.
pub fn parameters<T: for<'a> Deserialize<'a>>(values: &Map) -> Result<T, InputError> {
    serde_json::from_value(Document::Object(values.clone())).map_err(|error| {
        InputError::Parameters {
            message: error.to_string(),
        }
    })
}

/// One of an action's own outputs; one that is null is absent.
///
/// # Errors
/// When it has another type than the action says.
pub fn own_output<T: FromSelected>(
    outputs: &Document,
    name: &'static str,
) -> Result<Option<T>, OutputError> {
    let selected = Selector {
        text: name,
        segments: &[],
    };
    outputs
        .get(name)
        .unwrap_or(&Document::Null)
        .select(&selected)
        .convert()
}

/// Values by name as the API takes the parameters of documents: each a list of texts (spec 2.3). A null is left out.
///
/// # Errors
/// When the value is no map.
pub fn encoded_map(value: Document) -> Result<BTreeMap<String, Vec<String>>, InputError> {
    let values = coerce::<Map>(&value, "the parameters")?.into_iter();
    Ok(values
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name, value.encode()))
        .collect())
}

/// Several such maps.
///
/// # Errors
/// When the value is no list of maps.
pub fn encoded_maps(value: Document) -> Result<Vec<BTreeMap<String, Vec<String>>>, InputError> {
    let maps = coerce::<Vec<Map>>(&value, "the target maps")?.into_iter();
    maps.map(|map| encoded_map(Document::Object(map))).collect()
}

/// A typed value as a document.
pub fn as_document(value: impl Serialize) -> Document {
    // What it is used for has string keys: it cannot fail.
    serde_json::to_value(value).unwrap_or_default()
}

/// A value that was checked to have its type already, for a variable.
pub fn value<T: Wanted>(value: &Document) -> Option<T> {
    T::from_referenced(value)
}

/// The elements of a list value, for splicing it into another; any other value is one element (spec 3.3).
pub fn elements(value: Document) -> Vec<Document> {
    match value {
        Document::Array(elements) => elements,
        other => vec![other],
    }
}

/// The value of an output; where there is none, the reference to it as it is written, which is what scripts get.
pub fn or_reference<T: Clone + Into<Document>>(value: Option<&T>, written: &str) -> Document {
    value.map_or_else(|| written.into(), |value| value.clone().into())
}

/// What a script has returned, in its text form; a bare string is itself.
pub fn returned(answer: &Document) -> Option<String> {
    answer.get("Payload").map(Text::text)
}

/// A map of these members.
pub fn map<const N: usize>(members: [(&str, Document); N]) -> Map {
    let members = members.into_iter();
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// A JSON object of these members.
pub fn object<const N: usize>(members: [(&str, Document); N]) -> Document {
    Document::Object(map(members))
}

/// A JSON array of these elements.
pub fn array<const N: usize>(elements: [Document; N]) -> Document {
    Document::Array(elements.into())
}
