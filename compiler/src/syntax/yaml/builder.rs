//! From the events of the YAML parser to nodes.
//!
//! Aliases and merge keys are expanded here, within bounds, and duplicate keys are
//! reported, since the parser leaves both to its caller.

use std::collections::HashMap;

use granit_parser::{Event, ScalarStyle, Tag};

use super::{DEEPEST, Located};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::habits;
use crate::source::{Span, Spanned};
use crate::syntax::node::{Entry, Node, NodeKind};
use crate::syntax::origin::Origin;
use crate::syntax::repair::Repaired;
use crate::syntax::scalar::{Scalar, Style};

/// More nodes than a document of the permitted size can hold without aliases.
const MOST_NODES: usize = 100_000;

/// A finished node with what counts against the limits.
#[derive(Clone)]
struct Anchored {
    node: Node,
    nodes: usize,
    depth: usize,
}

/// Turns events into nodes.
pub(super) struct Builder<'build> {
    repaired: &'build Repaired,
    diagnostics: &'build mut Diagnostics,
    anchors: HashMap<usize, Anchored>,
    nodes: usize,
    /// The deepest level reached since it was last reset.
    deepest: usize,
    /// Whether too many aliases were reported.
    exceeded: bool,
    /// Whether the node lies in one whose tag was reported.
    tagged: bool,
}

impl<'build> Builder<'build> {
    pub(super) fn new(repaired: &'build Repaired, diagnostics: &'build mut Diagnostics) -> Self {
        Self {
            repaired,
            diagnostics,
            anchors: HashMap::new(),
            nodes: 0,
            deepest: 0,
            exceeded: false,
            tagged: false,
        }
    }

