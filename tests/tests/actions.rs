//! The runbooks of `tests/actions` and `examples`, with all of their scenarios: every outcome of every action.
//!
//! All of them are compiled into one crate. Each scenario is played, then cut off after every event and continued: the
//! record must not tell.
//! And every record is what the AWS command line would print of the service's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use runbookc_tests::emission::{cargo_in, crate_folder, emit_modules};
use runbookc_tests::folder::{files, read, write};
use runbookc_tests::paths::repository;
use runbookc_tests::process::run;
use runbookc_tests::python;

#[test]
fn scenarios_of_all_runbooks_come_out_as_expected_wherever_they_are_cut() {
    let folder = crate_folder("actions");
    let runbooks: Vec<Runbook> = folders()
        .into_iter()
        .map(|runbook| Runbook::emit(runbook, &folder))
        .collect();
    write(&folder.join("Cargo.toml"), manifest());
    let records = folder.join("records");
    write(&folder.join("src/main.rs"), program(&runbooks, &records));
    let _ = fs::remove_dir_all(&records);
    fs::create_dir_all(&records).expect("a folder for the records can be made");

    let ran = run(&mut cargo_in(&folder, "run")).expect_code(0);
    for runbook in &runbooks {
        let expected = format!("{}: ", runbook.name);
        let line = ran.stdout.lines().find(|line| line.starts_with(&expected));
        let line = line.unwrap_or_else(|| panic!("{expected}\n{}", ran.stdout));
        assert!(!line.contains(": 0 scenarios"), "{line}");
        assert!(!line.contains(", 0 cuts"), "{line}");
    }

    let mut check = Command::new(python::with_moto());
    check.arg(repository().join("tests/records.py"));
    let checked = run(check.arg(&records)).expect_code(0);
    let count = files(&records, &|_| true).len();
    assert!(count > runbooks.len());
    assert_eq!(checked.stdout.trim(), format!("{count} records"));
}

/// The folders that have a runbook with scenarios.
fn folders() -> Vec<PathBuf> {
    let all = ["tests/actions", "examples"].map(|folder| repository().join(folder));
    let in_folder = |folder: PathBuf| {
        let is_near = |path: &Path| path.components().count() < 3;
        let found = files(&folder, &is_near).into_iter();
        let runbooks = found.filter(|path| path.ends_with("runbook.yaml"));
        let folders = runbooks.filter_map(|path| Some(folder.join(path.parent()?)));
        folders.collect::<Vec<_>>()
    };
    all.into_iter().flat_map(in_folder).collect()
}

/// A runbook in the crate.
struct Runbook {
    /// What its folder is called, and the folder of its modules.
    name: String,
    scenarios: PathBuf,
    /// Its own module, and those of the runbooks that its steps start.
    modules: Vec<String>,
    /// The path of its type.
    kind: String,
}

impl Runbook {
    /// Emits the runbook of a folder into the crate, with all others that lie beside it.
    fn emit(folder: PathBuf, krate: &Path) -> Self {
        let name = name(&folder);
        let is_document = |path: &Path| path.extension().is_some_and(|ending| ending == "yaml");
        let mut documents = files(&folder, &is_document);
        documents.retain(|path| path != Path::new("runbook.yaml"));
        let children: Vec<PathBuf> = documents.iter().map(|path| folder.join(path)).collect();
        let emitted = krate.join("src").join(&name);
        emit_modules(&folder.join("runbook.yaml"), &children, &emitted);

        let is_module = |path: &Path| emitted.join(path).is_dir() || path.ends_with("mod.rs");
        let found = files(&emitted, &is_module);
        let modules = found.iter().filter_map(|path| path.parent());
        let modules: Vec<String> = modules.map(self::name).collect();
        // A word that Rust has for itself has an underscore behind it.
        let own = name.replace('-', "_");
        let own = modules
            .iter()
            .find(|module| module.trim_end_matches('_') == own);
        let own = own.expect("the runbook has a module");
        let kind = kind(&read(&emitted.join(own).join("mod.rs")));
        Self {
            kind: format!("{}::{own}::{kind}", around(&name)),
            scenarios: folder.join("scenarios"),
            modules,
            name,
        }
    }
}

fn name(path: &Path) -> String {
    let name = path.file_name().expect("the path of a runbook has a name");
    name.to_string_lossy().into_owned()
}

/// The module around those of a runbook.
fn around(name: &str) -> String {
    format!("of_{}", name.replace('-', "_"))
}

/// The type of a runbook, as its module declares it.
fn kind(module: &str) -> String {
    let declared = module.lines().find_map(|line| {
        let implemented = line.strip_prefix("impl Runbook for ")?;
        implemented.strip_suffix(" {")
    });
    declared.expect("a module implements a runbook").to_owned()
}

fn manifest() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "[package]\nname = \"actions\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\nrunbook-runtime = {{ version = \"={version}\", features = [\"cli\", \"script\"] }}\n\
         serde_json = \"1\"\ntokio = \"1\"\n\n[profile.dev]\ndebug = false\n"
    )
}

/// The text of `main.rs`: it plays the scenarios of every runbook.
fn program(runbooks: &[Runbook], records: &Path) -> String {
    let (mut modules, mut plays) = (String::new(), String::new());
    for runbook in runbooks {
        let Runbook {
            name,
            scenarios,
            kind,
            ..
        } = runbook;
        let inside = runbook.modules.iter();
        let inside: String = inside.map(|module| format!(" pub mod {module};")).collect();
        modules += &format!("#[path = {name:?}]\nmod {} {{{inside} }}\n", around(name));
        plays += &format!(
            "    played.push(play::scenarios::<{kind}>({name:?}, Path::new({scenarios:?}), Path::new({records:?})).await);\n"
        );
    }
    let play = repository().join("tests/src/play.rs");
    format!(
        "use std::path::Path;\nuse std::process::ExitCode;\n\n{modules}#[path = {play:?}]\nmod play;\n\n\
         #[tokio::main]\nasync fn main() -> ExitCode {{\n    let mut played = Vec::new();\n{plays}    \
         let problems: Vec<String> = played.into_iter().filter_map(Result::err).flatten().collect();\n    \
         problems.iter().for_each(|problem| eprintln!(\"{{problem}}\"));\n    \
         ExitCode::from(u8::from(!problems.is_empty()))\n}}\n"
    )
}
