//! The folder of one attempt: private, fresh, and removed with everything in it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::command::file;
use super::unpack::unpack;
use super::{Script, ScriptError};

/// The folders of one attempt.
#[derive(Debug)]
pub(super) struct Sandbox {
    /// Where the script runs: it and its attachment lie here.
    folder: TempDir,
    /// Where the driver writes, apart, so that no attachment can stand for an answer.
    channel: TempDir,
    script: PathBuf,
}

impl Sandbox {
    /// Makes the folders and fills them.
    pub(super) fn new(script: &Script) -> Result<Self, ScriptError> {
        let folder = private_folder().map_err(unusable)?;
        let channel = private_folder().map_err(unusable)?;
        if let Some(attachment) = &script.attachment {
            unpack(attachment, folder.path())?;
        }
        // Written last: the inline script has its name even if the attachment has such a file.
        let file = folder.path().join(file(script.runtime.language));
        if !script.text.trim().is_empty() {
            fs::write(&file, &script.text).map_err(unusable)?;
        }
        Ok(Self {
            folder,
            channel,
            script: file,
        })
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The script's file.
    pub(super) fn script(&self) -> &Path {
        &self.script
    }

    /// The file that the driver writes its answer into.
    pub(super) fn answer(&self) -> PathBuf {
        self.channel.path().join("answer.json")
    }

    /// Removes the folders; gives what is left, and why.
    pub(super) fn remove(self) -> Option<String> {
        let left = [self.folder, self.channel].map(remove);
        let left: Vec<String> = left.into_iter().flatten().collect();
        (!left.is_empty()).then(|| left.join("; "))
    }
}

fn remove(folder: TempDir) -> Option<String> {
    let path = folder.path().to_owned();
    let error = folder.close().err()?;
    Some(format!("{} was not removed: {error}", path.display()))
}

fn private_folder() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("runbook-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o700));
    }
    builder.tempdir()
}

#[expect(clippy::needless_pass_by_value, reason = "it is mapped over")]
fn unusable(error: io::Error) -> ScriptError {
    ScriptError::Folder(error.to_string())
}
