//! Inputs: what an API takes, for values that are handed to it whole.
//!
//! Members that a runbook writes out are checked when it is compiled. What a parameter or an output holds is known
//! only when it is there; so the compiler prints what the API takes there as static tables, and a step checks the value
//! by them before anything is sent. The rules and the words are those of Boto3 (spec 5.12).

mod python;

use crate::decode::timestamp;
use crate::value::{Document, InputError, Map};
use python::Kind;

/// What a value may be.
#[derive(Debug)]
pub enum Shape {
    /// An object with known members.
    Structure(&'static [Member]),
    /// An object with exactly one of the known members.
    Union(&'static [Member]),
    /// A list of values of one shape, and how many there must be.
    List(&'static Shape, usize),
    /// An object with keys of one shape and values of another.
    Map(&'static Shape, &'static Shape),
    /// Text, and how many characters it must have.
    String(usize),
    /// An integral number, and the least that it may be.
    Integer(i64),
    /// A number, and the least that it may be.
    Float(f64),
    /// `true` or `false`.
    Boolean,
    /// A point in time, as text or in seconds since 1970.
    Timestamp,
    /// Bytes, as text.
    Blob,
    /// Any JSON value.
    Document,
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    name: &'static str,
    required: bool,
    shape: &'static Shape,
}

/// Text; for [`Member::new`] and [`Shape::List`].
pub static STRING: Shape = Shape::String(0);
/// An integral number.
pub static INTEGER: Shape = Shape::Integer(i64::MIN);
/// A number.
pub static FLOAT: Shape = Shape::Float(f64::NEG_INFINITY);
/// `true` or `false`.
pub static BOOLEAN: Shape = Shape::Boolean;
/// A point in time.
pub static TIMESTAMP: Shape = Shape::Timestamp;
/// Bytes.
pub static BLOB: Shape = Shape::Blob;
/// Any JSON value.
pub static DOCUMENT: Shape = Shape::Document;

impl Member {
    /// A member that may be left out.
    pub const fn new(name: &'static str, shape: &'static Shape) -> Self {
        Self {
            name,
            required: false,
            shape,
        }
    }

    /// A member that must be given.
    pub const fn required(name: &'static str, shape: &'static Shape) -> Self {
        Self {
            name,
            required: true,
            shape,
        }
    }
}

impl Shape {
    /// The value, if it is one that the API takes. Members and elements that are null are left out (spec 1.4).
    ///
    /// # Errors
    /// When Boto3 would refuse it: everything that is wrong with it, a line each. `name` is what it is called there.
    pub fn accept(&self, name: &str, value: Document) -> Result<Document, InputError> {
        let value = self.without_nulls(value);
        let mut problems = Vec::new();
        self.check(name, &value, &mut problems);
        match problems.as_slice() {
            [] => Ok(value),
            problems => Err(InputError::Refused {
                problems: problems.join("\n"),
            }),
        }
    }

    /// The same for an input of an action, which takes text that spells a number or truth value for that, numbers and
    /// truth values for text, and a value for a list of one (spec 3.3).
    ///
    /// # Errors
    /// When Boto3 would refuse what has become of it.
    pub fn convert(&self, name: &str, value: Document) -> Result<Document, InputError> {
        self.accept(name, self.converted(value))
    }

    fn converted(&self, value: Document) -> Document {
        match (self, value) {
            (Self::String(_), value @ (Document::Number(_) | Document::Bool(_))) => {
                value.to_string().into()
            }
            (Self::Integer(_) | Self::Float(_) | Self::Boolean, Document::String(text)) => {
                self.spelt(&text).unwrap_or(Document::String(text))
            }
            (Self::List(..), value) if !value.is_array() && !value.is_null() => {
                self.inside(Document::Array(vec![value]), Self::converted)
            }
            (_, value) => self.inside(value, Self::converted),
        }
    }

    /// The number or truth value that a text spells.
    fn spelt(&self, text: &str) -> Option<Document> {
        let text = text.trim();
        Some(match self {
            Self::Integer(_) => text.parse::<i64>().ok()?.into(),
            Self::Float(_) => text.parse::<f64>().ok()?.into(),
            Self::Boolean => text.to_ascii_lowercase().parse::<bool>().ok()?.into(),
            _ => return None,
        })
    }

    fn without_nulls(&self, value: Document) -> Document {
        let value = match value {
            value if matches!(self, Self::Document) => value,
            Document::Object(entries) => {
                let entries = entries.into_iter().filter(|(_, value)| !value.is_null());
                entries.collect()
            }
            Document::Array(elements) => {
                let elements = elements.into_iter().filter(|element| !element.is_null());
                elements.collect()
            }
            other => other,
        };
        self.inside(value, Self::without_nulls)
    }

    /// The value with every part of it that has a shape changed.
    fn inside(&self, value: Document, change: fn(&Self, Document) -> Document) -> Document {
        match (self, value) {
            (Self::Structure(members) | Self::Union(members), Document::Object(entries)) => {
                let entries = entries.into_iter().map(|(name, value)| {
                    let value = match find(members, &name) {
                        Some(member) => change(member.shape, value),
                        None => value,
                    };
                    (name, value)
                });
                entries.collect()
            }
            (Self::Map(_, shape), Document::Object(entries)) => {
                let entries = entries.into_iter();
                let entries = entries.map(|(name, value)| (name, change(shape, value)));
                entries.collect()
            }
            (Self::List(shape, _), Document::Array(elements)) => {
                let elements = elements.into_iter();
                elements.map(|element| change(shape, element)).collect()
            }
            (_, other) => other,
        }
    }

    fn check(&self, name: &str, value: &Document, problems: &mut Vec<String>) {
        match (self, value) {
            (Self::Structure(members), Document::Object(entries)) => {
                structure(members, name, entries, problems);
            }
            (Self::Union(members), Document::Object(entries)) => {
                union(members, name, entries, problems);
                structure(members, name, entries, problems);
            }
            (Self::List(element, min), Document::Array(elements)) => {
                at_least("length", name, elements.len(), *min, problems);
                for (position, value) in elements.iter().enumerate() {
                    element.check(&format!("{name}[{position}]"), value, problems);
                }
            }
            (Self::Map(key, shape), Document::Object(entries)) => {
                for (entry, value) in entries {
                    let text = Document::from(entry.as_str());
                    key.check(&format!("{name} (key: {entry})"), &text, problems);
                    shape.check(&format!("{name}.{entry}"), value, problems);
                }
            }
            (Self::String(min), Document::String(text)) => {
                at_least("length", name, text.chars().count(), *min, problems);
            }
            (Self::Integer(min), Document::Number(number)) if !number.is_f64() => {
                let number = number.as_i64().unwrap_or(i64::MAX);
                at_least("value", name, number, *min, problems);
            }
            (Self::Float(min), Document::Number(number)) => {
                at_least(
                    "value",
                    name,
                    number.as_f64().unwrap_or_default(),
                    *min,
                    problems,
                );
            }
            (Self::Boolean, Document::Bool(_))
            | (Self::Blob, Document::String(_))
            | (Self::Document, _) => {}
            (Self::Timestamp, value) if timestamp(value).is_some() => {}
            (shape, value) => problems.push(format!(
                "Invalid type for parameter {name}, value: {}, type: {}, valid types: {}",
                python::text(value),
                Kind::of(value),
                shape.kinds()
            )),
        }
    }

    /// The types of Python that Boto3 takes.
    const fn kinds(&self) -> &'static str {
        match self {
            Self::Structure(_) | Self::Union(_) | Self::Map(..) => "<class 'dict'>",
            Self::List(..) => "<class 'list'>, <class 'tuple'>",
            Self::String(_) => "<class 'str'>",
            Self::Integer(_) => "<class 'int'>",
            Self::Float(_) => "<class 'float'>, <class 'decimal.Decimal'>, <class 'int'>",
            Self::Boolean => "<class 'bool'>",
            Self::Timestamp => "<class 'datetime.datetime'>, timestamp-string",
            Self::Blob => "<class 'bytes'>, <class 'bytearray'>, file-like object",
            Self::Document => "any",
        }
    }
}

fn find(members: &'static [Member], name: &str) -> Option<&'static Member> {
    members.iter().find(|member| member.name == name)
}

fn structure(members: &'static [Member], name: &str, entries: &Map, problems: &mut Vec<String>) {
    let required = members.iter().filter(|member| member.required);
    for member in required.filter(|member| !entries.contains_key(member.name)) {
        problems.push(format!(
            "Missing required parameter in {name}: \"{}\"",
            member.name
        ));
    }
    for entry in entries.keys() {
        if find(members, entry).is_none() {
            problems.push(format!(
                "Unknown parameter in {name}: \"{entry}\", must be one of: {}",
                names(members)
            ));
        }
    }
    for (entry, value) in entries {
        if let Some(member) = find(members, entry) {
            member
                .shape
                .check(&format!("{name}.{entry}"), value, problems);
        }
    }
}

fn union(members: &'static [Member], name: &str, entries: &Map, problems: &mut Vec<String>) {
    match entries.len() {
        0 => problems.push(format!(
            "Must set one of the following keys for tagged union structure {name}: {}.",
            names(members)
        )),
        1 => {}
        _ => problems.push(format!(
            "Invalid number of parameters set for tagged union structure {name}. \
             Can only set one of the following keys: {}.",
            names(members)
        )),
    }
}

fn names(members: &[Member]) -> String {
    let names: Vec<&str> = members.iter().map(|member| member.name).collect();
    names.join(", ")
}

fn at_least<N: PartialOrd + std::fmt::Display>(
    what: &str,
    name: &str,
    have: N,
    min: N,
    problems: &mut Vec<String>,
) {
    if have < min {
        problems.push(format!(
            "Invalid {what} for parameter {name}, value: {have}, valid min {what}: {min}"
        ));
    }
}
