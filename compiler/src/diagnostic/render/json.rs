//! For programs: an array of objects, one for each finding.

use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Diagnostics, Edit};
use crate::source::{Source, Span};

/// All findings about all sources. Lines and columns count from 1, columns in
/// characters, and an end is one past the last character. Edits with the same
/// `suggestion` belong together, and are `certain` if nothing else can be meant. A related place in another file names it.
pub fn json(sources: &[(&Source, &Diagnostics)]) -> String {
    let objects = sources.iter().flat_map(|(source, diagnostics)| {
        diagnostics
            .iter()
            .map(|diagnostic| object(source, diagnostic))
    });
    let array = Value::Array(objects.collect());
    format!("{array:#}\n")
}

fn object(source: &Source, diagnostic: &Diagnostic) -> Value {
    let mut object = json!({
        "code": diagnostic.code.as_str(),
        "severity": diagnostic.severity.as_str(),
        "message": diagnostic.message,
        "file": source.name,
    });
    place(&mut object, source, diagnostic.span);
    let suggestions = diagnostic.suggestions.iter();
    let titles = suggestions.clone().map(|suggestion| &suggestion.title);
    let help: Vec<&String> = diagnostic.help.iter().chain(titles).collect();
    let context = diagnostic.context.iter();
    let related = context.map(|(span, label)| related_place(source, *span, label));
    let elsewhere = diagnostic.elsewhere.iter().map(|place| {
        let mut object = related_place(&place.source, place.span, &place.label);
        append(&mut object, json!({ "file": place.source.name }));
        object
    });
    let edits = suggestions.enumerate().flat_map(|(index, suggestion)| {
        let edits = suggestion.edits.iter();
        edits.map(move |edit| change(source, edit, index, suggestion.certain))
    });
    let rest = json!({
        "label": diagnostic.label,
        "help": help,
        "notes": diagnostic.notes,
        "related": related.chain(elsewhere).collect::<Vec<_>>(),
        "edits": edits.collect::<Vec<_>>(),
    });
    append(&mut object, rest);
    object
}

fn related_place(source: &Source, span: Span, label: &str) -> Value {
    let mut object = json!({ "label": label });
    place(&mut object, source, span);
    object
}

fn change(source: &Source, edit: &Edit, suggestion: usize, certain: bool) -> Value {
    let mut object = json!({});
    place(&mut object, source, edit.span);
    let replacement = &edit.replacement;
    append(
        &mut object,
        json!({ "replacement": replacement, "suggestion": suggestion, "certain": certain }),
    );
    object
}

fn place(object: &mut Value, source: &Source, span: Span) {
    let (line, column) = source.line_column(span.start);
    let (end_line, end_column) = source.line_column(span.end);
    append(
        object,
        json!({
            "line": line,
            "column": column,
            "endLine": end_line,
            "endColumn": end_column,
        }),
    );
}

fn append(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}
