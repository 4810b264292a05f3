//! Whether a stubbed answer is one that AWS could give.

use thiserror::Error;

use super::path::Path;
use super::scalar;
use super::shape::{Location, Member, Response, Shape, Structure};
use crate::similar::similar;
use crate::value::{Document, Map, describe};

/// A part of an answer that AWS could never return.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AnswerProblem {
    /// The answer of the operation has no such member.
    #[error("{path} is not in the answer of this operation{}", did_you_mean(.similar))]
    UnknownMember {
        /// Where, as a JSONPath.
        path: String,
        /// A member with a similar name.
        similar: Option<String>,
    },
    /// A value of the wrong kind.
    #[error("{path} is {found}, but AWS returns {expected}")]
    WrongType {
        /// Where, as a JSONPath.
        path: String,
        /// What is there, in words.
        found: String,
        /// What AWS returns there, in words.
        expected: &'static str,
    },
}

impl AnswerProblem {
    /// Where, as a JSONPath.
    pub(crate) fn path(&self) -> &str {
        match self {
            Self::UnknownMember { path, .. } | Self::WrongType { path, .. } => path,
        }
    }
}

fn did_you_mean(similar: &Option<String>) -> String {
    similar
        .as_ref()
        .map(|name| format!("; did you mean `{name}`?"))
        .unwrap_or_default()
}

/// All parts of the answer that do not fit the operation. `ResponseMetadata` always fits.
pub fn check_answer(response: &Response, answer: &Document) -> Vec<AnswerProblem> {
    let mut problems = Problems(Vec::new());
    match answer {
        Document::Object(map) => {
            for (key, value) in map.iter().filter(|(key, _)| *key != "ResponseMetadata") {
                problems.member(response.members(), key, value, Path::Root);
            }
        }
        other => problems.wrong_type(Path::Root, other, "an object"),
    }
    problems.0
}

struct Problems(Vec<AnswerProblem>);

impl Problems {
    fn member(&mut self, members: &'static [Member], key: &str, value: &Document, parent: Path) {
        let path = Path::Key(&parent, key);
        match members.iter().find(|member| member.name == key) {
            Some(member) => match member.location {
                Location::JsonHeader => {}
                Location::Payload if matches!(member.shape, Shape::Blob) => {
                    self.scalar(&Shape::String, value, path);
                }
                _ => self.value(member.shape, value, path),
            },
            None => self.0.push(AnswerProblem::UnknownMember {
                path: path.to_string(),
                similar: similar(key, members.iter().map(|member| member.name)).map(str::to_owned),
            }),
        }
    }

    fn value(&mut self, shape: &'static Shape, value: &Document, path: Path) {
        match (shape, value) {
            (Shape::Structure(structure), Document::Object(map)) => {
                self.structure(structure, map, path);
            }
            (Shape::List(list), Document::Array(elements)) => {
                for (index, element) in elements.iter().enumerate() {
                    self.nullable(list.element, element, Path::Index(&path, index));
                }
            }
            (Shape::Map(map), Document::Object(entries)) => {
                for (key, entry) in entries {
                    self.nullable(map.value, entry, Path::Key(&path, key));
                }
            }
            _ => self.scalar(shape, value, path),
        }
    }

    /// Lists and maps may hold null; a member that is null is left out instead.
    fn nullable(&mut self, shape: &'static Shape, value: &Document, path: Path) {
        if !value.is_null() {
            self.value(shape, value, path);
        }
    }

    fn structure(&mut self, structure: &'static Structure, map: &Map, path: Path) {
        for (key, value) in map {
            self.member(structure.members, key, value, path);
        }
        if structure.union && map.len() != 1 {
            self.0.push(AnswerProblem::WrongType {
                path: path.to_string(),
                found: format!("a map with {} members", map.len()),
                expected: "exactly one member of a union",
            });
        }
    }

    /// A value that fits no shape with parts must fit its scalar shape.
    fn scalar(&mut self, shape: &Shape, value: &Document, path: Path) {
        let (fits, expected) = match shape {
            Shape::Structure(_) | Shape::Map(_) => (false, "an object"),
            Shape::List(_) => (false, "a list"),
            Shape::String => (value.is_string(), "text"),
            Shape::Integer => (value.is_i64() || value.is_u64(), "an integer"),
            Shape::Float => (is_float(value), "a number"),
            Shape::Boolean => (value.is_boolean(), "true or false"),
            Shape::Blob => (scalar::blob(value).is_some(), "base64"),
            Shape::Timestamp => (
                value.is_string() && scalar::timestamp(value).is_some(),
                "a timestamp such as \"2021-05-06T19:16:14+00:00\"",
            ),
            Shape::Document => (true, "any value"),
        };
        if !fits {
            self.wrong_type(path, value, expected);
        }
    }

    fn wrong_type(&mut self, path: Path, value: &Document, expected: &'static str) {
        let found = describe(value);
        self.0.push(AnswerProblem::WrongType {
            path: path.to_string(),
            found,
            expected,
        });
    }
}

fn is_float(value: &Document) -> bool {
    value.is_number() || matches!(value.as_str(), Some("NaN" | "Infinity" | "-Infinity"))
}
