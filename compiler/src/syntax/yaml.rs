//! From a text to the tree, by the YAML parser; beside this module only `malformed` knows it, by its errors.
//!
//! A text is repaired and parsed again while references in it are unquoted; `builder` makes
//! nodes of the events of the last attempt.

mod builder;

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, StructureStyle, options};

use self::builder::Builder;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Source, Span};
use crate::syntax::malformed::{self, Failed};
use crate::syntax::node::Node;
use crate::syntax::repair::{self, Repaired};

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
