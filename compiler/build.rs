//! Lists the carried source of the runtime, so that the compiler can embed it.
//!
//! `carried/` holds symbolic links to the runtime; `cargo package` turns them
//! into copies, and the manifest travels under another name because cargo
//! leaves out folders with a manifest of their own.

use std::env;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let carried = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("carried");
    let mut sources = Vec::new();
    collect(&carried.join("runtime"), "src", &mut sources)?;
    sources.sort();

    let output = PathBuf::from(env::var("OUT_DIR")?).join("carried.rs");
    fs::write(output, listing(&sources)?)?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=carried");
    Ok(())
}

/// Finds every file below a folder, with its path in the runtime's package.
fn collect(folder: &Path, prefix: &str, found: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = format!(
            "{prefix}/{}",
            path.file_name().unwrap_or_default().display()
        );
        if path.is_dir() {
            collect(&path, &name, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((name, path));
        }
    }
    Ok(())
}

/// A Rust array of paths and the files' texts.
fn listing(sources: &[(String, PathBuf)]) -> Result<String, std::fmt::Error> {
    let mut text = String::from("&[\n");
    for (name, path) in sources {
        writeln!(
            text,
            "    ({name:?}, include_str!({:?})),",
            path.display().to_string()
        )?;
    }
    text.push_str("]\n");
    Ok(text)
}
