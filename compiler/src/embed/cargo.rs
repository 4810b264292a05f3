//! The door for build scripts: what cargo has to hear, and where it wants files.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

use super::{EmbedError, Embedded, compile};
use crate::diagnostic::{Diagnostic, Severity, render};
use crate::emit::File;
use crate::source::Source;

/// The manifest of the package, in the folder where build scripts run.
const MANIFEST: &str = "Cargo.toml";

/// Compiles the runbooks that a pattern such as `runbooks/*.yaml` names, for
/// `runbook_runtime::include_runbook!("NAME")`. It is the whole of a build script.
///
/// The pattern is relative to the package. Cargo runs the script again when a runbook changes, comes or goes. Warnings
/// become those of cargo. When a runbook has errors, they are printed and the build ends: this function then never
/// returns.
pub fn build(pattern: &str) {
    Embed::new(pattern).build();
}

/// Runbooks that a build script compiles, and how.
///
/// ```no_run
/// // For a crate that only simulates, such as one of tests.
/// runbookc::Embed::new("runbooks/*.yaml").aws(false).build();
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is compiled before `build` is called"]
pub struct Embed {
    pattern: String,
    aws: bool,
}

impl Embed {
    /// The runbooks that a pattern names, relative to the package.
    pub fn new(pattern: impl Into<String>) -> Self {
        Self {
            pattern: pattern.into(),
            aws: true,
        }
    }

    /// Whether the modules that call the AWS SDK are made, which they are unless this says otherwise. Without them a
    /// crate needs no SDK.
    pub fn aws(self, aws: bool) -> Self {
        Self { aws, ..self }
    }

    /// Compiles them, as [`build`] does.
    pub fn build(&self) {
        let mut out = io::stdout().lock();
        match self.run(&mut out) {
            Ok(embedded) if embedded.has_errors() => fail(&errors(&embedded)),
            Ok(_) => {}
            Err(error) => fail(&format!("error: {error}\n")),
        }
    }

    fn run(&self, out: &mut impl Write) -> Result<Embedded, EmbedError> {
        let pattern = self.pattern.as_str();
        tell(out, "rerun-if-changed", &watched(pattern).to_string_lossy());
        let embedded = compile(&matching(pattern)?, self.aws)?;
        for path in &embedded.read {
            tell(out, "rerun-if-changed", &path.to_string_lossy());
        }
        for (source, found) in &embedded.findings {
            let found = found.iter();
            for warning in found.filter(|finding| finding.severity == Severity::Warning) {
                tell(out, "warning", &line(source, warning));
            }
        }
        if !embedded.crates.is_empty() {
            tell(out, "rerun-if-changed", MANIFEST);
        }
        if let Some(missing) = missing(&embedded.crates) {
            tell(out, "warning", &missing);
        }
        let folder = env::var_os("OUT_DIR").ok_or(EmbedError::NoCargo)?;
        for file in &embedded.files {
            write(Path::new(&folder), file)?;
        }
        Ok(embedded)
    }
}

fn fail(text: &str) -> ! {
    // What cannot be printed is lost, but the build ends all the same.
    let _ = io::stderr().lock().write_all(text.as_bytes());
    process::exit(1);
}

/// Tells cargo something.
fn tell(out: &mut impl Write, what: &str, value: &str) {
    // Cargo reads until the end; without it nobody does.
    let _ = writeln!(out, "cargo::{what}={value}");
}

/// What changes when a runbook comes or goes: the folder before the first part of the pattern that stands for many.
pub(super) fn watched(pattern: &str) -> PathBuf {
    let plain = |part: &&std::ffi::OsStr| !part.to_string_lossy().contains(['*', '?', '[']);
    Path::new(pattern).iter().take_while(plain).collect()
}

fn matching(pattern: &str) -> Result<Vec<PathBuf>, EmbedError> {
    let named = glob::glob(pattern).map_err(|source| EmbedError::Pattern {
        pattern: pattern.to_owned(),
        source,
    })?;
    let mut paths = Vec::new();
    for path in named {
        let path = path.map_err(|error| EmbedError::Read {
            path: error.path().to_owned(),
            source: error.into(),
        })?;
        // `runbooks/*` is about what can be a runbook.
        if !path.is_dir() {
            paths.push(path);
        }
    }
    match paths.is_empty() {
        true => Err(EmbedError::None {
            pattern: pattern.to_owned(),
            folder: env::current_dir().unwrap_or_default(),
        }),
        false => Ok(paths),
    }
}

/// A finding on one line.
fn line(source: &Source, finding: &Diagnostic) -> String {
    let (line, column) = source.line_column(finding.span.start);
    let Diagnostic { code, message, .. } = finding;
    format!("{}:{line}:{column}: {message} [{code}]", source.name)
}

fn errors(embedded: &Embedded) -> String {
    let faulty = embedded.findings.iter();
    let faulty = faulty.filter(|(_, found)| found.has_errors());
    let texts = faulty.map(|(source, found)| render::human(source, found, false) + "\n");
    texts.collect()
}

/// What the package's manifest does not name, though the runbooks need it: rustc alone would not say which features.
fn missing(crates: &[String]) -> Option<String> {
    let folder = env::var_os("CARGO_MANIFEST_DIR")?;
    let manifest = fs::read_to_string(Path::new(&folder).join(MANIFEST)).ok()?;
    let missing = crates.iter().filter(|krate| !names(&manifest, krate));
    let entries: Vec<String> = missing
        .map(|krate| {
            format!("{krate} = {{ version = \"1\", default-features = false, features = [\"rt-tokio\"] }}")
        })
        .collect();
    (!entries.is_empty()).then(|| {
        format!(
            "the runbooks call AWS; Cargo.toml needs under [dependencies]: {}",
            entries.join("; ")
        )
    })
}

/// Whether a manifest has a name, and not only as the beginning of another one: `aws-sdk-ssm` of `aws-sdk-ssmincidents`.
fn names(manifest: &str, krate: &str) -> bool {
    let goes_on = |next: char| next.is_ascii_alphanumeric() || next == '-';
    let mut rest = manifest.split(krate).skip(1);
    rest.any(|rest| !rest.starts_with(goes_on))
}

/// Writes a file, unless it has that text already: what is written anew is compiled anew.
fn write(folder: &Path, file: &File) -> Result<(), EmbedError> {
    let path = folder.join(&file.path);
    if fs::read(&path).is_ok_and(|text| text == file.text.as_bytes()) {
        return Ok(());
    }
    let failed = |source| EmbedError::Write {
        path: path.clone(),
        source,
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(&path, &file.text).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_longer_name_is_another_one() {
        let manifest = "[dependencies]\naws-sdk-ssmincidents = \"1\"\n";
        assert!(!names(manifest, "aws-sdk-ssm"));
        assert!(names(manifest, "aws-sdk-ssmincidents"));
        assert!(names(
            &format!("{manifest}aws-sdk-ssm.workspace = true\n"),
            "aws-sdk-ssm"
        ));
    }
}
