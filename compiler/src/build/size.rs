//! How much of the disk folders take.

use std::collections::HashSet;
use std::fs::Metadata;
use std::io;
use std::path::Path;

use super::{FileError, files};

/// Adds up files, each of which counts once: cargo gives most of its results a second name.
#[derive(Debug, Default)]
pub(super) struct Sizes {
    seen: HashSet<(u64, u64)>,
}

impl Sizes {
    /// The bytes of the files below a folder that have not been met yet.
    pub(super) fn add(&mut self, folder: &Path) -> Result<u64, FileError> {
        let mut total = 0;
        for path in files::entries(folder)? {
            total += match path.symlink_metadata() {
                Ok(metadata) if metadata.is_dir() => self.add(&path)?,
                Ok(metadata) if self.is_new(&metadata) => metadata.len(),
                // A build may have removed it meanwhile.
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(FileError::new("read", &path)(error));
                }
                _ => 0,
            };
        }
        Ok(total)
    }

    #[cfg(unix)]
    fn is_new(&mut self, metadata: &Metadata) -> bool {
        use std::os::unix::fs::MetadataExt;

        metadata.nlink() == 1 || self.seen.insert((metadata.dev(), metadata.ino()))
    }

    #[cfg(not(unix))]
    fn is_new(&mut self, _: &Metadata) -> bool {
        let _ = &self.seen;
        true
    }
}
