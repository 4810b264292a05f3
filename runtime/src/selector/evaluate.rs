//! Evaluation of a path with the semantics of Jayway JsonPath (spec 3.7).
//!
//! As long as the path is definite, a member that is not there ends it without a match, also when
//! an indefinite segment would follow; after one it is skipped. An element that is not there leaves
//! nothing to follow: no match for a definite path, an empty list for an indefinite one.

use std::borrow::Cow;

use super::filter::passes;
use super::{Filter, Matches, Segment};
use crate::value::{Document, Map};

/// What the path finds in the document.
pub(super) fn evaluate<'a>(root: &'a Document, path: &'static [Segment]) -> Matches<'a> {
    match Found::new(root).follow(path) {
        Some(found) => found.matches(),
        None => Matches::None,
    }
}

/// A definite path ends: a part of it is missing.
struct Missing;

type Values<'a> = Vec<Cow<'a, Document>>;

/// The values a path has led to so far.
struct Found<'a> {
    values: Values<'a>,
    definite: bool,
}

impl<'a> Found<'a> {
    fn new(root: &'a Document) -> Self {
        Self {
            values: vec![Cow::Borrowed(root)],
            definite: true,
        }
    }

    /// The values at the end of the path, or nothing where a definite part is missing.
    fn follow(mut self, path: &'static [Segment]) -> Option<Self> {
        for (index, segment) in path.iter().enumerate() {
            let last = index + 1 == path.len();
            self = match segment {
                // Counting what a deep scan finds is counting its matches, not their members.
                Segment::Length if begins_deep(path) => self.counted(),
                Segment::Descend => self.scanned(path.get(index + 1..).unwrap_or_default())?,
                _ => self.step(segment, last)?,
            };
        }
        Some(self)
    }

    fn step(self, segment: &'static Segment, last: bool) -> Option<Self> {
        let definite = self.definite && is_definite(segment, last);
        let mut values = Vec::new();
        for value in self.values {
            match children(value, segment, last) {
                Ok(children) => values.extend(children),
                Err(Missing) if self.definite => return None,
                Err(Missing) => {}
            }
        }
        Some(Self { values, definite })
    }

    /// Everything at any depth in which the path can go on.
    fn scanned(self, rest: &'static [Segment]) -> Option<Self> {
        let mut found = self.step(&Segment::Descend, false)?;
        found.values.retain(|value| can_follow(value, rest));
        Some(found)
    }

    fn counted(self) -> Self {
        Self {
            values: vec![Cow::Owned(Document::from(self.values.len()))],
            definite: true,
        }
    }

    fn matches(mut self) -> Matches<'a> {
        if !self.definite {
            return Matches::Many(self.values);
        }
        self.values.pop().map_or(Matches::None, Matches::One)
    }
}

/// Whether the path without its length function begins with a deep scan.
fn begins_deep(path: &[Segment]) -> bool {
    path.first() == Some(&Segment::Descend)
}

/// Whether the segment leads to one value at most.
fn is_definite(segment: &Segment, last: bool) -> bool {
    match segment {
        Segment::Key(_) | Segment::Index(_) | Segment::Length => true,
        Segment::Keys(_) => last,
        _ => false,
    }
}

/// The values one segment leads to from one value.
fn children<'a>(
    value: Cow<'a, Document>,
    segment: &'static Segment,
    last: bool,
) -> Result<Values<'a>, Missing> {
    match value {
        Cow::Borrowed(value) => borrowed_children(value, segment, last),
        // Only a computed value (a count, a choice of members) is owned; its parts must be too.
        Cow::Owned(value) => Ok(borrowed_children(&value, segment, last)?
            .into_iter()
            .map(|child| Cow::Owned(child.into_owned()))
            .collect()),
    }
}

fn borrowed_children<'a>(
    value: &'a Document,
    segment: &'static Segment,
    last: bool,
) -> Result<Values<'a>, Missing> {
    match segment {
        Segment::Key(key) => one(value.as_object().and_then(|map| map.get(*key))),
        Segment::Keys(keys) if last => Ok(vec![Cow::Owned(chosen(object(value)?, keys))]),
        Segment::Keys(keys) => {
            let map = object(value)?;
            Ok(keys
                .iter()
                .filter_map(|key| map.get(*key))
                .map(Cow::Borrowed)
                .collect())
        }
        Segment::Index(index) => Ok(elements(list(value)?, [*index])),
        Segment::Indexes(indexes) => Ok(elements(list(value)?, indexes.iter().copied())),
        Segment::Slice { start, end } => Ok(slice(list(value)?, *start, *end)),
        Segment::AnyChild => Ok(any_child(value).map(Cow::Borrowed).collect()),
        Segment::Descend => Ok(deep(value).into_iter().map(Cow::Borrowed).collect()),
        Segment::Filter(filter) => filtered(value, filter),
        Segment::Length => Ok(vec![Cow::Owned(length(value))]),
    }
}

