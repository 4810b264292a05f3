//! Lists the carried source of the runtime, so that the compiler can embed it,
//! and gives the pruner a version, and names the platform.
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
    let package = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let sources = collect(&package.join("carried/runtime"), "src")?;
    let output = PathBuf::from(env::var("OUT_DIR")?).join("carried.rs");
    fs::write(output, listing(&sources)?)?;

    let pruner = collect(&package.join("src/build/prune"), "prune")?;
    println!("cargo::rustc-env=RUNBOOKC_PRUNER={:016x}", hash(&pruner)?);
    // Cargo is asked about crates for the platform that it will build for.
    println!("cargo::rustc-env=RUNBOOKC_TARGET={}", env::var("TARGET")?);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=carried");
    Ok(())
}

/// The endings of source files: the runtime hands scripts to interpreters by drivers in their own languages.
const SOURCES: [&str; 3] = ["rs", "py", "ps1"];

/// Every source file below a folder, with its path in the package, sorted.
fn collect(folder: &Path, prefix: &str) -> io::Result<Vec<(String, PathBuf)>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = format!(
            "{prefix}/{}",
            path.file_name().unwrap_or_default().display()
        );
        if path.is_dir() {
            found.extend(collect(&path, &name)?);
        } else if path
            .extension()
            .is_some_and(|extension| SOURCES.iter().any(|known| extension == *known))
        {
            found.push((name, path));
        }
    }
    found.sort();
    Ok(found)
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

/// FNV-1a over the files: what an older pruner made is not taken for the work of this one.
fn hash(sources: &[(String, PathBuf)]) -> io::Result<u64> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (name, path) in sources {
        for byte in name.bytes().chain(fs::read(path)?) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    Ok(hash)
}
