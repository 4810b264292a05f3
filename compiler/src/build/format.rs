//! Formatting: generated sources as rustfmt leaves them, for people to read.
//!
//! Only emission for people goes through it; cargo does not mind. Where there is no rustfmt the sources stay as they
//! were printed, which compiles just as well.

use std::env;
use std::ffi::OsString;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use crate::emit::File;

/// The files with their Rust formatted in the style of the edition they are written for.
pub fn format(files: Vec<File>) -> Vec<File> {
    let rustfmt = env::var_os("RUSTFMT").unwrap_or_else(|| OsString::from("rustfmt"));
    let formatted = files.into_iter().map(|file| {
        let text = is_rust(&file).then(|| formatted(&rustfmt, &file.text));
        match text.flatten() {
            Some(text) => File { text, ..file },
            None => file,
        }
    });
    formatted.collect()
}

fn is_rust(file: &File) -> bool {
    file.path.ends_with(".rs")
}

/// What rustfmt makes of a text; `None` if there is no rustfmt, or it does not like the text.
fn formatted(rustfmt: &OsString, text: &str) -> Option<String> {
    let mut child = Command::new(rustfmt)
        .args(["--edition", "2024", "--style-edition", "2024", "--quiet"])
        // Settings of the folder that the user happens to stand in must not matter.
        .args(["--config-path", "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    let text = text.to_owned();
    // Written beside the reading, or both processes could wait for each other.
    let writer = thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().ok()?;
    let written = writer.join().is_ok_and(|written| written.is_ok());
    let text = String::from_utf8(output.stdout).ok()?;
    (written && output.status.success() && !text.is_empty()).then_some(text)
}
