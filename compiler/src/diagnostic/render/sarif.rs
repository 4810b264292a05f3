//! For code scanning: the Static Analysis Results Interchange Format, version 2.1.0.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity, Suggestion};
use crate::source::{Source, Span};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// All findings about all sources as one run. Files are named as seen from `folder`; one that is not below it keeps
/// its path. Columns count code units of UTF-16, and an end is one past the last of them.
pub fn sarif(sources: &[(&Source, &Diagnostics)], folder: &Path) -> String {
    let found = sources
        .iter()
        .flat_map(|(_, diagnostics)| diagnostics.iter());
    let codes: BTreeSet<Code> = found.map(|diagnostic| diagnostic.code).collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(*code)).collect();
    let results = sources.iter().flat_map(|(source, diagnostics)| {
        let places = Places { source, folder };
        let findings = diagnostics.iter();
        let codes = &codes;
        findings.map(move |diagnostic| places.result(diagnostic, codes))
    });
    let results: Vec<Value> = results.collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "runbookc",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                },
            },
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

/// A code with what its page says.
fn rule(code: Code) -> Value {
    let page = code.explanation();
    // Below the heading.
    let description = page.split("\n\n").nth(1).unwrap_or(code.title());
    json!({
        "id": code.as_str(),
        "name": format!("{code:?}"),
        "shortDescription": { "text": code.title() },
        "fullDescription": { "text": description.replace('\n', " ") },
        "help": { "text": page, "markdown": page },
    })
}

/// A source, and the folder from where it is seen.
#[derive(Clone, Copy)]
struct Places<'a> {
    source: &'a Source,
    folder: &'a Path,
}

impl Places<'_> {
    /// A finding; `codes` are the rules of the run, in their order.
    fn result(self, diagnostic: &Diagnostic, codes: &BTreeSet<Code>) -> Value {
        let level = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "note",
        };
        let mut text = vec![diagnostic.message.clone()];
        text.extend(diagnostic.remarks());
        let context = diagnostic.context.iter();
        let context = context.map(|(span, label)| self.location(*span, label));
        let elsewhere = diagnostic.elsewhere.iter().map(|place| {
            let places = Places {
                source: &place.source,
                folder: self.folder,
            };
            places.location(place.span, &place.label)
        });
        let fixes = diagnostic.suggestions.iter();
        json!({
            "ruleId": diagnostic.code.as_str(),
            "ruleIndex": codes.range(..diagnostic.code).count(),
            "level": level,
            "message": { "text": text.join("\n") },
            "locations": [self.location(diagnostic.span, &diagnostic.label)],
            "relatedLocations": context.chain(elsewhere).collect::<Vec<_>>(),
            "fixes": fixes.map(|suggestion| self.fix(suggestion)).collect::<Vec<_>>(),
        })
    }

    fn location(self, span: Span, label: &str) -> Value {
        let place = json!({
            "artifactLocation": self.artifact(),
            "region": self.region(span),
        });
        match label {
            "" => json!({ "physicalLocation": place }),
            _ => json!({ "physicalLocation": place, "message": { "text": label } }),
        }
    }

    fn fix(self, suggestion: &Suggestion) -> Value {
        let edits = suggestion.edits.iter();
        let replacements = edits.map(|edit| {
            json!({
                "deletedRegion": self.region(edit.span),
                "insertedContent": { "text": edit.replacement },
            })
        });
        json!({
            "description": { "text": suggestion.title },
            "artifactChanges": [{
                "artifactLocation": self.artifact(),
                "replacements": replacements.collect::<Vec<_>>(),
            }],
        })
    }

    fn artifact(self) -> Value {
        json!({ "uri": uri(Path::new(&self.source.name), self.folder) })
    }

    fn region(self, span: Span) -> Value {
        let (line, column) = self.source.line_column_utf16(span.start);
        let (end_line, end_column) = self.source.line_column_utf16(span.end);
        json!({
            "startLine": line,
            "startColumn": column,
            "endLine": end_line,
            "endColumn": end_column,
        })
    }
}

/// A path as a URI: relative below the folder, else as it is.
fn uri(path: &Path, folder: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap_or(path);
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
            Component::ParentDir => parts.push("..".to_owned()),
            Component::Normal(name) => parts.push(encoded(&name.to_string_lossy())),
        }
    }
    let root = if path.is_absolute() { "file:///" } else { "" };
    format!("{root}{}", parts.join("/"))
}

/// A part of a path, with what is special in a URI escaped.
fn encoded(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
