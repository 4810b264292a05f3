//! Planting: a value at the place where a selector looks.

use crate::selector::{Filter, FilterTest, Literal, Segment};
use crate::value::{Document, Map};

/// Puts `value` where `path` leads, and what has to be around it. A path that looks everywhere, or counts, finds what there
/// is.
pub(crate) fn plant(target: &mut Document, path: &[Segment], value: Document) {
    let Some((segment, rest)) = path.split_first() else {
        *target = value;
        return;
    };
    match segment {
        Segment::Key(key) => plant(member(target, key), rest, value),
        Segment::Keys(keys) => {
            for key in *keys {
                plant(member(target, key), rest, value.clone());
            }
        }
        Segment::Index(index) => plant_in_element(target, *index, rest, value),
        Segment::Indexes(indexes) => {
            for index in *indexes {
                plant_in_element(target, *index, rest, value.clone());
            }
        }
        Segment::Slice { start, .. } => {
            plant_in_element(target, start.unwrap_or_default(), rest, value);
        }
        Segment::AnyChild => match target {
            Document::Object(members) if !members.is_empty() => {
                for (_, inside) in members.iter_mut() {
                    plant(inside, rest, value.clone());
                }
            }
            _ => plant_in_element(target, 0, rest, value),
        },
        Segment::Filter(Filter { path, test }) => {
            if let FilterTest::Equal(literal)
            | FilterTest::LessOrEqual(literal)
            | FilterTest::GreaterOrEqual(literal) = test
            {
                plant_in_element(target, 0, path, document(*literal));
            }
            plant_in_element(target, 0, rest, value);
        }
        Segment::Descend | Segment::Length => {}
    }
}

fn member<'a>(target: &'a mut Document, key: &str) -> &'a mut Document {
    if !target.is_object() {
        *target = Document::Object(Map::new());
    }
    match target {
        Document::Object(members) => members.entry(key).or_insert(Document::Null),
        // It has just been made one.
        other => other,
    }
}

/// Puts `value` where `path` leads from an element of a list, which is made long enough; one from the end is the first.
fn plant_in_element(target: &mut Document, index: i64, path: &[Segment], value: Document) {
    /// Nobody looks for more.
    const MOST: usize = 100;
    let index = usize::try_from(index).unwrap_or_default().min(MOST);
    if !target.is_array() {
        *target = Document::Array(Vec::new());
    }
    if let Document::Array(elements) = target {
        if elements.len() <= index {
            let like = elements.first().cloned().unwrap_or(Document::Null);
            elements.resize(index + 1, like);
        }
        if let Some(element) = elements.get_mut(index) {
            plant(element, path, value);
        }
    }
}

fn document(literal: Literal) -> Document {
    match literal {
        Literal::String(text) => text.into(),
        Literal::Integer(number) => number.into(),
        Literal::Float(number) => number.into(),
        Literal::Boolean(truth) => truth.into(),
        Literal::Null => Document::Null,
    }
}

/// Lays `members` over what there is: one that is null goes, lists element by element.
pub(crate) fn overlay(target: &mut Document, members: Document) {
    match (target, members) {
        (Document::Object(target), Document::Object(members)) => {
            for (name, value) in members {
                match value {
                    Document::Null => drop(target.shift_remove(&name)),
                    value => overlay(target.entry(name).or_insert(Document::Null), value),
                }
            }
        }
        (Document::Array(target), Document::Array(elements)) => {
            let like = target.first().cloned().unwrap_or(Document::Null);
            target.resize(elements.len(), like);
            for (target, element) in target.iter_mut().zip(elements) {
                overlay(target, element);
            }
        }
        (target, value) => *target = value,
    }
}