    pub(super) fn documents<'text>(
        &mut self,
        events: &mut impl Iterator<Item = Located<'text>>,
    ) -> Option<Node> {
        let mut root = None;
        while let Some(located) = events.next() {
            match located.event {
                Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
                Event::DocumentStart(..) if root.is_some() => {
                    let span = self.repaired.original_span(located.span);
                    self.diagnostics.push(second_document(span));
                    break;
                }
                Event::DocumentStart(..) => {}
                _ => root = Some(self.node(located, events, 0)),
            }
        }
        // An empty text is an empty value, which is no runbook; its reader says so.
        Some(root.unwrap_or_else(|| null_at(Span::at(0))))
    }

    fn node<'text>(
        &mut self,
        located: Located<'text>,
        events: &mut impl Iterator<Item = Located<'text>>,
        depth: usize,
    ) -> Node {
        let before = self.nodes;
        let outer_deepest = std::mem::replace(&mut self.deepest, depth);
        self.nodes += 1;
        let span = self.repaired.original_span(located.span);
        let tagged = self.check_tag(&located);
        let outer_tagged = self.tagged;
        self.tagged |= tagged;
        let (anchor, node) = match located.event {
            Event::Scalar(text, style, anchor, tag) => {
                let style = style_of(style, tag.as_deref());
                (anchor, self.scalar(&text, style, located.span))
            }
            Event::SequenceStart(_, anchor, _) => (anchor, self.sequence(span, events, depth)),
            Event::MappingStart(_, anchor, _) => (anchor, self.mapping(span, events, depth)),
            Event::Alias(anchor) => (0, self.alias(anchor, span, depth)),
            _ => (0, Node::unknown(span)),
        };
        self.tagged = outer_tagged;
        let node = match tagged {
            true => Node::unknown(node.span),
            false => node,
        };
        if anchor != 0 {
            self.anchors.insert(
                anchor,
                Anchored {
                    node: node.clone(),
                    nodes: self.nodes - before,
                    depth: self.deepest - depth,
                },
            );
        }
        self.deepest = self.deepest.max(outer_deepest);
        node
    }

    fn scalar(&self, text: &str, style: Style, place: Span) -> Node {
        let (span, origin) = self.repaired.origin(place, text, style);
        Node {
            span,
            kind: NodeKind::Scalar(Scalar {
                text: text.to_owned(),
                style,
                origin,
            }),
        }
    }

    fn sequence<'text>(
        &mut self,
        start: Span,
        events: &mut impl Iterator<Item = Located<'text>>,
        depth: usize,
    ) -> Node {
        let mut elements = Vec::new();
        let mut end = start;
        while let Some(located) = events.next() {
            if located.event == Event::SequenceEnd {
                end = self.repaired.original_span(located.span);
                break;
            }
            elements.push(self.node(located, events, depth + 1));
        }
        Node {
            span: self.collection_span(start, end),
            kind: NodeKind::Sequence(elements),
        }
    }

    fn mapping<'text>(
        &mut self,
        start: Span,
        events: &mut impl Iterator<Item = Located<'text>>,
        depth: usize,
    ) -> Node {
        let mut entries = Vec::new();
        let mut merged = Vec::new();
        let mut end = start;
        while let Some(located) = events.next() {
            if located.event == Event::MappingEnd {
                end = self.repaired.original_span(located.span);
                break;
            }
            let key = self.node(located, events, depth + 1);
            let Some(located) = events.next() else { break };
            let value = self.node(located, events, depth + 1);
            match self.key(key) {
                Some(key) if key.value == "<<" => merged.push(value),
                Some(key) => self.entry(&mut entries, key, value),
                None => {}
            }
        }
        for value in merged {
            self.merge(&mut entries, value);
        }
        Node {
            span: self.collection_span(start, end),
            kind: NodeKind::Mapping(entries),
        }
    }

    /// Block collections end where the next token begins; people see them end at
    /// their last character.
    fn collection_span(&self, start: Span, end: Span) -> Span {
        let whole = start.to(end);
        let text = self
            .repaired
            .source()
            .get(whole.range())
            .unwrap_or_default();
        Span::new(whole.start, whole.start + text.trim_end().len())
    }

    fn key(&mut self, key: Node) -> Option<Spanned<String>> {
        match key.kind {
            NodeKind::Scalar(scalar) => {
                let span = scalar.inner_span();
                Some(Spanned::new(scalar.text, span))
            }
            NodeKind::Unknown => None,
            _ => {
                let what = key.describe();
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::WrongKind,
                        key.span,
                        format!("the key of a mapping is {what}"),
                    )
                    .label("a key is a string")
                    .help("quote text that begins with `{` or `[`"),
                );
                None
            }
        }
    }

    fn entry(&mut self, entries: &mut Vec<Entry>, key: Spanned<String>, value: Node) {
        match entries.iter().find(|entry| entry.key.value == key.value) {
            Some(first) => self.diagnostics.push(duplicate_key(&key, first.key.span)),
            None => entries.push(Entry { key, value }),
        }
    }

    /// `<<: *base` brings in the keys that are not written (YAML 1.1).
    fn merge(&mut self, entries: &mut Vec<Entry>, value: Node) {
        match value.kind {
            NodeKind::Mapping(base) => {
                for entry in base {
                    if !entries
                        .iter()
                        .any(|known| known.key.value == entry.key.value)
                    {
                        entries.push(entry);
                    }
                }
            }
            NodeKind::Sequence(bases) => {
                bases.into_iter().for_each(|base| self.merge(entries, base))
            }
            NodeKind::Unknown => {}
            NodeKind::Scalar(_) => self.diagnostics.push(
                Diagnostic::error(
                    Code::WrongKind,
                    value.span,
                    "`<<` merges something that is no mapping",
                )
                .label("a mapping is expected here"),
            ),
        }
    }

    fn alias(&mut self, anchor: usize, span: Span, depth: usize) -> Node {
        let Some(anchored) = self.anchors.get(&anchor) else {
            self.diagnostics.push(
                Diagnostic::error(
                    Code::MalformedYaml,
                    span,
                    "an alias stands inside its own anchor",
                )
                .label("this would go on forever"),
            );
            return Node::unknown(span);
        };
        let too_many = self.nodes + anchored.nodes > MOST_NODES;
        if too_many || depth + anchored.depth > DEEPEST {
            if !std::mem::replace(&mut self.exceeded, true) {
                self.diagnostics.push(too_many_aliases(span));
            }
            return Node::unknown(span);
        }
        self.nodes += anchored.nodes;
        self.deepest = self.deepest.max(depth + anchored.depth);
        anchored.node.clone()
    }

    /// Whether a node has a tag that YAML does not know, which is reported unless one around it was.
    fn check_tag(&mut self, located: &Located<'_>) -> bool {
        let tag = match &located.event {
            Event::Scalar(_, _, _, tag)
            | Event::SequenceStart(_, _, tag)
            | Event::MappingStart(_, _, tag) => tag,
            _ => return false,
        };
        let Some(tag) = tag.as_deref().filter(|tag| tag.core_suffix().is_none()) else {
            return false;
        };
        if self.tagged {
            return true;
        }
        let span = self
            .repaired
            .original_span(located.tag.unwrap_or(located.span));
        let written = tag.original();
        let message = format!("the tag `{written}` means nothing in a runbook");
        let help = habits::meant(habits::FUNCTIONS, written.trim_start_matches('!'));
        self.diagnostics.push(
            Diagnostic::error(Code::MalformedYaml, span, message)
                .label("the service refuses it")
                .help(help.unwrap_or(
                    "CloudFormation's functions work in templates only; quote text that begins with `!`",
                )),
        );
        true
    }
}

fn style_of(style: ScalarStyle, tag: Option<&Tag>) -> Style {
    match style {
        // `!!str 123` is text.
        ScalarStyle::Plain if tag.and_then(Tag::core_suffix) == Some("str") => Style::DoubleQuoted,
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}

fn null_at(span: Span) -> Node {
    Node {
        span,
        kind: NodeKind::Scalar(Scalar {
            text: String::new(),
            style: Style::Plain,
            origin: Origin::whole(span),
        }),
    }
}

fn too_many_aliases(span: Span) -> Diagnostic {
    let message = "the aliases expand to too large a document";
    Diagnostic::error(Code::DocumentTooLarge, span, message).label("this one exceeds the limit")
}

fn second_document(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::MalformedYaml,
        span,
        "a second document begins in this file",
    )
    .label("everything from here on is ignored")
    .help("keep one runbook per file")
}

fn duplicate_key(key: &Spanned<String>, first: Span) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateKey,
        key.span,
        format!("the key `{key}` is given twice"),
    )
    .label("given again here")
    .context(first, "first given here")
    .help("remove one of them, or rename it")
}
