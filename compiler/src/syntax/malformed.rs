//! Reports of texts that are not well-formed: what is wrong in an author's words, at the place where it began.
//!
//! A parser fails where it can no longer go on. A quote or a bracket that is not closed, or a tab, stands before or behind
//! that, and is what the author has to look at.

use granit_parser::ErrorKind;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::source::{Source, Span};
use crate::syntax::yaml::LONGEST_KEY;

/// Where and why the parser gave up.
pub(super) struct Failed<'a> {
    /// Why.
    pub(super) kind: &'a ErrorKind,
    /// Where.
    pub(super) offset: usize,
    /// The innermost bracket that was open then.
    pub(super) open: Option<usize>,
}

impl Failed<'_> {
    /// The report.
    pub(super) fn report(&self, source: &Source) -> Diagnostic {
        if let Some(json) = after_brace_of_json(&source.text) {
            let skipped = source.text.len() - json.len() - 1;
            if let Some(diagnostic) = malformed_json(source, skipped) {
                return diagnostic;
            }
        }
        if let Some(report) = self.long_key(&source.text) {
            return report;
        }
        let here = visible_place(&source.text, self.offset);
        let cause = self.open_quote(&source.text);
        let cause = cause.or_else(|| self.open_bracket(&source.text));
        if let Some(report) = cause.is_none().then(|| self.habit(&source.text)).flatten() {
            return report;
        }
        if let Some(Cause {
            place,
            reason,
            help,
        }) = cause
        {
            let message = format!("the YAML is not well-formed: {reason}");
            return Diagnostic::error(Code::MalformedYaml, place, message)
                .label("opened here")
                .context(here, "so this does not belong here")
                .help(help);
        }
        let (reason, help) = explain(self.kind);
        let place = self.tab(&source.text).unwrap_or(here);
        let message = format!("the YAML is not well-formed: {reason}");
        let diagnostic = Diagnostic::error(Code::MalformedYaml, place, message).label("here");
        match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }

    /// A key that is longer than YAML allows is none, so that the parser fails where it begins, or at the `:` behind it.
    fn long_key(&self, text: &str) -> Option<Diagnostic> {
        let line = line_start(text, self.offset.min(text.len()));
        let rest = text.get(self.offset..)?.lines().next()?;
        let colon = self.offset
            + rest
                .find(": ")
                .or_else(|| rest.ends_with(':').then(|| rest.len() - 1))?;
        let before = text.get(line..colon)?.trim_end();
        let start = match before.strip_suffix(['\'', '"']) {
            Some(quoted) => quoted.rfind(['\'', '"'])?,
            None => before.rfind(['{', ',']).map_or(0, |index| index + 1),
        };
        let blanks = |text: &str| text.len() - text.trim_start_matches([' ', '-']).len();
        let start = start + blanks(before.get(start..)?);
        let key = before.get(start..)?;
        let message =
            format!("the YAML is not well-formed: a key of more than {LONGEST_KEY} characters");
        (key.chars().count() > LONGEST_KEY).then(|| {
            Diagnostic::error(
                Code::MalformedYaml,
                Span::new(line + start, line + start + key.len()),
                message,
            )
            .label("YAML takes no key that is so long")
            .help("write a shorter key, or the runbook in JSON, whose keys have any length")
        })
    }

    /// A quote that is not closed takes in lines up to the next one, which then has a text behind it.
    fn open_quote(&self, text: &str) -> Option<Cause> {
        let quote = match self.kind {
            ErrorKind::InvalidTrailingSingleQuotedScalar => '\'',
            ErrorKind::InvalidTrailingDoubleQuotedScalar => '"',
            _ => return None,
        };
        let before = text.get(..self.offset)?.trim_end();
        let closed = before.strip_suffix(quote)?;
        let start = last_opening(closed, quote)?;
        let line = closed.get(start..)?.find('\n')?;
        Some(Cause {
            place: Span::new(start, start + line),
            reason: "a quote is not closed",
            help: "close the quote that begins here",
        })
    }

    /// A bracket that is not closed takes in lines that are not indented more than its own.
    fn open_bracket(&self, text: &str) -> Option<Cause> {
        let start = match self.open {
            Some(start) => start,
            None => self.open_before(text)?,
        };
        let failed = text.get(..self.offset)?;
        let between = failed.get(start..)?;
        let mut lines = between.split('\n').skip(1);
        let indent = indentation(text.get(line_start(text, start)..)?);
        // The line of the failure is cut off at the failure, and may end before its first word.
        let outdented = lines.any(|line| !line.trim().is_empty() && indentation(line) <= indent);
        let outdented = outdented || between.contains('\n') && column(text, self.offset) <= indent;
        outdented.then_some(Cause {
            place: Span::new(start, start + 1),
            reason: "a bracket is not closed",
            help: "close the bracket that begins here",
        })
    }

    /// The parser tells of a bracket late, for all behind it might have been a key. Before that, the lines tell: a `-` at the
    /// beginning of one is only wrong inside of brackets.
    fn open_before(&self, text: &str) -> Option<usize> {
        if !matches!(self.kind, ErrorKind::BlockEntryInFlowCollection) {
            return None;
        }
        let before = text.get(..line_start(text, self.offset))?;
        let mut lines = before
            .rmatch_indices('\n')
            .map(|(end, _)| line_start(text, end)..end);
        lines.find_map(|line| Some(line.start + open_in_line(text.get(line)?)?))
    }

    /// What is not YAML, but plain to see on the line of the failure, or on the one before.
    fn habit(&self, text: &str) -> Option<Diagnostic> {
        let here = line_start(text, self.offset.min(text.len()));
        let before = here.checked_sub(1).map(|end| line_start(text, end));
        [Some(here), before]
            .into_iter()
            .flatten()
            .find_map(|start| {
                let line = text.get(start..)?.lines().next()?;
                odd_blank(start, line).or_else(|| blank_in_jump(start, line))
            })
    }

    /// The tab that the parser met: in the indentation of its line, or behind the place where it noticed.
    fn tab(&self, text: &str) -> Option<Span> {
        if !is_tab(self.kind) {
            return None;
        }
        let line = self.offset - column(text, self.offset);
        let rest = text.get(line..)?;
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let indented = rest.get(..blank)?.find('\t').map(|index| line + index);
        let behind = || Some(self.offset + text.get(self.offset..)?.find('\t')?);
        let start = indented.or_else(behind)?;
        Some(Span::new(start, start + 1))
    }
}

