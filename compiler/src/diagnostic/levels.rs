//! What becomes of findings that are no errors: a project may forbid some, and do without others.

use std::collections::BTreeMap;

use super::{Code, Diagnostic, Diagnostics, Severity};

/// What becomes of the warnings and hints with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// They are not reported.
    Allow,
    /// They are warnings.
    Warn,
    /// They are errors.
    Deny,
}

/// What becomes of warnings and hints. Errors stay as they are, because the service refuses the document, or a step
/// fails, whatever is wished.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    /// Whether warnings are errors where nothing is said about their code.
    pub deny_warnings: bool,
    /// What is said about codes.
    pub codes: BTreeMap<Code, Level>,
}

impl Levels {
    /// The findings as they are to be reported.
    #[must_use]
    pub fn apply(&self, found: Diagnostics) -> Diagnostics {
        let mut kept = Diagnostics::default();
        kept.extend(
            found
                .into_vec()
                .into_iter()
                .filter_map(|finding| self.level(finding)),
        );
        kept
    }

    fn level(&self, finding: Diagnostic) -> Option<Diagnostic> {
        let code = finding.code;
        let level = self.codes.get(&code);
        match (finding.severity, level) {
            (Severity::Error, Some(Level::Allow)) => {
                Some(finding.note(format!("an error stands in spite of `--allow {code}`")))
            }
            (Severity::Error, Some(Level::Warn)) => {
                Some(finding.note(format!("an error stands in spite of `--warn {code}`")))
            }
            (Severity::Error, _) => Some(finding),
            (_, Some(Level::Allow)) => None,
            (_, Some(Level::Warn)) => Some(Diagnostic {
                severity: Severity::Warning,
                ..finding
            }),
            (severity, Some(Level::Deny)) => Some(
                Diagnostic {
                    severity: Severity::Error,
                    ..finding
                }
                .note(format!(
                    "a {}, denied by `--deny {code}`",
                    severity.as_str()
                )),
            ),
            (Severity::Warning, None) if self.deny_warnings => Some(
                Diagnostic {
                    severity: Severity::Error,
                    ..finding
                }
                .note("a warning, denied by `--deny warnings`"),
            ),
            (_, None) => Some(finding),
        }
    }
}
