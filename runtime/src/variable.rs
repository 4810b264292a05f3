//! Variables: what they can hold (spec 3.5).

use crate::parameters::broken;
use crate::runbook::ParameterDefinition;
use crate::value::{Document, InputError};

/// The most items that a StringList can have.
const STRINGS: usize = 50;
/// The most items that a MapList can have.
const MAPS: usize = 200;
/// The most characters of a text in a StringList. A text by itself may be longer: published runbooks keep whole payloads
/// in variables (spec 8, row 42).
const TEXT: usize = 512;
/// The most characters of a map's key.
const KEY: usize = 50;

/// Checks a value that a step gives to a variable.
///
/// # Errors
/// When it is more than a variable can hold, or its declaration refuses it.
pub(crate) fn check(
    variables: &'static [ParameterDefinition],
    name: &str,
    value: &Document,
) -> Result<(), InputError> {
    if let Some(problem) = excess(value) {
        return Err(InputError::OutOfBounds(format!(
            "the value of `variable:{name}` {problem}"
        )));
    }
    let declared = variables.iter().find(|variable| variable.name == name);
    match declared.and_then(|declared| broken(declared, value)) {
        Some(problem) => Err(InputError::OutOfBounds(format!("variable {problem}"))),
        None => Ok(()),
    }
}

/// What a value has too much or too little of.
fn excess(value: &Document) -> Option<String> {
    match value {
        Document::Array(items) if items.iter().any(Document::is_object) => match items.len() {
            count if count > MAPS => Some(format!("has {count} maps, but at most {MAPS} fit")),
            _ => items.iter().find_map(excess),
        },
        Document::Array(items) => match items.len() {
            count if count > STRINGS => {
                Some(format!("has {count} items, but at most {STRINGS} fit"))
            }
            _ => items.iter().find_map(unfit_item),
        },
        Document::Object(entries) => {
            let mut keys = entries.keys();
            let key = keys.find(|key| !(1..=KEY).contains(&length(key)))?;
            Some(format!(
                "has the key {key:?}, but keys have 1 to {KEY} characters"
            ))
        }
        _ => None,
    }
}

fn unfit_item(item: &Document) -> Option<String> {
    let count = length(item.as_str()?);
    let unfit = !(1..=TEXT).contains(&count);
    unfit.then(|| format!("has an item of {count} characters, but items have 1 to {TEXT}"))
}

fn length(text: &str) -> usize {
    text.chars().count()
}
