//! From the events of the YAML parser to the tree; beside it only `malformed` knows the parser, by its errors.
//!
//! Aliases and merge keys are expanded here, within bounds, and duplicate keys are
//! reported, since the parser leaves both to its caller.

use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, StructureStyle, Tag, options};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::habits;
use crate::source::{Source, Span, Spanned};
use crate::syntax::malformed::{self, Failed};
use crate::syntax::node::{Entry, Node, NodeKind};
use crate::syntax::origin::Origin;
use crate::syntax::repair::{self, Repaired};
use crate::syntax::scalar::{Scalar, Style};

/// More nodes than a document of the permitted size can hold without aliases.
const MOST_NODES: usize = 100_000;

/// Deeper nesting serves nobody and would endanger the stack.
const DEEPEST: usize = 100;

/// The longest key of a mapping that YAML allows without a `?` before it.
pub(super) const LONGEST_KEY: usize = 1024;

/// The largest document that the service takes (spec 1.2).
const MOST_BYTES: usize = 64 * 1024;

/// Each round of repairs parses the text again.
const MOST_REPAIRS: usize = 100;

/// Reads a YAML or JSON text; `None` when it is not well-formed, which is then
/// the only error reported beside unquoted references.
pub fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Option<Node> {
    if source.text.len() > MOST_BYTES {
        diagnostics.push(too_large(source));
    }
    settle(&source.text, |attempt, repaired, reports| {
        diagnostics.extend(reports);
        attempt.finish(source, repaired, diagnostics)
    })
}

/// What a text has beside its tree.
#[derive(Debug, Default)]
pub(crate) struct Margin {
    /// The comments, from their `#` to the end of the line.
    pub(crate) comments: Vec<Span>,
    /// The scalars of more than one line.
    pub(crate) long_scalars: Vec<Span>,
}

/// Finds the comments of a text, as far as it can be parsed.
pub(crate) fn margin(source: &Source) -> Margin {
    settle(&source.text, |_, repaired, _| {
        let mut margin = Margin::default();
        for located in Attempt::run(repaired, Comments::Kept).events {
            let span = repaired.original_span(located.span);
            match located.event {
                Event::Comment(..) => margin.comments.push(span),
                Event::Scalar(..) if source.slice(span).trim_end().contains('\n') => {
                    margin.long_scalars.push(span);
                }
                _ => {}
            }
        }
        margin
    })
}

/// Parses a text until no unquoted reference is left in it; gives what came of it with the reports of those.
fn settle<T>(text: &str, last: impl FnOnce(Attempt<'_>, &Repaired, Vec<Diagnostic>) -> T) -> T {
    let mut repaired = Repaired::new(text);
    let mut reports = Vec::new();
    let mut repairs = 0;
    loop {
        let attempt = Attempt::run(&repaired, Comments::Dropped);
        let found = repair::unquoted(&repaired, &attempt.double_braces, attempt.failed_at());
        repairs += 1;
        if found.is_empty() || repairs > MOST_REPAIRS || repaired.is_futile() {
            return last(attempt, &repaired, reports);
        }
        for reference in found {
            reports.push(repaired.quote(&reference));
        }
    }
}

fn too_large(source: &Source) -> Diagnostic {
    let message = format!(
        "the document has {} bytes, and the service takes {MOST_BYTES}",
        source.text.len()
    );
    // AWS's own runbooks exceed the limit, and so may one that is never uploaded.
    Diagnostic::warning(Code::DocumentTooLarge, Span::at(0), message)
        .help("move long scripts into attachments, or split the runbook")
}

/// One pass over the text.
struct Attempt<'text> {
    events: Vec<Located<'text>>,
    failure: Option<Failure>,
    /// Where a `{` that begins a flow mapping is followed by another one, with
    /// whether this is inside another flow collection.
    double_braces: Vec<(usize, bool)>,
}

struct Located<'text> {
    event: Event<'text>,
    span: Span,
    tag: Option<Span>,
}

struct Failure {
    kind: ErrorKind,
    offset: usize,
}

impl<'text> Attempt<'text> {
    fn run(repaired: &'text Repaired, comments: Comments) -> Self {
        let mut attempt = Self {
            events: Vec::new(),
            failure: None,
            double_braces: Vec::new(),
        };
        for next in Parser::new_from_str_with_options(
            repaired.text(),
            options(comments, key_limit(repaired.text())),
        ) {
            match next {
                Ok((event, span)) => attempt.events.push(Located {
                    event,
                    span: byte_span(&span),
                    tag: span.tag_span().map(|span| byte_span(&span)),
                }),
                Err(error) => {
                    attempt.failure = Some(Failure {
                        kind: error.kind().clone(),
                        offset: error.marker().byte_offset().unwrap_or_default(),
                    });
                    break;
                }
            }
        }
        attempt.double_braces = double_braces(&attempt.events);
        attempt
    }