/// The last quote of a text that is no escaped one: in single quotes, two of them are, in double ones that behind `\`.
fn last_opening(text: &str, quote: char) -> Option<usize> {
    let mut before = text;
    loop {
        let last = before.rfind(quote)?;
        before = before.get(..last)?;
        let is_escaped = match quote {
            '\'' => {
                before = before.trim_end_matches(quote);
                (last - before.len()) % 2 == 1
            }
            _ => before.ends_with('\\'),
        };
        if !is_escaped {
            return Some(before.len());
        }
    }
}

/// What stands behind the first brace of a text that looks like JSON.
pub(super) fn after_brace_of_json(text: &str) -> Option<&str> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let rest = text.strip_prefix('{')?;
    rest.trim_start().starts_with('"').then_some(rest)
}

/// A blank that is no blank for YAML, where one has to stand: before or behind a key.
fn odd_blank(start: usize, line: &str) -> Option<Diagnostic> {
    let (index, odd) = line.match_indices(is_odd_blank).find(|(index, _)| {
        let before = line.get(..*index).unwrap_or_default();
        before.trim().is_empty() || before.ends_with([':', '-'])
    })?;
    let code = u32::from(odd.chars().next()?);
    let span = Span::new(start + index, start + index + odd.len());
    let message = "the YAML is not well-formed: a blank that is none for YAML";
    Some(
        Diagnostic::error(Code::MalformedYaml, span, message)
            .label(format!("this is U+{code:04X}"))
            .edit(span, " ", "write an ordinary blank"),
    )
}

/// Whether YAML takes a blank for a letter: only the one of ASCII separates and indents.
fn is_odd_blank(next: char) -> bool {
    next.is_whitespace() && !next.is_ascii_whitespace()
}

