//! The carried runtime: its source travels inside the compiler.
//!
//! So a runbook can be built anywhere, without the compiler's repository and
//! before the runtime of this very version is on a registry.

use std::path::PathBuf;

use super::cache::Cache;
use super::{FileError, files, hash, manifest};
use crate::emit::File;

/// Path and text of every source file; `build.rs` lists them.
static SOURCES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/carried.rs"));
const MANIFEST: &str = include_str!("../../carried/runtime.toml");
const WORKSPACE: &str = include_str!("../../carried/workspace.toml");
/// Compiler and runtime are released together.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The runtime's package, standing on its own.
pub(super) fn package() -> Vec<File> {
    let sources = SOURCES.iter().map(|(path, text)| File {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
    });
    let manifest = File {
        path: "Cargo.toml".to_owned(),
        text: manifest::standalone(MANIFEST, WORKSPACE),
    };
    sources.chain([manifest]).collect()
}

/// The runtime's crate.
pub(super) const NAME: &str = "runbook-runtime";

/// Brings the runtime into the cache; gives its folder.
///
/// Every file is compared, so that a cache that was tampered with or cut off is repaired.
pub(super) fn unpack(cache: &Cache) -> Result<PathBuf, FileError> {
    let package = package();
    let texts = package.iter().flat_map(|file| [&*file.path, &*file.text]);
    let folder = cache.runtime_folder(VERSION, hash::of(texts));
    for file in &package {
        files::write_if_changed(&folder.join(&file.path), file.text.as_bytes())?;
    }
    Ok(folder)
}
