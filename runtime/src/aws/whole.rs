//! From documents to what the SDK takes: for values that are handed whole to an API.
//!
//! The mirror image of [`crate::decode`]. Generated code has a function per structure that such a value reaches; these
//! are what they are made of. What is wrong with a value was found before it is converted ([`crate::input`]), so the
//! errors here tell of the SDK's limits.

use std::collections::HashMap;
use std::hash::Hash;

use aws_smithy_types::date_time::{DateTime, Format};
use aws_smithy_types::{Blob, Document as Free, Number};

use crate::caller::CallError;
use crate::decode;
use crate::value::{Document, Map, describe};

/// The members of a structure, taken out one after another.
#[derive(Debug)]
pub struct Members(Map);

impl Members {
    /// Those of a value.
    ///
    /// # Errors
    /// When it is no object.
    pub fn of(value: Document) -> Result<Self, CallError> {
        match value {
            Document::Object(members) => Ok(Self(members)),
            other => Err(unfit(&other, "a map")),
        }
    }

    /// One of them, converted, if it is given.
    ///
    /// # Errors
    /// When it cannot be converted.
    pub fn take<T>(
        &mut self,
        name: &str,
        convert: impl FnOnce(Document) -> Result<T, CallError>,
    ) -> Result<Option<T>, CallError> {
        self.0.shift_remove(name).map(convert).transpose()
    }

    /// Nothing may be left that the SDK would not send.
    ///
    /// # Errors
    /// When something is.
    pub fn finish(self) -> Result<(), CallError> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(name) => Err(unknown(name)),
        }
    }
}

/// The one member of a union, and its value.
///
/// # Errors
/// When there is not exactly one.
pub fn only_member(value: Document) -> Result<(String, Document), CallError> {
    let mut members = Members::of(value)?.0.into_iter();
    match (members.next(), members.next()) {
        (Some(member), None) => Ok(member),
        (None, _) => Err(CallError::Input("a union has no member".to_owned())),
        (Some((name, _)), Some(_)) => Err(CallError::Input(format!(
            "a union has other members beside `{name}`"
        ))),
    }
}

/// A member that the SDK does not have.
pub fn unknown(name: &str) -> CallError {
    CallError::Input(format!(
        "the AWS SDK that this binary is built with has no member `{name}`"
    ))
}

/// Text.
///
/// # Errors
/// When the value is something else.
pub fn string(value: Document) -> Result<String, CallError> {
    match value {
        Document::String(text) => Ok(text),
        other => Err(unfit(&other, "text")),
    }
}

/// One of the values of an enum.
///
/// # Errors
/// When the value is no text.
pub fn choice<T: for<'a> From<&'a str>>(value: Document) -> Result<T, CallError> {
    string(value).map(|text| T::from(&text))
}

/// A whole number of the width that the member has.
///
/// # Errors
/// When the value is something else or does not fit.
pub fn integer<T: TryFrom<i64>>(value: Document) -> Result<T, CallError> {
    let number = value.as_i64().ok_or_else(|| unfit(&value, "an integer"))?;
    T::try_from(number).map_err(|_| CallError::Input(format!("{number} is out of range")))
}

/// A number that the SDK takes as text.
///
/// # Errors
/// When the value is something else.
pub fn integer_text(value: Document) -> Result<String, CallError> {
    integer::<i64>(value).map(|number| number.to_string())
}

/// A number.
///
/// # Errors
/// When the value is something else.
pub fn double(value: Document) -> Result<f64, CallError> {
    value.as_f64().ok_or_else(|| unfit(&value, "a number"))
}

/// A number of less precision.
///
/// # Errors
/// When the value is something else.
pub fn float(value: Document) -> Result<f32, CallError> {
    double(value).map(|number| number as f32)
}

/// `true` or `false`.
///
/// # Errors
/// When the value is something else.
pub fn boolean(value: Document) -> Result<bool, CallError> {
    value.as_bool().ok_or_else(|| unfit(&value, "a Boolean"))
}

/// A point in time.
///
/// # Errors
/// When the value is something else.
pub fn timestamp(value: Document) -> Result<DateTime, CallError> {
    let text = decode::timestamp(&value);
    let text = text.as_ref().and_then(Document::as_str);
    text.and_then(|text| DateTime::from_str(text, Format::DateTimeWithOffset).ok())
        .ok_or_else(|| unfit(&value, "a point in time"))
}

/// Bytes, of text.
///
/// # Errors
/// When the value is something else.
pub fn blob(value: Document) -> Result<Blob, CallError> {
    string(value).map(Blob::new)
}

/// A value of any form.
///
/// # Errors
/// Never; all conversions look alike.
pub fn document(value: Document) -> Result<Free, CallError> {
    Ok(free(value))
}

fn free(value: Document) -> Free {
    match value {
        Document::Null => Free::Null,
        Document::Bool(truth) => Free::Bool(truth),
        Document::Number(number) => Free::Number(match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Number::PosInt(number),
            (None, Some(number)) => Number::NegInt(number),
            (None, None) => Number::Float(number.as_f64().unwrap_or_default()),
        }),
        Document::String(text) => Free::String(text),
        Document::Array(elements) => Free::Array(elements.into_iter().map(free).collect()),
        Document::Object(members) => Free::Object(
            members
                .into_iter()
                .map(|(name, value)| (name, free(value)))
                .collect(),
        ),
    }
}

/// Every element of a list, converted.
///
/// # Errors
/// When the value is no list, or the first that an element gives.
pub fn list<T>(
    value: Document,
    convert: impl Fn(Document) -> Result<T, CallError>,
) -> Result<Vec<T>, CallError> {
    match value {
        Document::Array(elements) => elements.into_iter().map(convert).collect(),
        other => Err(unfit(&other, "a list")),
    }
}

/// Every value of a map, converted. Its keys become what the member wants: strings, or an enum of the SDK.
///
/// # Errors
/// When the value is no map, or the first that a value gives.
pub fn map<K, T>(
    value: Document,
    convert: impl Fn(Document) -> Result<T, CallError>,
) -> Result<HashMap<K, T>, CallError>
where
    K: for<'a> From<&'a str> + Eq + Hash,
{
    let entries = Members::of(value)?.0.into_iter();
    entries
        .map(|(key, value)| Ok((K::from(&key), convert(value)?)))
        .collect()
}

fn unfit(value: &Document, wanted: &str) -> CallError {
    CallError::Input(format!(
        "{} is given, where {wanted} belongs",
        describe(value)
    ))
}