fn one(value: Option<&Document>) -> Result<Values<'_>, Missing> {
    value.map(|value| vec![Cow::Borrowed(value)]).ok_or(Missing)
}

fn object(value: &Document) -> Result<&Map, Missing> {
    value.as_object().ok_or(Missing)
}

fn list(value: &Document) -> Result<&[Document], Missing> {
    value.as_array().map(Vec::as_slice).ok_or(Missing)
}

/// An object with those of the members that are there.
fn chosen(map: &Map, keys: &[&str]) -> Document {
    let members = keys
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), map.get(*key)?.clone())));
    Document::Object(members.collect())
}

/// The elements at these indexes that are there; negative ones count from the end.
fn elements(list: &[Document], indexes: impl IntoIterator<Item = i64>) -> Values<'_> {
    let length = list.len() as i64;
    let position = |index| {
        if index < 0 {
            length.saturating_add(index)
        } else {
            index
        }
    };
    indexes
        .into_iter()
        .filter_map(|index| list.get(usize::try_from(position(index)).ok()?))
        .map(Cow::Borrowed)
        .collect()
}

/// The elements from `start` to before `end`. An open range counts negative bounds from the end;
/// between two bounds each index does so on its own, so that `[1:-1]` is empty.
fn slice(list: &[Document], start: Option<i64>, end: Option<i64>) -> Values<'_> {
    let length = list.len() as i64;
    match (start, end) {
        (Some(start), Some(end)) => elements(list, start.max(-length)..end.min(length)),
        (Some(start), None) if start < 0 => elements(list, start.max(-length)..0),
        (None, Some(end)) if end < 0 => elements(list, 0..length.saturating_add(end)),
        (start, end) => elements(list, start.unwrap_or(0)..end.unwrap_or(length).min(length)),
    }
}

fn any_child(value: &Document) -> Box<dyn Iterator<Item = &Document> + '_> {
    match value {
        Document::Array(elements) => Box::new(elements.iter()),
        Document::Object(map) => Box::new(map.values()),
        _ => Box::new(std::iter::empty()),
    }
}

/// Whether a scan looks in this value for the rest of the path. A filter is asked of every object once, whether it is
/// an element or a member; several keys at the end make an object where all of them are there.
fn can_follow(value: &Document, rest: &[Segment]) -> bool {
    match (value, rest) {
        (Document::Object(_), [Segment::Filter(_), ..]) => true,
        (_, [Segment::Filter(_), ..]) => false,
        (Document::Object(map), [Segment::Keys(keys)]) => {
            keys.iter().all(|key| map.contains_key(*key))
        }
        _ => true,
    }
}

/// The value and everything below it, parents before children, in document order.
fn deep(value: &Document) -> Vec<&Document> {
    let mut found = Vec::new();
    let mut open = vec![value];
    while let Some(node) = open.pop() {
        found.push(node);
        let children: Vec<_> = any_child(node).collect();
        open.extend(children.into_iter().rev());
    }
    found
}

/// The elements that pass; an object is asked itself.
fn filtered<'a>(value: &'a Document, filter: &'static Filter) -> Result<Values<'a>, Missing> {
    match value {
        Document::Array(elements) => Ok(elements
            .iter()
            .filter(|element| passes(element, filter))
            .map(Cow::Borrowed)
            .collect()),
        Document::Object(_) if passes(value, filter) => Ok(vec![Cow::Borrowed(value)]),
        Document::Object(_) => Ok(Vec::new()),
        _ => Err(Missing),
    }
}

/// The number of elements or members; null for anything else.
fn length(value: &Document) -> Document {
    match value {
        Document::Array(elements) => Document::from(elements.len()),
        Document::Object(map) => Document::from(map.len()),
        _ => Document::Null,
    }
}
