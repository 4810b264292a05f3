//! Unpacking: an attachment comes to lie beside its script (spec 1.3).

use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::{Component, Path};

use zip::ZipArchive;

use super::{Attachment, ScriptError};

/// The disk of the service's sandbox (spec 5.13): an archive cannot be larger unpacked.
const DISK: u64 = 512 * 1024 * 1024;

/// What is wrong with an attachment.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("it must be a `.zip` or a `.py` file")]
    Kind,
    #[error("it was not there when this program was built")]
    Absent,
    #[error("its name must not hold a folder")]
    Name,
    #[error("its entry `{0}` lies outside the folder of the script")]
    Outside(String),
    #[error("its entry `{0}` is a link")]
    Link(String),
    #[error("unpacked it is larger than {DISK} bytes")]
    TooLarge,
    #[error(transparent)]
    Archive(#[from] zip::result::ZipError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Puts the file, or what is in the archive, into a folder.
pub(super) fn unpack(attachment: &Attachment, folder: &Path) -> Result<(), ScriptError> {
    place(attachment, folder).map_err(|problem| ScriptError::Attachment {
        name: attachment.name.clone(),
        problem: problem.to_string(),
    })
}

fn place(attachment: &Attachment, folder: &Path) -> Result<(), Problem> {
    let name = Path::new(&attachment.name);
    let mut components = name.components();
    if !matches!(
        (components.next(), components.next()),
        (Some(Component::Normal(_)), None)
    ) {
        return Err(Problem::Name);
    }
    let content = attachment.content.as_ref().ok_or(Problem::Absent)?;
    let ending = name.extension().unwrap_or_default().to_ascii_lowercase();
    match ending.to_str() {
        Some("py") => Ok(fs::write(folder.join(name), content)?),
        Some("zip") => extract(content, folder),
        _ => Err(Problem::Kind),
    }
}

fn extract(content: &[u8], folder: &Path) -> Result<(), Problem> {
    let mut archive = ZipArchive::new(Cursor::new(content))?;
    let mut room = DISK;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let written = entry.name()?.into_owned();
        let Some(path) = entry.enclosed_name() else {
            return Err(Problem::Outside(written));
        };
        if entry.is_symlink() {
            return Err(Problem::Link(written));
        }
        let path = folder.join(path);
        if entry.is_dir() {
            fs::create_dir_all(&path)?;
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        // The sizes in an archive are claims; what is unpacked is counted.
        let copied = io::copy(&mut (&mut entry).take(room + 1), &mut File::create(&path)?)?;
        room = room.checked_sub(copied).ok_or(Problem::TooLarge)?;
    }
    Ok(())
}