/// The report of lines that are indented by blanks which are none for YAML; it takes them for the beginning of a text, among
/// the plain ones at these places.
pub(super) fn indented_by_odd_blanks(
    source: &Source,
    plain: impl Iterator<Item = Span>,
) -> Option<Diagnostic> {
    let text = source.text.as_str();
    let odd = plain.filter(|span| {
        let before = text.get(line_start(text, span.start)..span.start);
        let is_first = before.is_some_and(|before| before.trim().is_empty());
        is_first && source.slice(*span).starts_with(is_odd_blank)
    });
    let blanks = odd.flat_map(|span| {
        let indentation = source.slice(span).char_indices();
        let indentation = indentation.take_while(|(_, next)| next.is_whitespace());
        let odd = indentation.filter(|(_, next)| is_odd_blank(*next));
        odd.map(move |(index, next)| {
            let start = span.start + index;
            Span::new(start, start + next.len_utf8())
        })
    });
    let blanks: Vec<Span> = blanks.collect();
    let first = *blanks.first()?;
    let code = source.slice(first).chars().next().map_or(0, u32::from);
    let message =
        "the YAML is not well-formed: lines are indented by blanks that are none for YAML";
    let edits = blanks.iter().map(|blank| (*blank, " ".to_owned()));
    Some(
        Diagnostic::error(Code::MalformedYaml, first, message)
            .label(format!("this is U+{code:04X}"))
            .edits(edits, "write ordinary blanks"),
    )
}

/// The warning about a file that is called JSON and is only YAML: a comment, a comma too many, single quotes.
pub(super) fn not_json(source: &Source) -> Option<Diagnostic> {
    let skipped = source.text.len() - source.text.trim_start_matches('\u{feff}').len();
    let is_json = source.file().to_ascii_lowercase().ends_with(".json");
    let report = is_json.then(|| malformed_json(source, skipped)).flatten()?;
    Some(Diagnostic {
        severity: Severity::Warning,
        ..report.help("the service takes it as YAML only; with `DocumentFormat: JSON`, the default, it refuses it")
    })
}

/// `onFailure: step: NAME`, which has a blank behind its second colon.
fn blank_in_jump(start: usize, line: &str) -> Option<Diagnostic> {
    let key = line.trim_start_matches([' ', '-']);
    let (handler, target) = key.split_once(':')?;
    let target = target.split(" #").next()?.trim();
    let behind = target.strip_prefix("step:")?;
    let name = behind.trim_start();
    let is_name = |next: char| next.is_ascii_alphanumeric() || next == '_';
    if !matches!(handler, "onFailure" | "onCancel") || !name.chars().all(is_name) {
        return None;
    }
    // Without a blank the mistake is elsewhere.
    if name.len() == behind.len() {
        return None;
    }
    let at = start + line.find("step:")?;
    let span = Span::new(at, at + target.len());
    let message = "the YAML is not well-formed: a blank behind `step:`";
    Some(
        Diagnostic::error(Code::MalformedYaml, span, message)
            .label("with the blank this is another key")
            .repair(
                span,
                format!("step:{name}"),
                "write the name right behind the colon",
            ),
    )
}

/// What an author has to look at.
struct Cause {
    place: Span,
    reason: &'static str,
    help: &'static str,
}

fn is_tab(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabNotAllowed
            | ErrorKind::TabInPlainScalar
    )
}

/// The last bracket that a line leaves open.
fn open_in_line(line: &str) -> Option<usize> {
    let mut open = Vec::new();
    let mut quote = None;
    for (index, character) in line.char_indices() {
        match (quote, character) {
            (Some(open), _) => quote = (open != character).then_some(open),
            (None, '\'' | '"') => quote = Some(character),
            (None, '[' | '{') => open.push(index),
            (None, ']' | '}') => drop(open.pop()),
            _ => {}
        }
    }
    open.pop()
}

/// With how many blanks a line begins.
fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn column(text: &str, offset: usize) -> usize {
    offset - line_start(text, offset)
}

fn line_start(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or_default();
    before.rfind('\n').map_or(0, |index| index + 1)
}

fn malformed_json(source: &Source, skipped: usize) -> Option<Diagnostic> {
    let json = source.text.get(skipped..)?;
    let error = serde_json::from_str::<serde_json::Value>(json).err()?;
    let line_start = match error.line() {
        0 | 1 => 0,
        line => json.match_indices('\n').nth(line - 2)?.0 + 1,
    };
    // The column counts bytes and names the last byte that was read.
    let offset = skipped + line_start + error.column().saturating_sub(1);
    let here = visible_place(&source.text, offset);
    if let Some((open, what, help)) = open_in_json(json) {
        let message = format!("the JSON is not well-formed: {what} is not closed");
        let place = Span::new(skipped + open, skipped + open + 1);
        return Some(
            Diagnostic::error(Code::MalformedYaml, place, message)
                .label("opened here")
                .context(here, "so this does not belong here")
                .help(help),
        );
    }
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or_default();
    let message = format!("the JSON is not well-formed: {reason}");
    Some(Diagnostic::error(Code::MalformedYaml, here, message).label("here"))
}

