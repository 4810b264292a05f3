//! Comments that silence one code on one line: `# runbookc: allow RB0209 -- kept for the next release`.
//!
//! Such a comment stands on the line itself, or alone on a line above. What the service refuses stays an error. A comment
//! that is not understood, gives no reason, or finds nothing to silence is reported itself.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::{Source, Span};
use crate::syntax::{self, Margin};

/// How a comment to the compiler begins.
const PREFIX: &str = "runbookc:";

/// What a comment has to look like.
const FORM: &str = "write `# runbookc: allow CODE -- reason`";

/// Takes out the findings that comments silence, and adds what is to be said about the comments.
pub(crate) fn apply(source: &Source, diagnostics: &mut Diagnostics) {
    if !source.text.contains(PREFIX) {
        return;
    }
    let margin = syntax::margin(source);
    let comments = margin.comments.iter();
    let comments: Vec<Comment> = comments
        .filter_map(|span| Comment::read(source, *span))
        .collect();
    if comments.is_empty() {
        return;
    }
    let lines = Lines { source, margin };
    let found = std::mem::take(diagnostics).into_vec();
    let unfinished = found
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    for comment in &comments {
        diagnostics.extend(comment.report(&lines, &found, unfinished));
    }
    let silenced = |finding: &Diagnostic| {
        comments
            .iter()
            .any(|comment| comment.silences(&lines, finding))
    };
    diagnostics.extend(found.into_iter().filter(|finding| !silenced(finding)));
}

/// A comment to the compiler.
struct Comment<'source> {
    /// From its `#` on.
    span: Span,
    /// What is allowed, if the comment has the form of one that allows something.
    allowed: Option<Allowed<'source>>,
}

/// What a comment allows.
struct Allowed<'source> {
    /// The code, as written.
    code: &'source str,
    reason: &'source str,
    /// The line that it is about.
    line: usize,
}

impl<'source> Comment<'source> {
    fn read(source: &'source Source, span: Span) -> Option<Self> {
        let text = source.slice(span).trim_start_matches('#').trim();
        let order = text.strip_prefix(PREFIX)?;
        Some(Self {
            span,
            allowed: Allowed::read(source, span, order.trim()),
        })
    }

    fn silences(&self, lines: &Lines<'_>, finding: &Diagnostic) -> bool {
        let Some(allowed) = &self.allowed else {
            return false;
        };
        finding.severity != Severity::Error && allowed.is_about(lines, finding)
    }

    /// What is wrong with the comment itself. Errors hide what else there is to find, so that a comment is not called
    /// unused while there are some.
    fn report(
        &self,
        lines: &Lines<'_>,
        found: &[Diagnostic],
        unfinished: bool,
    ) -> Option<Diagnostic> {
        let Some(allowed) = &self.allowed else {
            let report = self.warning("a comment to the compiler is not understood");
            return Some(report.label("this silences nothing").help(FORM));
        };
        let Some(known) = Code::parse(allowed.code) else {
            return self.unknown_code(allowed.code, lines.source);
        };
        let here = found
            .iter()
            .filter(|finding| allowed.is_about(lines, finding));
        let (errors, others): (Vec<_>, Vec<_>) =
            here.partition(|finding| finding.severity == Severity::Error);
        match (others.is_empty(), errors.is_empty()) {
            (false, _) if allowed.reason.is_empty() => Some(self.without_reason(known)),
            (false, _) => None,
            (true, false) => Some(
                self.warning(&format!("a comment allows {known}, which is an error here"))
                    .label("this silences nothing")
                    .note("only warnings and hints can be silenced")
                    .help("repair the error and remove the comment"),
            ),
            (true, true) if unfinished || known.looks_elsewhere() => None,
            (true, true) => Some(
                self.warning(&format!(
                    "a comment allows {known}, which is not found here"
                ))
                .label("this silences nothing")
                .note("a comment is about its own line, or about the next one if it stands alone")
                .help("remove the comment"),
            ),
        }
    }

    fn warning(&self, message: &str) -> Diagnostic {
        Diagnostic::warning(Code::CompilerComment, self.span, message)
    }

    fn unknown_code(&self, code: &str, source: &Source) -> Option<Diagnostic> {
        let start = self.span.start + source.slice(self.span).find(code)?;
        let place = Span::new(start, start + code.len());
        let message = format!("a comment allows `{code}`, which is no code");
        let report = Diagnostic::warning(Code::CompilerComment, place, message);
        Some(match Code::near(code) {
            Some(near) => report.edit(place, near.as_str(), "a similar code exists"),
            None => report.help("`runbookc explain --list` shows all codes"),
        })
    }

    fn without_reason(&self, known: Code) -> Diagnostic {
        self.warning(&format!("a comment allows {known} without a reason"))
            .label("a reason is missing")
            .help(format!("say why: `# runbookc: allow {known} -- reason`"))
    }
}

impl<'source> Allowed<'source> {
    fn read(source: &'source Source, comment: Span, order: &'source str) -> Option<Self> {
        let rest = order.strip_prefix("allow")?;
        let (code, reason) = match rest.split_once("--") {
            Some((code, reason)) => (code.trim(), reason.trim()),
            None => (rest.trim(), ""),
        };
        let separate = rest.starts_with(char::is_whitespace);
        if !separate || code.is_empty() || code.contains(char::is_whitespace) {
            return None;
        }
        let (line, _) = source.line_column(comment.start);
        let line = match is_empty(source.line_text(line)) {
            true => next_line(source, line + 1),
            false => line,
        };
        Some(Self { code, reason, line })
    }

    fn is_about(&self, lines: &Lines<'_>, finding: &Diagnostic) -> bool {
        self.code.eq_ignore_ascii_case(finding.code.as_str()) && self.line == lines.of(finding.span)
    }
}

/// The lines to which findings belong.
struct Lines<'source> {
    source: &'source Source,
    margin: Margin,
}

impl Lines<'_> {
    /// The line of a finding, from 1: that on which its value begins, for a place inside of a scalar of many lines, and
    /// the next one with content for a place that has none.
    fn of(&self, span: Span) -> usize {
        let mut around = self.margin.long_scalars.iter();
        let around = around.find(|scalar| scalar.start <= span.start && span.start < scalar.end);
        let start = around.map_or(span.start, |scalar| self.beginning(*scalar));
        let (line, _) = self.source.line_column(start);
        next_line(self.source, line)
    }

    /// Where a scalar begins for its author; that of a block begins above, with `|` or `>`.
    fn beginning(&self, scalar: Span) -> usize {
        let quoted = self.source.slice(scalar).starts_with(['\'', '"']);
        let before = self.source.text.get(..scalar.start).unwrap_or_default();
        let above = before.trim_end();
        let breaks = before.get(above.len()..).unwrap_or_default().contains('\n');
        match breaks && !quoted {
            true => above.len().saturating_sub(1),
            false => scalar.start,
        }
    }
}

/// The first line from this one on that has more than a comment; this one if there is none.
fn next_line(source: &Source, line: usize) -> usize {
    let mut rest = line..=source.lines();
    rest.find(|line| !is_empty(source.line_text(*line)))
        .unwrap_or(line)
}

fn is_empty(line: &str) -> bool {
    let line = line.trim_start_matches('\u{feff}').trim_start();
    line.is_empty() || line.starts_with('#')
}
