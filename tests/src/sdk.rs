//! The sources of the SDK's crates, as cargo unpacks them.

use std::path::{Path, PathBuf};

use crate::emission::crate_folder;
use crate::folder::{read, write};
use crate::process::{cargo, run};

/// An unpacked SDK crate.
#[derive(Clone, Debug)]
pub struct Unpacked {
    /// Its name: `aws-sdk-ecs`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it is.
    pub folder: PathBuf,
}

/// The newest crates that fit together, in the versions that the compiler carries where it does.
///
/// Cargo works in a folder of tests, which no other test may use.
pub fn unpacked(folder: &str, names: impl Iterator<Item = String>) -> Vec<Unpacked> {
    let names: Vec<String> = names.collect();
    let folder = crate_folder(folder);
    let dependencies = names.iter();
    let dependencies: String = dependencies
        .map(|name| format!("{name} = {{ version = \"1\", default-features = false }}\n"))
        .collect();
    let manifest = format!(
        "[package]\nname = \"unpacked\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\n{dependencies}"
    );
    write(&folder.join("Cargo.toml"), manifest);
    write(&folder.join("src/lib.rs"), "");
    let mut metadata = cargo("metadata");
    metadata.args(["--quiet", "--format-version", "1"]);
    let metadata = run(metadata.current_dir(&folder)).expect_code(0).json();
    let packages = metadata["packages"].as_array().expect("packages");
    let found = names.into_iter().map(|name| {
        let package = packages.iter().find(|package| package["name"] == *name);
        let package = package.unwrap_or_else(|| panic!("cargo has resolved no {name}"));
        let text = |field: &str| package[field].as_str().expect(field).to_owned();
        let manifest = text("manifest_path");
        let folder = Path::new(&manifest).parent();
        Unpacked {
            name,
            version: text("version"),
            folder: folder.expect("a manifest lies in a folder").to_owned(),
        }
    });
    found.collect()
}

impl Unpacked {
    /// Whether a file below the crate's folder declares a public method.
    pub fn declares(&self, file: &Path, method: &str) -> bool {
        let file = self.folder.join(file);
        file.is_file() && read(&file).contains(&format!("pub fn {method}("))
    }
}
