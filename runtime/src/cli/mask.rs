//! Masks: values of parameters that nobody is to see, wherever they stand in what is printed.

use std::sync::Arc;

use clap::ArgMatches;
use thiserror::Error;

use crate::value::{Document, Map};

/// What stands in place of a value.
const MASK: &str = "***";

/// Shorter values stand in too many words that have nothing to do with them.
const LEAST: usize = 4;

/// How often a text may be quoted as JSON inside of JSON: a record quotes answers, which may quote others.
const QUOTED: usize = 3;

/// What is not to be seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Mask(Arc<[String]>);

/// Why a parameter cannot be masked.
#[derive(Debug, Error)]
pub(super) enum MaskError {
    #[error(
        "`--mask {0}`: its value, or a part of it, is shorter than {LEAST} characters, and stands by chance in much that is \
         printed\nhelp: leave the option out, or give a longer value"
    )]
    Short(String),
    #[error(
        "`--mask {0}`: true and false stand in much that is printed\nhelp: leave the option out"
    )]
    Boolean(String),
    #[error(
        "`--mask {0}`: its value comes from Parameter Store, and is not known before the run\nhelp: supply the value, or \
         leave the option out"
    )]
    Stored(String),
}

/// The names of the parameters that a command line masks.
pub(super) fn names(matches: &ArgMatches) -> Vec<String> {
    // Only runbooks with parameters have the option.
    let named = matches.try_get_many::<String>("mask").ok().flatten();
    named.into_iter().flatten().cloned().collect()
}

impl Mask {
    /// Masks the values of these parameters, as far as they have any.
    ///
    /// # Errors
    /// When a value is none that can be told from everything else.
    pub(super) fn of(names: &[String], values: &Map) -> Result<Self, MaskError> {
        let mut texts = Vec::new();
        for name in names {
            if let Some(value) = values.get(name) {
                collect(name, value, &mut texts)?;
            }
        }
        Ok(Self::new(
            texts.iter().flat_map(|text| forms(text)).collect(),
        ))
    }

    fn new(mut needles: Vec<String>) -> Self {
        // Of two that begin at one place, the longer one holds the other.
        needles.sort_by(|left, right| (right.len(), left).cmp(&(left.len(), right)));
        needles.dedup();
        Self(needles.into())
    }

    /// Masks what either of the two does.
    pub(super) fn and(&self, other: &Self) -> Self {
        Self::new([self.0.as_ref(), other.0.as_ref()].concat())
    }

    /// Whether everything may be seen.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A text without the values.
    pub(super) fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for needle in self.0.iter() {
            if text.contains(needle) {
                text = text.replace(needle, MASK);
            }
        }
        text
    }

    /// A document without the values: every text in it, and every key.
    pub(super) fn document(&self, document: Document) -> Document {
        match document {
            Document::String(text) => self.text(&text).into(),
            Document::Array(elements) => {
                let elements = elements.into_iter();
                elements.map(|element| self.document(element)).collect()
            }
            Document::Object(members) => {
                let members = members.into_iter();
                members
                    .map(|(name, value)| (self.text(&name), self.document(value)))
                    .collect()
            }
            other => other,
        }
    }
}

/// The texts that a value consists of.
fn collect(name: &str, value: &Document, texts: &mut Vec<String>) -> Result<(), MaskError> {
    let text = match value {
        Document::Null => return Ok(()),
        Document::Bool(_) => return Err(MaskError::Boolean(name.to_owned())),
        Document::Array(elements) => {
            let mut elements = elements.iter();
            return elements.try_for_each(|element| collect(name, element, texts));
        }
        Document::Object(members) => {
            let mut values = members.values();
            return values.try_for_each(|value| collect(name, value, texts));
        }
        Document::Number(number) => number.to_string(),
        Document::String(text) => text.clone(),
    };
    match text.chars().count() {
        0 => {}
        1..LEAST => return Err(MaskError::Short(name.to_owned())),
        _ => texts.push(text),
    }
    Ok(())
}

/// A text as it may stand in others: as it is, line by line, and quoted as JSON.
fn forms(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| line.chars().count() >= LEAST);
    let whole = std::iter::once(text).chain(lines);
    let quoted = whole.flat_map(|part| {
        let first = Some(part.to_owned());
        std::iter::successors(first, |text| Some(quoted(text))).take(1 + QUOTED)
    });
    quoted.collect()
}

/// A text as it stands between quotation marks in JSON.
fn quoted(text: &str) -> String {
    let json = Document::from(text).to_string();
    let inner = json
        .strip_prefix('"')
        .and_then(|json| json.strip_suffix('"'));
    inner.unwrap_or(text).to_owned()
}
