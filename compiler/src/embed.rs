//! Embedding: runbooks as modules of another crate, compiled by its build script.
//!
//! The whole of a build script is
//!
//! ```no_run
//! runbookc::build("runbooks/*.yaml");
//! ```
//!
//! and in the crate `runbook_runtime::include_runbook!("restart")`. Other build systems take [`compile`], which knows
//! nothing of cargo.

mod cargo;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::attachments::{self, Missing};
use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostics;
use crate::emit::{self, File};
use crate::ir::Runbook;
use crate::source::Source;

pub use cargo::{Embed, build};

/// What came of runbooks that are compiled for another program.
#[derive(Debug)]
#[non_exhaustive]
pub struct Embedded {
    /// The texts to include: `runbooks/NAME.rs` for every runbook, and `runbooks.rs` with all of them. None if a runbook
    /// has errors.
    pub files: Vec<File>,
    /// Every runbook, with what was found in it.
    pub findings: Vec<(Arc<Source>, Diagnostics)>,
    /// The files that were read, and attachments that were looked for.
    pub read: Vec<PathBuf>,
    /// The crates of the AWS SDK that the texts name: `aws-sdk-ecs`.
    pub crates: Vec<String>,
}

/// Where a pattern finds nothing because it is about a folder that is not there.
fn absent(pattern: &str, folder: &Path) -> String {
    let watched = cargo::watched(pattern);
    match folder.join(&watched).exists() {
        true => String::new(),
        false => format!(", which has no `{}`", watched.display()),
    }
}

impl Embedded {
    /// Whether a runbook has errors.
    pub fn has_errors(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|(_, found)| found.has_errors())
    }
}

/// Why runbooks cannot be compiled for another program. What is wrong inside of them is no such reason.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbedError {
    /// A pattern that names no files.
    #[error("`{pattern}` is no pattern of file names: {source}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// Why not.
        source: glob::PatternError,
    },
    /// No file has a name of the pattern.
    #[error("no file is called `{pattern}` in `{}`{}", .folder.display(), absent(.pattern, .folder))]
    None {
        /// The pattern.
        pattern: String,
        /// The folder that it is relative to.
        folder: PathBuf,
    },
    /// A folder or a file cannot be read.
    #[error("cannot read `{}`: {source}", .path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Two files have the name of one document, so their modules would be one.
    #[error("`{}` and `{}` are both called `{name}`; rename one of them", .first.display(), .second.display())]
    SameName {
        /// The name.
        name: String,
        /// A file.
        first: PathBuf,
        /// Another one.
        second: PathBuf,
    },
    /// Two runbooks have different names and yet the same module.
    #[error("`{}` and `{}` both need the module `{module}`; rename one of them", .first.display(), .second.display())]
    SameModule {
        /// The module, or that of the calls beside it.
        module: String,
        /// A file.
        first: PathBuf,
        /// Another one.
        second: PathBuf,
    },
    /// A file cannot be written.
    #[error("cannot write `{}`: {source}", .path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Nobody says where generated files belong.
    #[error("OUT_DIR is not set: only cargo runs build scripts")]
    NoCargo,
}

