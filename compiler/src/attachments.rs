//! Attachments: the files that scripts use, read from beside the runbook (spec 1.3).
//!
//! Takes a checked runbook and fills in what is in its attachments. Binaries carry them, so a build needs them; a file that
//! has not the checksum of the document is never carried.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hmac_sha256::Hash;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::{Attachment, Runbook};

/// What to do without a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It is an error: without it a script fails.
    Refused,
    /// Binaries that only simulate can do without: a script that is really run fails, and says why.
    Allowed,
}

/// Reads every attachment from a folder.
pub fn load(runbook: &mut Runbook, folder: &Path, missing: Missing) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for attachment in &mut runbook.attachments {
        match read(attachment, folder) {
            Ok(Some(content)) => attachment.content = Some(content),
            Ok(None) if missing == Missing::Allowed => {}
            Ok(None) => diagnostics.push(not_there(attachment, folder)),
            Err(report) => diagnostics.push(*report),
        }
    }
    diagnostics
}

/// The folder to look in: the one that is named, else that of the runbook.
pub fn folder(named: Option<&Path>, runbook: &Path) -> PathBuf {
    let beside = || runbook.parent().unwrap_or(Path::new("")).to_owned();
    named.map_or_else(beside, Path::to_owned)
}

fn read(attachment: &Attachment, folder: &Path) -> Result<Option<Vec<u8>>, Box<Diagnostic>> {
    let path = folder.join(&attachment.name);
    match fs::read(&path) {
        Ok(content) => {
            verify(attachment, &content, &path)?;
            Ok(Some(content))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let problem = format!("`{}` cannot be read: {error}", path.display());
            let report = Diagnostic::error(Code::UnusableAttachment, attachment.span, problem);
            Err(Box::new(report.label("a script uses this file")))
        }
    }
}

fn verify(attachment: &Attachment, content: &[u8], path: &Path) -> Result<(), Box<Diagnostic>> {
    let found = checksum(content);
    match &attachment.sha256 {
        Some(wanted) if *wanted != found => {
            let message = format!("`{}` is not the file of the document", path.display());
            let report = Diagnostic::error(Code::UnusableAttachment, attachment.span, message)
                .label(format!("its sha256 is not {found}"))
                .help(
                    "put the right file there, or write down its checksum if it is the right one",
                );
            Err(Box::new(report))
        }
        _ => Ok(()),
    }
}

fn not_there(attachment: &Attachment, folder: &Path) -> Diagnostic {
    let name = &attachment.name;
    let message = format!("the attachment `{name}` is not there");
    Diagnostic::error(Code::UnusableAttachment, attachment.span, message)
        .label("a script uses this file")
        .note(format!("looked for `{}`", folder.join(name).display()))
        .help("put it beside the runbook, or name its folder with --attachments DIR")
}

fn checksum(content: &[u8]) -> String {
    let digest = Hash::hash(content);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
