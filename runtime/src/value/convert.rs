//! What a selected value becomes as a declared output (spec 3.7).

use thiserror::Error;

use super::coerce::{boolean, integer, maps, scalar};
use super::{Document, Map, Text, Type, describe};
use crate::selector::{Matches, Selected};

/// A selected value that is not convertible to the declared type; the step fails in stage
/// `PostVerification`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the selector `{selector}` found {found}, which cannot become {wanted}")]
pub struct OutputError {
    /// The selector as the runbook writes it.
    pub selector: String,
    /// What it found, in words.
    pub found: String,
    /// The declared type of the output.
    pub wanted: Type,
}

/// A type that an output can declare.
pub trait FromSelected: Sized {
    /// The type by its name in the runbook language.
    const TYPE: Type;

    /// The value as this type, or nothing where the table of spec 3.7 has no entry.
    fn from_selected(value: &Document) -> Option<Self>;
}

impl Selected<'_> {
    /// The selected value as a declared output (spec 3.7).
    ///
    /// No match and JSON null are an absent output, and so is an indefinite path that found
    /// nothing where a single value is declared.
    pub fn convert<T: FromSelected>(&self) -> Result<Option<T>, OutputError> {
        let value = self.document();
        if value.is_null() || self.is_empty_list_for(T::TYPE) {
            return Ok(None);
        }
        T::from_selected(&value)
            .map(Some)
            .ok_or_else(|| OutputError {
                selector: self.selector.to_owned(),
                found: describe(&value),
                wanted: T::TYPE,
            })
    }

    /// Whether an indefinite path found nothing where one value is declared.
    fn is_empty_list_for(&self, wanted: Type) -> bool {
        let single = matches!(wanted, Type::String | Type::Integer | Type::Boolean);
        single && matches!(&self.matches, Matches::Many(found) if found.is_empty())
    }
}

impl FromSelected for String {
    const TYPE: Type = Type::String;

    fn from_selected(value: &Document) -> Option<Self> {
        match value {
            Document::Object(_) => Some(value.text()),
            other => scalar(other).map(Text::text),
        }
    }
}

impl FromSelected for i64 {
    const TYPE: Type = Type::Integer;

    fn from_selected(value: &Document) -> Option<Self> {
        let value = scalar(value)?;
        integer(value).or_else(|| whole(value.as_f64()?))
    }
}

/// A float without a fraction: published runbooks read whole numbers from members that are floats.
fn whole(number: f64) -> Option<i64> {
    const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;
    let is_whole = number.fract() == 0.0 && number.abs() <= LARGEST_EXACT;
    // Whole, and small enough to be exact.
    is_whole.then_some(number as i64)
}

impl FromSelected for bool {
    const TYPE: Type = Type::Boolean;

    fn from_selected(value: &Document) -> Option<Self> {
        boolean(scalar(value)?)
    }
}

impl FromSelected for Vec<String> {
    const TYPE: Type = Type::StringList;

    fn from_selected(value: &Document) -> Option<Self> {
        match value {
            // A null among the elements is as absent as a null alone.
            Document::Array(elements) => Some(
                elements
                    .iter()
                    .filter(|element| !element.is_null())
                    .map(Text::text)
                    .collect(),
            ),
            Document::Number(number) if number.is_f64() => None,
            other => scalar(other).map(|element| vec![element.text()]),
        }
    }
}

impl FromSelected for Map {
    const TYPE: Type = Type::StringMap;

    fn from_selected(value: &Document) -> Option<Self> {
        value.as_object().cloned()
    }
}

impl FromSelected for Vec<Map> {
    const TYPE: Type = Type::MapList;

    fn from_selected(value: &Document) -> Option<Self> {
        maps(value)
    }
}
