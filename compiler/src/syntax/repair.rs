//! Unquoted references: found, reported, and read as if they were quoted.
//!
//! YAML takes `{{Cluster}}` for a mapping inside a mapping, and fails at whatever
//! follows. The text is therefore parsed again with quotes around each of them,
//! and places in that text are translated back.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::origin::Origin;
use crate::syntax::scalar::Style;

/// A text in which unquoted references have been quoted.
pub(super) struct Repaired {
    source: String,
    text: String,
    /// Offsets in `text` of the characters that were inserted, in order.
    inserted: Vec<usize>,
}

/// A reference that lacks its quotes.
pub(super) struct Unquoted {
    /// The braces and what is between them, in the repaired text.
    reference: Span,
    /// The whole value that needs quotes.
    value: Span,
}

impl Repaired {
    pub(super) fn new(source: &str) -> Self {
        Self {
            source: source.to_owned(),
            text: source.to_owned(),
            inserted: Vec::new(),
        }
    }

    /// The text to parse.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether quotes were added without any effect: each round of them doubles those of the round before.
    pub(super) fn is_futile(&self) -> bool {
        self.inserted.len() > self.source.len()
    }

    /// The text as written.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// The place in the text as written.
    pub(super) fn original(&self, offset: usize) -> usize {
        offset - self.inserted.partition_point(|inserted| *inserted < offset)
    }

    /// The span in the text as written.
    pub(super) fn original_span(&self, span: Span) -> Span {
        Span::new(self.original(span.start), self.original(span.end))
    }

    /// The place of a scalar, and the way from its decoded text to the source.
    pub(super) fn origin(&self, span: Span, decoded: &str, style: Style) -> (Span, Origin) {
        let raw = self.text.get(span.range()).unwrap_or_default();
        let span = Span::new(span.start, span.start + raw.trim_end().len());
        let origin = Origin::align(&self.text, span, decoded, style);
        let whole = self.original_span(span);
        (
            whole,
            origin.translated(whole, |offset| self.original(offset)),
        )
    }

    /// Quotes a reference and gives the report of it.
    pub(super) fn quote(&mut self, unquoted: &Unquoted) -> Diagnostic {
        let value = self.text.get(unquoted.value.range()).unwrap_or_default();
        let quoted = self.quoted(value);
        let reference = self
            .text
            .get(unquoted.reference.range())
            .unwrap_or_default();
        let diagnostic = Diagnostic::error(
            Code::UnquotedReference,
            self.original_span(unquoted.reference),
            format!("the reference `{reference}` is not quoted"),
        )
        .label("YAML reads the braces as a mapping")
        .repair(
            self.original_span(unquoted.value),
            quoted.clone(),
            "quote the whole value",
        );
        self.replace(unquoted.value, &quoted);
        diagnostic
    }

    /// JSON has double quotes only.
    fn quoted(&self, value: &str) -> String {
        let text = self.source.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with('{') && !value.contains(['"', '\\']) {
            format!("\"{value}\"")
        } else {
            format!("'{}'", value.replace('\'', "''"))
        }
    }

    fn replace(&mut self, value: Span, quoted: &str) {
        let last = quoted.len() - 1;
        // The first and last quotes are new, and of each doubled quote one.
        let doubled = quoted.match_indices("''").map(|(index, _)| index);
        let new = std::iter::once(0).chain(doubled.filter(|index| (1..last).contains(index)));
        let new = new.chain(std::iter::once(last));
        let added: Vec<usize> = new.map(|offset| value.start + offset).collect();
        self.text.replace_range(value.range(), quoted);
        for offset in &mut self.inserted {
            if *offset >= value.start {
                *offset += added.len();
            }
        }
        self.inserted.extend(added);
        self.inserted.sort_unstable();
    }
}

/// The unquoted references, last one first so that quoting one does not move the others.
pub(super) fn unquoted(
    repaired: &Repaired,
    double_braces: &[(usize, bool)],
    failed_at: Option<usize>,
) -> Vec<Unquoted> {
    let text = repaired.text();
    let mut found: Vec<Unquoted> = double_braces
        .iter()
        .filter_map(|(start, in_flow)| at(text, *start, *in_flow))
        .collect();
    if found.is_empty() {
        let near = failed_at.and_then(|offset| near_failure(text, offset));
        found.extend(near);
    }
    found.sort_by_key(|unquoted| std::cmp::Reverse(unquoted.value.start));
    // A value with two references is one value.
    found.dedup_by(|later, earlier| later.value.end > earlier.value.start);
    found
}

