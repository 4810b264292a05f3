//! For GitHub Actions: workflow commands, which GitHub shows beside the lines of a pull request.

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::source::Source;

/// All findings about all sources, a command on a line for each.
pub fn github(sources: &[(&Source, &Diagnostics)]) -> String {
    let commands = sources.iter().flat_map(|(source, diagnostics)| {
        diagnostics
            .iter()
            .map(|diagnostic| command(source, diagnostic))
    });
    commands.collect()
}

fn command(source: &Source, diagnostic: &Diagnostic) -> String {
    let kind = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "notice",
    };
    let (line, column) = source.line_column(diagnostic.span.start);
    let (end_line, end_column) = source.line_column(diagnostic.span.end);
    let file = property(&source.name);
    let title = property(&format!("{} {}", diagnostic.code, diagnostic.code.title()));
    // Columns are for places on one line.
    let place = if line == end_line {
        format!("line={line},col={column},endLine={end_line},endColumn={end_column}")
    } else {
        format!("line={line},endLine={end_line}")
    };
    let message = data(&message(diagnostic));
    format!("::{kind} file={file},{place},title={title}::{message}\n")
}

fn message(diagnostic: &Diagnostic) -> String {
    let mut lines = vec![match diagnostic.label.as_str() {
        "" => diagnostic.message.clone(),
        label => format!("{}: {label}", diagnostic.message),
    }];
    lines.extend(diagnostic.remarks());
    lines.join("\n")
}

/// Text behind the second `::`, as the runner reads it.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property, as the runner reads it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
