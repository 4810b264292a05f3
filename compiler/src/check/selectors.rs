//! Selectors against the shape of an answer (spec 3.7): what they select, and whether they can match at all.
//!
//! Follows the path through the service's model instead of an answer. A deep scan or a wildcard may come to several
//! places at once, so there is always a list of [`Node`]s; where the model says nothing, [`Node::Any`] keeps silence.

mod answer;
mod convert;
mod filter;
mod report;

pub(super) use answer::{Answer, Node, ScalarKind, View};
pub(super) use convert::{Fit, description, fit, is_list, natural_type};
pub(super) use filter::Doubt;

use crate::source::{Span, Spanned};
use crate::syntax::selector::Filter;
use crate::syntax::{Selector, SelectorSegment};
use report::{Cause, Key, Place};

/// What a selector selects.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    /// The places it may come to; at least one.
    pub(super) nodes: Vec<Node>,
    /// Whether it gives one value; else it gives a list of what it finds.
    pub(super) definite: bool,
    /// Its filters that hardly mean what they say.
    pub(super) doubts: Vec<Doubt>,
}

/// Where a selector comes to nothing.
#[derive(Clone, Debug)]
pub(super) struct Unmatched {
    /// What finds nothing.
    pub(super) place: Span,
    /// Whether the selector gives an empty list then; else there is no value at all.
    pub(super) empty_list: bool,
    cause: Box<Cause>,
}

/// What a selector selects from an answer.
pub(super) fn select(answer: &Answer, selector: &Selector) -> Result<Selection, Unmatched> {
    let mut walk = Walk {
        answer,
        nodes: vec![answer.root.clone()],
        place: Place::answer(answer),
        doubts: Vec::new(),
    };
    for index in 0..selector.segments.len() {
        let rest = selector.segments.get(index..).unwrap_or_default();
        walk.follow(rest).map_err(|(place, cause)| Unmatched {
            place,
            cause,
            empty_list: !selector.is_definite() && !ends_without_value(selector, index),
        })?;
    }
    Ok(Selection {
        nodes: walk.nodes,
        definite: selector.is_definite(),
        doubts: walk.doubts,
    })
}

/// Whether there is no value at all, not even an empty list, where this segment finds nothing.
fn ends_without_value(selector: &Selector, index: usize) -> bool {
    let segment = selector.segments.get(index);
    let takes_part = segment.is_some_and(|segment| {
        use SelectorSegment::{Index, Indexes, Key, Slice};
        matches!(segment.value, Key(_) | Index(_) | Indexes(_) | Slice { .. })
    });
    takes_part && selector.is_definite_before(index)
}

/// The places that a path has come to so far.
struct Walk<'a> {
    answer: &'a Answer,
    nodes: Vec<Node>,
    place: Place,
    doubts: Vec<Doubt>,
}

impl Walk<'_> {
    /// One segment further; what comes behind it tells how some are read.
    fn follow(&mut self, segments: &[Spanned<SelectorSegment>]) -> Result<(), (Span, Box<Cause>)> {
        let [segment, rest @ ..] = segments else {
            return Ok(());
        };
        let found = match &segment.value {
            SelectorSegment::Descend => self.answer.descendants(&self.nodes),
            SelectorSegment::Filter(filter) => self.filtered(segment.span, filter)?,
            plain => self.parts(plain, rest.is_empty()),
        };
        if found.is_empty() {
            return Err((segment.span, self.nothing(Key::of(segment))));
        }
        self.nodes = found;
        self.place.push(&segment.value);
        Ok(())
    }

    fn parts(&self, segment: &SelectorSegment, last: bool) -> Vec<Node> {
        let parts = self.nodes.iter().flat_map(|node| {
            let view = self.answer.view(node);
            parts(&view, segment, last)
        });
        distinct(parts)
    }

    /// What a filter lets through: elements of a list, or the object itself.
    fn filtered(&mut self, place: Span, filter: &Filter) -> Result<Vec<Node>, (Span, Box<Cause>)> {
        let answer = self.answer;
        let candidates = distinct(self.nodes.iter().flat_map(|node| match answer.view(node) {
            View::Any => Some(Node::Any),
            View::List(element) => Some(element),
            View::Object(_) | View::Map(_) => Some(node.clone()),
            View::Scalar(_) => None,
        }));
        if candidates.is_empty() {
            return Err((place, self.nothing(None)));
        }
        let looked_at = self.looked_at(candidates.clone(), filter)?;
        self.doubts.extend(filter::compare(&looked_at, filter)?);
        let has_it = |node: &Node| self.looked_at(vec![node.clone()], filter).is_ok();
        Ok(candidates.into_iter().filter(has_it).collect())
    }

    /// What a filter looks at in these elements.
    fn looked_at(&self, elements: Vec<Node>, filter: &Filter) -> Result<Self, (Span, Box<Cause>)> {
        let mut inside = Self {
            answer: self.answer,
            nodes: elements,
            place: Place::element(&self.place),
            doubts: Vec::new(),
        };
        for index in 0..filter.path.len() {
            inside.follow(filter.path.get(index..).unwrap_or_default())?;
        }
        Ok(inside)
    }

    fn nothing(&self, key: Option<Key>) -> Box<Cause> {
        Box::new(Cause::Nothing {
            key,
            at: self.nodes.clone(),
            place: self.place.clone(),
        })
    }
}

/// What a segment leads to from one place.
fn parts(view: &View<'_>, segment: &SelectorSegment, last: bool) -> Vec<Node> {
    match segment {
        SelectorSegment::Length if matches!(view, View::Scalar(_)) => Vec::new(),
        SelectorSegment::Length => vec![Node::Integer],
        _ if matches!(view, View::Any) => vec![Node::Any],
        SelectorSegment::Key(key) => view.member(key).into_iter().collect(),
        SelectorSegment::Keys(keys) if last => view.members(keys).into_iter().collect(),
        SelectorSegment::Keys(keys) => keys.iter().filter_map(|key| view.member(key)).collect(),
        SelectorSegment::Index(_) | SelectorSegment::Indexes(_) | SelectorSegment::Slice { .. } => {
            view.element().into_iter().collect()
        }
        SelectorSegment::AnyChild => view.children(),
        // The walk itself does these.
        SelectorSegment::Descend | SelectorSegment::Filter(_) => Vec::new(),
    }
}

fn distinct(nodes: impl Iterator<Item = Node>) -> Vec<Node> {
    let mut found = Vec::new();
    for node in nodes {
        if !found.contains(&node) {
            found.push(node);
        }
    }
    found
}
