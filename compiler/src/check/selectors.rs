//! Selectors against the shape of an answer (spec 3.7): what they select, and whether they can match at all.
//!
//! Follows the path through the service's model instead of an answer. A deep scan or a wildcard may come to several
//! places at once, so there is always a list of [`Node`]s; where the model says nothing, [`Node::Any`] keeps silence.

mod answer;
mod convert;
mod report;

pub(super) use answer::{Answer, Node, ScalarKind, View};
pub(super) use convert::{Fit, fit, natural_type};

use crate::source::{Span, Spanned};
use crate::syntax::{Selector, SelectorSegment};

/// What a selector selects.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    /// The places it may come to; at least one.
    pub(super) nodes: Vec<Node>,
    /// Whether it gives one value; else it gives a list of what it finds.
    pub(super) definite: bool,
}

/// Where a selector comes to nothing.
#[derive(Clone, Debug)]
pub(super) struct Unmatched {
    /// The segment that finds nothing.
    pub(super) segment: Span,
    /// The key that is not there, with its own place if that is known.
    key: Option<(String, Option<Span>)>,
    /// What the segment looked at.
    at: Vec<Node>,
    /// The path up to there, as a selector; empty for the answer itself.
    before: String,
}

/// What a selector selects from an answer.
pub(super) fn select(answer: &Answer, selector: &Selector) -> Result<Selection, Unmatched> {
    let mut nodes = vec![answer.root.clone()];
    let mut before = String::new();
    for segment in &selector.segments {
        let found = step(answer, &nodes, &segment.value);
        if found.is_empty() {
            return Err(Unmatched {
                segment: segment.span,
                key: key_of(segment),
                at: nodes,
                before,
            });
        }
        nodes = found;
        before.push_str(&written(&segment.value));
    }
    Ok(Selection {
        nodes,
        definite: selector.is_definite(),
    })
}

/// One segment further from every node.
fn step(answer: &Answer, nodes: &[Node], segment: &SelectorSegment) -> Vec<Node> {
    let mut found = Vec::new();
    if matches!(
        segment,
        SelectorSegment::DeepKey(_) | SelectorSegment::DeepAny
    ) {
        for node in answer.descendants(nodes) {
            follow(answer, &node, segment, &mut found);
        }
    } else {
        for node in nodes {
            follow(answer, node, segment, &mut found);
        }
    }
    found
}

fn follow(answer: &Answer, node: &Node, segment: &SelectorSegment, found: &mut Vec<Node>) {
    let view = answer.view(node);
    let nodes = match segment {
        _ if matches!(view, View::Any) => vec![Node::Any],
        SelectorSegment::Key(key) | SelectorSegment::DeepKey(key) => {
            view.member(key).into_iter().collect()
        }
        SelectorSegment::Keys(keys) => view.members(keys).into_iter().collect(),
        SelectorSegment::Index(_) | SelectorSegment::Indexes(_) | SelectorSegment::Slice { .. } => {
            view.element().into_iter().collect()
        }
        SelectorSegment::AnyChild | SelectorSegment::DeepAny => view.children(),
        SelectorSegment::Filter(filter) => filtered(answer, node, &view, &filter.path),
        SelectorSegment::Length => match view {
            View::Scalar(_) => Vec::new(),
            _ => vec![Node::Integer],
        },
    };
    for node in nodes {
        if !found.contains(&node) {
            found.push(node);
        }
    }
}

/// What a filter lets through: elements of a list, or the object itself, if they have what the filter looks at.
fn filtered(answer: &Answer, node: &Node, view: &View<'_>, path: &[SelectorSegment]) -> Vec<Node> {
    let candidate = match view {
        View::List(element) => element.clone(),
        View::Object(_) | View::Map(_) => node.clone(),
        View::Any | View::Scalar(_) => return Vec::new(),
    };
    let mut looked_at = vec![candidate.clone()];
    for segment in path {
        looked_at = step(answer, &looked_at, segment);
    }
    if looked_at.is_empty() {
        Vec::new()
    } else {
        vec![candidate]
    }
}

/// A segment as the author may have written it.
fn written(segment: &SelectorSegment) -> String {
    match segment {
        SelectorSegment::Key(key) => format!(".{key}"),
        SelectorSegment::DeepKey(key) => format!("..{key}"),
        SelectorSegment::Index(index) => format!("[{index}]"),
        SelectorSegment::AnyChild => "[*]".to_owned(),
        SelectorSegment::DeepAny => "..*".to_owned(),
        SelectorSegment::Length => ".length()".to_owned(),
        SelectorSegment::Filter(_) => "[?(…)]".to_owned(),
        SelectorSegment::Keys(_) | SelectorSegment::Indexes(_) | SelectorSegment::Slice { .. } => {
            "[…]".to_owned()
        }
    }
}

/// The key of a segment and its place, without dots, brackets and quotes.
fn key_of(segment: &Spanned<SelectorSegment>) -> Option<(String, Option<Span>)> {
    let (key, deep) = match &segment.value {
        SelectorSegment::Key(key) => (key, 0),
        SelectorSegment::DeepKey(key) => (key, 1),
        _ => return None,
    };
    let Span { start, end } = segment.span;
    let around = end
        .checked_sub(start)
        .and_then(|length| length.checked_sub(key.len()));
    let inner = match around.and_then(|around| around.checked_sub(deep)) {
        Some(0) => Some(Span::new(start, end)),
        Some(1) => Some(Span::new(start + 1 + deep, end)),
        Some(3) => Some(Span::new(start + 2 + deep, end - 1)),
        Some(4) => Some(Span::new(start + 2 + deep, end - 2)),
        _ => None,
    };
    Some((key.clone(), inner))
}
