//! Mistakes in the text, whatever it means.

use runbookc::source::Span;
use runbookc::syntax::{Node, NodeKind, Style};

use crate::mutants::subject::{entries, inner};
use crate::mutants::{Mutation, Subject};

pub(super) fn unquoted(subject: &Subject) -> Vec<Mutation> {
    let references = subject.references();
    let alone = references.iter().filter(|written| {
        let quoted = written
            .node
            .as_scalar()
            .is_some_and(|scalar| scalar.style == Style::SingleQuoted);
        quoted && inner(written.node) == Some(written.placeholder.span)
    });
    alone
        .map(|written| {
            Mutation::replace(written.node.span, subject.slice(written.placeholder.span))
        })
        .collect()
}

pub(super) fn indented(subject: &Subject) -> Vec<Mutation> {
    let deeper = block_keys(subject)
        .into_iter()
        .map(|(line, _)| Mutation::replace(Span::at(line.start), " ").or_at(line));
    let back = block_keys(subject)
        .into_iter()
        .filter(|(line, indent)| *indent > 0 && subject.slice(*line).starts_with(' '));
    let back = back.map(|(line, _)| Mutation::remove(Span::new(line.start, line.start + 1), line));
    deeper.chain(back).collect()
}

pub(super) fn tab(subject: &Subject) -> Vec<Mutation> {
    let indented = block_keys(subject)
        .into_iter()
        .filter(|(_, indent)| *indent > 0);
    indented
        .map(|(line, indent)| {
            Mutation::replace(Span::new(line.start, line.start + indent), "\t").or_at(line)
        })
        .collect()
}

pub(super) fn open_quote(subject: &Subject) -> Vec<Mutation> {
    let quoted = scalars(&subject.tree).into_iter().filter(|node| {
        let style = node.as_scalar().map(|scalar| scalar.style);
        matches!(style, Some(Style::SingleQuoted | Style::DoubleQuoted))
    });
    // The parser sees it at the next quote, or at the end.
    let open = quoted.map(|node| {
        let rest = subject
            .source()
            .text
            .get(node.span.end..)
            .unwrap_or_default();
        let next = rest
            .find(['\'', '"'])
            .map_or(subject.source().text.len(), |index| {
                node.span.end + index + 1
            });
        let line = rest.find('\n').map_or(next, |index| node.span.end + index);
        Mutation::remove(
            Span::new(node.span.end - 1, node.span.end),
            Span::new(node.span.start, next.max(line)),
        )
    });
    open.collect()
}

pub(super) fn open_bracket(subject: &Subject) -> Vec<Mutation> {
    let mut lists = Vec::new();
    each(&subject.tree, &mut |node| {
        let text = subject.slice(node.span);
        let one_line = !text.contains('\n');
        if one_line
            && (text.ends_with(']') || text.ends_with('}'))
            && !matches!(node.kind, NodeKind::Scalar(_))
        {
            lists.push(node.span);
        }
    });
    // The parser sees it on the next line at the latest.
    let open = lists.into_iter().map(|span| {
        let rest = subject.source().text.get(span.end..).unwrap_or_default();
        let mut breaks = rest.match_indices('\n').skip(1);
        let end = breaks
            .next()
            .map_or(subject.source().text.len(), |(index, _)| span.end + index);
        Mutation::remove(
            Span::new(span.end - 1, span.end),
            Span::new(line_of(subject, span.start).start, end),
        )
    });
    open.collect()
}

pub(super) fn lost_colon(subject: &Subject) -> Vec<Mutation> {
    let text = &subject.source().text;
    let lines = block_keys(subject).into_iter().filter_map(|(line, _)| {
        let colon = line.start + subject.slice(line).find(": ")?;
        // What is left is a text of two lines, which the parser sees at its end.
        let rest = text.get(line.end..).unwrap_or_default();
        let next = rest
            .match_indices('\n')
            .nth(1)
            .map_or(text.len(), |(index, _)| line.end + index);
        Some(Mutation::remove(
            Span::new(colon, colon + 1),
            Span::new(line.start, next),
        ))
    });
    lines.collect()
}

pub(super) fn twice(subject: &Subject) -> Vec<Mutation> {
    let mut doubled = Vec::new();
    each(&subject.tree, &mut |node| {
        for entry in entries(node) {
            let line = line_of(subject, entry.key.span.start);
            let whole = subject
                .slice(line)
                .trim_start()
                .starts_with(&entry.key.value);
            let short = entry.value.as_scalar().is_some() && line.end >= entry.value.span.end;
            if whole && short && !entry.value.is_null() {
                let again = format!("{}\n", subject.slice(line));
                doubled.push(
                    Mutation::silent(Span::at(line.start), again)
                        .or_at(Span::at(line.start))
                        .or_at(entry.key.span),
                );
            }
        }
    });
    doubled
}

pub(super) fn unquoted_version(subject: &Subject) -> Vec<Mutation> {
    let version = subject.tree.get("schemaVersion");
    let quoted = version.filter(|node| inner(node).is_some_and(|inner| inner != node.span));
    quoted
        .map(|node| Mutation::replace(node.span, "0.3"))
        .into_iter()
        .collect()
}

pub(super) fn other_version(subject: &Subject) -> Vec<Mutation> {
    let version = subject.tree.get("schemaVersion").and_then(inner);
    let others = version
        .into_iter()
        .flat_map(|span| ["2.2", "0.2", "1.0"].map(|other| Mutation::replace(span, other)));
    others.collect()
}

/// The lines that begin with a key of a mapping in block style, and how many blanks they begin with.
fn block_keys(subject: &Subject) -> Vec<(Span, usize)> {
    let mut lines = Vec::new();
    each(&subject.tree, &mut |node| {
        for entry in entries(node) {
            let line = line_of(subject, entry.key.span.start);
            let indent = entry.key.span.start - line.start;
            // The first key of a mapping sets its indentation, and a single one is right wherever it is.
            let first = entries(node)
                .first()
                .is_some_and(|first| first.key.span == entry.key.span);
            if !first
                && subject.slice(line).starts_with(&" ".repeat(indent))
                && entry.value.as_scalar().is_some()
            {
                lines.push((line, indent));
            }
        }
    });
    lines
}

fn line_of(subject: &Subject, offset: usize) -> Span {
    let text = &subject.source().text;
    let start = text[..offset].rfind('\n').map_or(0, |index| index + 1);
    let end = text[offset..]
        .find('\n')
        .map_or(text.len(), |index| offset + index);
    Span::new(start, end)
}

fn scalars(node: &Node) -> Vec<&Node> {
    let mut found = Vec::new();
    each(node, &mut |node| {
        if matches!(node.kind, NodeKind::Scalar(_)) {
            found.push(node);
        }
    });
    found
}

fn each<'a>(node: &'a Node, visit: &mut impl FnMut(&'a Node)) {
    visit(node);
    match &node.kind {
        NodeKind::Sequence(elements) => elements.iter().for_each(|node| each(node, visit)),
        NodeKind::Mapping(entries) => entries.iter().for_each(|entry| each(&entry.value, visit)),
        NodeKind::Scalar(_) | NodeKind::Unknown => {}
    }
}