/// The value that begins with the braces at `start`.
fn at(text: &str, start: usize, in_flow: bool) -> Option<Unquoted> {
    let (before, rest) = text.split_at_checked(start)?;
    // Right behind a word the braces are part of something else, and so would a quote be: of an anchor, `&a{{b}}`.
    let begins = before.is_empty()
        || before.ends_with(|last: char| last.is_whitespace() || "[,{:-".contains(last));
    let inner = rest.strip_prefix("{{").filter(|_| begins || in_flow)?;
    let length = inner.find("}}")?;
    let name = inner.get(..length)?;
    if name.contains(['{', '}', '"', '\'', ',']) || name.contains(": ") || name.trim().is_empty() {
        return None;
    }
    let reference = Span::new(start, start + length + 4);
    let behind = text.get(reference.end..)?;
    let value = Span::new(start, reference.end + value_length(behind, in_flow));
    Some(Unquoted { reference, value })
}

/// How far an unquoted value goes on behind its reference.
fn value_length(behind: &str, in_flow: bool) -> usize {
    let line = behind.split(['\n', '\r']).next().unwrap_or_default();
    let line = line.split(" #").next().unwrap_or_default();
    let mut end = line.len();
    let mut depth = 0usize;
    for (index, character) in line.char_indices() {
        match character {
            ':' if ends_key(line, index) => {
                end = index;
                break;
            }
            '{' if in_flow => depth += 1,
            '}' if in_flow && depth > 0 => depth -= 1,
            ',' | ']' | '}' if in_flow => {
                end = index;
                break;
            }
            _ => {}
        }
    }
    line.get(..end).unwrap_or_default().trim_end().len()
}

/// Whether the colon at `index` makes a key of what stands before it.
fn ends_key(line: &str, index: usize) -> bool {
    let behind = line.get(index + 1..).unwrap_or_default();
    behind.chars().next().is_none_or(char::is_whitespace)
}

/// The parser may fail before it tells of the braces: look at the place where it
/// failed, and at the beginnings of values on that line and the one above.
fn near_failure(text: &str, offset: usize) -> Option<Unquoted> {
    let before = text.get(..offset)?;
    let after = text.get(offset..)?;
    if after.starts_with("{{") {
        return inside_flow(text, offset);
    }
    let end = offset + after.find('\n').unwrap_or(after.len());
    let mut starts = before.rmatch_indices('\n').map(|(index, _)| index + 1);
    let _this_line = starts.next();
    let start = starts.next().unwrap_or(0);
    let lines = text.get(start..end)?;
    lines.match_indices("{{").find_map(|(index, _)| {
        let before = lines.get(..index)?;
        if is_quoted(before) {
            return None;
        }
        let lead = before.trim_end_matches([' ', '\t']);
        let spaced = before.len() > lead.len();
        let in_flow = lead.ends_with(['[', ',']);
        let in_block = spaced && lead.ends_with([':', '-']);
        (in_flow || in_block).then(|| at(text, start + index, in_flow))?
    })
}

/// Whether the end of a text lies between two quotes of its last line.
fn is_quoted(text: &str) -> bool {
    let line = text.rsplit('\n').next().unwrap_or_default();
    let is_open = |quote: char| line.matches(quote).count() % 2 == 1;
    is_open('\'') || is_open('"')
}

/// In brackets braces end a value even in its middle: `[role-{{ Name }}]`.
fn inside_flow(text: &str, braces: usize) -> Option<Unquoted> {
    let unquoted = at(text, braces, true)?;
    let before = text.get(..braces)?;
    let lead = before.rfind(['[', ',', '{', '\n'])? + 1;
    let lead = before.get(lead..)?;
    let value = lead
        .rsplit_once(": ")
        .map_or(lead, |(_, value)| value)
        .trim_start();
    if value.contains(['"', '\'']) {
        return None;
    }
    let start = braces - value.len();
    Some(Unquoted {
        value: Span::new(start, unquoted.value.end),
        ..unquoted
    })
}