    fn failed_at(&self) -> Option<usize> {
        self.failure.as_ref().map(|failure| failure.offset)
    }

    fn finish(
        self,
        source: &Source,
        repaired: &Repaired,
        diagnostics: &mut Diagnostics,
    ) -> Option<Node> {
        if let Some(failure) = self.failure {
            let failed = Failed {
                kind: &failure.kind,
                offset: repaired.original(failure.offset),
                open: open_bracket(&self.events, repaired.text())
                    .map(|offset| repaired.original(offset)),
            };
            diagnostics.push(failed.report(source));
            return None;
        }
        let plain = self
            .events
            .iter()
            .filter_map(|located| match located.event {
                Event::Scalar(_, ScalarStyle::Plain, ..) => {
                    Some(repaired.original_span(located.span))
                }
                _ => None,
            });
        if let Some(report) = malformed::indented_by_odd_blanks(source, plain) {
            diagnostics.push(report);
            return None;
        }
        // What was repaired is reported already.
        if repaired.text() == source.text {
            diagnostics.extend(malformed::not_json(source));
        }
        let mut builder = Builder::new(repaired, diagnostics);
        let mut events = self.events.into_iter();
        builder.documents(&mut events)
    }
}

/// Whether the events have the comments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comments {
    Kept,
    Dropped,
}

/// How long a key may be. Only YAML has a limit.
fn key_limit(text: &str) -> usize {
    match malformed::after_brace_of_json(text) {
        Some(_) => usize::MAX,
        None => LONGEST_KEY,
    }
}

fn options(comments: Comments, key_limit: usize) -> Options {
    options! {
        simple_key_max_lookahead: key_limit,
        emit_comments: comments == Comments::Kept,
        max_buffered_comment_events: usize::MAX,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
    }
}

fn byte_span(span: &granit_parser::Span) -> Span {
    span.byte_range()
        .map_or_else(Span::default, |range| Span::new(range.start, range.end))
}

/// The innermost bracket that was open when the parser failed.
fn open_bracket(events: &[Located<'_>], text: &str) -> Option<usize> {
    // A pair in brackets is a mapping without a bracket of its own.
    let has_bracket = |start: usize| {
        text.get(start..)
            .is_some_and(|rest| rest.starts_with(['[', '{']))
    };
    let mut open = Vec::new();
    for located in events {
        match &located.event {
            Event::MappingStart(style, ..) | Event::SequenceStart(style, ..) => {
                let start = located.span.start;
                open.push((*style == StructureStyle::Flow).then_some(start));
            }
            Event::MappingEnd | Event::SequenceEnd => drop(open.pop()),
            _ => {}
        }
    }
    let innermost = open.into_iter().rev();
    let mut innermost =
        innermost.skip_while(|start| start.is_some_and(|start| !has_bracket(start)));
    innermost.next().flatten()
}

fn double_braces(events: &[Located<'_>]) -> Vec<(usize, bool)> {
    let mut found = Vec::new();
    let mut flow_depth = 0usize;
    for pair in events.windows(2) {
        let [outer, inner] = pair else { continue };
        match &outer.event {
            Event::MappingStart(StructureStyle::Flow, ..) => {
                let adjacent = inner.span.start == outer.span.start + 1;
                let opens = matches!(inner.event, Event::MappingStart(StructureStyle::Flow, ..));
                if adjacent && opens {
                    found.push((outer.span.start, flow_depth > 0));
                }
                flow_depth += 1;
            }
            Event::SequenceStart(StructureStyle::Flow, ..) => flow_depth += 1,
            Event::MappingEnd | Event::SequenceEnd => flow_depth = flow_depth.saturating_sub(1),
            _ => {}
        }
    }
    found
}

/// A finished node with what counts against the limits.
#[derive(Clone)]
struct Anchored {
    node: Node,
    nodes: usize,
    depth: usize,
}

/// Turns events into nodes.
struct Builder<'build> {
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
    fn new(repaired: &'build Repaired, diagnostics: &'build mut Diagnostics) -> Self {
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

    fn documents<'text>(
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
