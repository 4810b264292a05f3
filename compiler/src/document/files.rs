//! Attachments (spec 1.3).

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::File;
use crate::document::fields::{Fields, Subject};
use crate::document::form;
use crate::document::parameters::invalid_name;
use crate::document::scalars::{misshapen, number, text, wrong_kind};
use crate::source::Spanned;
use crate::syntax::{Entry, Node, NodeKind};

/// Reads `files`.
pub(super) fn files(node: Option<&Node>, diagnostics: &mut Diagnostics) -> Vec<File> {
    let Some(node) = node else { return Vec::new() };
    let entries = form::by_name(node, "files", diagnostics);
    if let Some(entry) = entries.get(MANY) {
        diagnostics.push(too_many(entries.len(), entry));
    }
    entries
        .iter()
        .map(|entry| file(entry, diagnostics))
        .collect()
}

/// How many files a document may have by the guide; the API takes [`MOST`] (spec 8, row 43).
const MANY: usize = 5;
const MOST: usize = 20;

fn too_many(count: usize, beyond: &Entry) -> Diagnostic {
    let message = format!("the document has {count} files");
    let code = Code::DocumentTooLarge;
    let span = beyond.key.span;
    match count > MOST {
        true => Diagnostic::error(code, span, message)
            .label(format!("the service takes no more than {MOST}")),
        false => Diagnostic::warning(code, span, message)
            .label(format!("documented are no more than {MANY}")),
    }
    .help("put several files into one `.zip`")
}

fn file(entry: &Entry, diagnostics: &mut Diagnostics) -> File {
    let fits = |next: char| next.is_ascii_alphanumeric() || matches!(next, '_' | '-' | '.');
    let length = entry.key.value.chars().count();
    if !(3..=128).contains(&length) || !entry.key.value.chars().all(fits) {
        let allowed = "3 to 128 letters, digits, `_`, `-` and `.`";
        diagnostics.push(invalid_name(&entry.key, "file", allowed));
    }
    let title = format!("the file `{}`", entry.key);
    let subject = Subject {
        kind: "a file",
        name: &title,
        open: false,
        habits: &[],
        strangers: &[],
    };
    if let Some(sum) = sum_alone(&entry.value) {
        diagnostics.extend(misshapen(&entry.value, &title, "a mapping").map(|report| {
            let mapping = format!("{{checksums: {{sha256: {sum}}}}}");
            report.edit(entry.value.span, mapping, "say what this is")
        }));
        return File {
            name: entry.key.clone(),
            sha256: None,
            size: None,
        };
    }
    let nested = checksum_beside(&entry.value, &title, diagnostics);
    let value = nested.as_ref().unwrap_or(&entry.value);
    let fields = Fields::read(value, &subject, &["checksums", "size"], diagnostics);
    let checksums = fields
        .as_ref()
        .and_then(|fields| fields.require("checksums", &subject, diagnostics));
    let sha256 = checksums.and_then(|node| sha256(node, diagnostics));
    let size = fields.as_ref().and_then(|fields| fields.get("size"));
    File {
        name: entry.key.clone(),
        sha256,
        size: size.and_then(|node| number(node, "size", diagnostics)),
    }
}

/// A file whose checksum stands beside `checksums` rather than below it.
fn checksum_beside(node: &Node, title: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    let NodeKind::Mapping(entries) = &node.kind else {
        return None;
    };
    let sum = entries.iter().find(is_sha256)?;
    let message = format!("unknown key `{}` in {title}", sum.key);
    diagnostics.push(
        Diagnostic::error(Code::UnknownKey, sum.key.span, message)
            .label("this belongs below `checksums`")
            .help(format!("write `checksums: {{{}: …}}`", sum.key)),
    );
    let rest = entries.iter().filter(|entry| !is_sha256(entry)).cloned();
    let checksums = Entry {
        key: Spanned::new("checksums".to_owned(), sum.key.span),
        value: Node {
            span: node.span,
            kind: NodeKind::Mapping(vec![sum.clone()]),
        },
    };
    Some(Node {
        span: node.span,
        kind: NodeKind::Mapping(rest.chain([checksums]).collect()),
    })
}

/// A checksum without its name.
fn sum_alone(node: &Node) -> Option<&str> {
    let sum = node.as_scalar()?.text.trim();
    let is_sum = sum.len() == 64 && sum.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_sum.then_some(sum)
}

/// The name of the hash is written in either case.
fn is_sha256(entry: &&Entry) -> bool {
    entry.key.value.eq_ignore_ascii_case("sha256")
}

/// The report of checksums that the service does not compare.
fn no_sha256(node: &Node, entries: &[Entry]) -> Diagnostic {
    let place = entries.first().map_or(node.span, |entry| entry.key.span);
    Diagnostic::warning(
        Code::UnusableAttachment,
        place,
        "`checksums` has no `sha256`",
    )
    .label("the service compares no other one")
    .help("write `sha256: …`; `sha256sum FILE` prints it")
}

fn sha256(node: &Node, diagnostics: &mut Diagnostics) -> Option<Spanned<String>> {
    let NodeKind::Mapping(entries) = &node.kind else {
        diagnostics.extend(match sum_alone(node) {
            Some(sum) => misshapen(node, "`checksums`", "a mapping").map(|report| {
                report.edit(
                    node.span,
                    format!("{{sha256: {sum}}}"),
                    "say which checksum this is",
                )
            }),
            None => wrong_kind(node, "`checksums`", "a mapping"),
        });
        return None;
    };
    let Some(entry) = entries.iter().find(is_sha256) else {
        diagnostics.push(no_sha256(node, entries));
        return None;
    };
    let sum = text(&entry.value, "sha256", diagnostics)?;
    let digits = sum.value.chars().all(|digit| digit.is_ascii_hexdigit());
    if digits && sum.value.len() == 64 {
        return Some(sum);
    }
    let message = "the checksum is no SHA-256";
    diagnostics.push(
        Diagnostic::error(Code::UnusableAttachment, sum.span, message)
            .label("these are not 64 hexadecimal digits")
            .help("`sha256sum FILE` prints it"),
    );
    None
}