/// Compiles runbooks that lie side by side in one program, and that may start one another. With `aws`, every one comes with
/// the module that calls the AWS SDK.
///
/// ```no_run
/// use std::path::Path;
///
/// use runbookc::diagnostic::render;
/// use runbookc::embed;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let embedded = embed::compile(&["runbooks/restart.yaml".into()], true)?;
/// for (source, found) in &embedded.findings {
///     eprint!("{}", render::human(source, found, false));
/// }
/// std::fs::create_dir_all("generated/runbooks")?;
/// for file in &embedded.files {
///     std::fs::write(Path::new("generated").join(&file.path), &file.text)?;
/// }
/// # Ok(())
/// # }
/// ```
///
/// Their code includes `generated/runbooks.rs`, or the text of one runbook alone. What is written depends on nothing but the
/// files that are `read`.
///
/// # Errors
/// When a file cannot be read, or two have one name or would have one module.
pub fn compile(paths: &[PathBuf], aws: bool) -> Result<Embedded, EmbedError> {
    let sources: Vec<Arc<Source>> = paths
        .iter()
        .map(|path| read(path).map(Arc::new))
        .collect::<Result<_, _>>()?;
    distinct(paths, &sources)?;
    let mut read = paths.to_vec();
    let mut runbooks = Vec::new();
    let mut findings = Vec::new();
    let compiled = crate::compile_all(&sources, Catalogue::embedded());
    for ((compiled, source), path) in compiled.into_iter().zip(&sources).zip(paths) {
        let mut diagnostics = compiled.diagnostics;
        if let Some(mut runbook) = compiled.runbook {
            let folder = attachments::folder(None, path);
            let attached = runbook.attachments.iter();
            read.extend(attached.map(|attachment| folder.join(&attachment.name)));
            let found = attachments::load(&mut runbook, &folder, Missing::Refused);
            diagnostics.extend(found.into_vec());
            runbooks.push((path, runbook));
        }
        findings.push((Arc::clone(source), diagnostics));
    }
    let mut embedded = Embedded {
        files: Vec::new(),
        findings,
        read,
        crates: Vec::new(),
    };
    if !embedded.has_errors() {
        distinct_modules(&runbooks)?;
        let runbooks: Vec<Runbook> = runbooks.into_iter().map(|(_, runbook)| runbook).collect();
        embedded.files = files(&runbooks, aws);
        if aws {
            embedded.crates = crates(&runbooks);
        }
    }
    Ok(embedded)
}

fn read(path: &Path) -> Result<Source, EmbedError> {
    let text = fs::read_to_string(path).map_err(|source| EmbedError::Read {
        path: path.to_owned(),
        source,
    })?;
    let source = Source::new(path.to_string_lossy(), text);
    // A path that is absolute has a folder, which may name the document.
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    Ok(source.at(&path))
}

fn distinct(paths: &[PathBuf], sources: &[Arc<Source>]) -> Result<(), EmbedError> {
    let mut known: BTreeMap<&str, &PathBuf> = BTreeMap::new();
    for (path, source) in paths.iter().zip(sources) {
        if let Some(first) = known.insert(&source.document, path) {
            return Err(EmbedError::SameName {
                name: source.document.clone(),
                first: first.clone(),
                second: path.clone(),
            });
        }
    }
    Ok(())
}

/// Modules are what a program names: none may have another name because of its neighbours.
fn distinct_modules(runbooks: &[(&PathBuf, Runbook)]) -> Result<(), EmbedError> {
    let mut known: BTreeMap<String, &PathBuf> = BTreeMap::new();
    for (path, runbook) in runbooks {
        for module in emit::module_names(runbook) {
            if let Some(first) = known.insert(module.clone(), path) {
                return Err(EmbedError::SameModule {
                    module,
                    first: first.clone(),
                    second: path.to_path_buf(),
                });
            }
        }
    }
    Ok(())
}

fn files(runbooks: &[Runbook], aws: bool) -> Vec<File> {
    let runbooks: Vec<&Runbook> = runbooks.iter().collect();
    let texts = emit::include_each(&runbooks, aws);
    let all = texts.iter().map(|(_, text)| text.as_str()).collect();
    let each = texts.iter().map(|(name, text)| File {
        path: format!("runbooks/{name}.rs"),
        text: text.clone(),
    });
    let mut files: Vec<File> = each.collect();
    files.push(File {
        path: "runbooks.rs".to_owned(),
        text: all,
    });
    files
}

fn crates(runbooks: &[Runbook]) -> Vec<String> {
    let called = runbooks.iter().map(emit::sdk_operations);
    let mut crates: Vec<String> = called.flat_map(BTreeMap::into_keys).collect();
    crates.sort();
    crates.dedup();
    crates
}