/// The first quote or bracket that is not closed, and what to do: a text ends on its line, and before a bracket another kind
/// is closed, or one that is indented less.
fn open_in_json(json: &str) -> Option<(usize, &'static str, &'static str)> {
    const QUOTE: &str = "close the quote that begins here; a line break in a text is written `\\n`";
    const BRACKET: &str = "close the bracket that begins here";
    let mut open: Vec<(usize, char, usize)> = Vec::new();
    let mut text = None;
    let mut escaped = false;
    for (index, character) in json.char_indices() {
        let indent = || json.get(line_start(json, index)..).map_or(0, indentation);
        match (text, character) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(_), '"') => text = None,
            (Some(start), '\n') => return Some((start, "a quote", QUOTE)),
            (Some(_), _) => {}
            (None, '"') => text = Some(index),
            (None, '{') => open.push((index, '}', indent())),
            (None, '[') => open.push((index, ']', indent())),
            (None, '}' | ']') => {
                let (start, closing, indented) = open.pop()?;
                let line = json.get(line_start(json, index)..index)?;
                let outdented = line.trim().is_empty() && indent() < indented;
                if closing != character || outdented {
                    return Some((start, "a bracket", BRACKET));
                }
            }
            _ => {}
        }
    }
    None
}

/// One character to point at; the last one of the text when it ended too early.
fn visible_place(text: &str, offset: usize) -> Span {
    let mut start = offset.min(text.trim_end().len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let rest = text.get(start..).unwrap_or_default();
    let width = rest
        .chars()
        .next()
        .filter(|next| *next != '\n')
        .map_or(0, char::len_utf8);
    Span::new(start, start + width)
}

/// What is wrong, and what to do, in the words of a runbook's author.
fn explain(kind: &ErrorKind) -> (String, Option<&'static str>) {
    const QUOTE: &str =
        "quote a value that contains `: ` or ` #` or begins with a special character";
    const WITHIN_BRACKETS: &str = "put a comma between entries; within brackets, quote a value that contains one of `,`, `[`, `]`, `{`, `}`, `: ` or ` #`";
    const INDENT: &str = "lines of one mapping or list begin at the same column";
    let (reason, help) = match kind {
        kind if is_tab(kind) => ("a tab in the indentation", "indent with spaces"),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
            ("a quote is not closed", "close the quote that begins here")
        }
        ErrorKind::UnknownQuotedScalarEscape => (
            "an unknown escape inside double quotes",
            "double the backslash, or use single quotes, which know no escapes",
        ),
        ErrorKind::MappingValueNotAllowed
        | ErrorKind::InvalidColonPlacement
        | ErrorKind::MappingKeyNotAllowed => ("a `:` that does not belong here", QUOTE),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::SimpleKeyExpected => {
            ("`key: value` expected", INDENT)
        }
        ErrorKind::ExpectedBlockSequenceEntry => (
            "`- ` expected",
            "what belongs to the element above begins as far in as its other keys; a new element begins with `- `",
        ),
        ErrorKind::ExpectedFlowSequenceSeparator => ("`,` or `]` expected", WITHIN_BRACKETS),
        ErrorKind::ExpectedFlowMappingSeparator => ("`,` or `}` expected", WITHIN_BRACKETS),
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping => (
            "a bracket is not closed",
            "close the bracket that begins here or before",
        ),
        ErrorKind::InvalidIndentation | ErrorKind::BlockSequenceEntryNotAllowed => (
            "this line is indented differently from its neighbours",
            INDENT,
        ),
        ErrorKind::UnexpectedCharacter { .. } | ErrorKind::ExpectedNodeContent => {
            ("a value cannot begin like this", QUOTE)
        }
        ErrorKind::UnknownAnchor => (
            "an alias without its anchor",
            "quote a value that begins with `*`, or define the anchor before it",
        ),
        ErrorKind::RecursionLimitExceeded => ("nested too deeply", "flatten the structure"),
        other => return (other.to_string(), None),
    };
    (reason.to_owned(), Some(help))
}
