//! Emission: the program as Rust.
//!
//! Takes a checked [`Runbook`] and gives the files of a crate, or the one file that a build.rs includes. It decides
//! nothing: all names are fixed in a plan, and every file is printed from it. The same runbook gives the same bytes.

mod api;
mod aws;
mod children;
mod convert;
mod data;
mod definition;
mod embedded;
mod expression;
mod flow;
mod inputs;
mod layout;
mod local;
mod loops;
mod manifest;
mod module;
pub(crate) mod names;
mod outputs;
mod parameters;
mod people;
mod plan;
mod request;
mod scripts;
mod sdk;
mod search;
mod selector;
mod shapes;
pub mod smithy;
mod steps;
mod supplied;
mod told;
mod types;
mod variables;
mod whole;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;

pub use sdk::{SdkCall, SdkSetter, sdk_calls};
pub use whole::Lacks;

use crate::ir::Runbook;
use children::Modules;
use plan::{Plan, Surface};

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where, from the crate's folder on, with `/` between the parts: `src/main.rs`.
    pub path: String,
    /// What.
    pub text: String,
}

/// The files of a crate whose binary is the runbook. `source` is the runbook's own text, which travels along.
pub fn krate(runbook: &Runbook, source: &str) -> Vec<File> {
    krate_without(runbook, source, &Lacks::default())
}

/// The same for SDK crates that lack some of the members that calls can do without: those that a value handed whole to an
/// API may have, and tokens.
pub fn krate_without(runbook: &Runbook, source: &str, lacks: &Lacks) -> Vec<File> {
    let modules = Modules::of(runbook);
    let plans = plans(runbook, &modules, Surface::Binary);
    let header = header(runbook);
    let mut files = vec![
        file("Cargo.toml", manifest::cargo_toml(&plans)),
        file("README.md", manifest::readme(&plans)),
        file(&runbook.file, source.to_owned()),
        file("src/main.rs", layout::file(&header, manifest::main(&plans))),
    ];
    for linked in &runbook.linked {
        let text = linked.source.text.clone();
        let taken = files.iter().any(|file| file.path == linked.runbook.file);
        let path = match taken {
            false => linked.runbook.file.clone(),
            // Files in different folders may have one name; those of runbooks differ.
            true => format!("{}/{}", linked.runbook.name, linked.runbook.file),
        };
        files.push(file(&path, text));
    }
    for plan in &plans {
        let folder = &plan.module;
        for (name, text) in module_files(plan, &self::header(plan.runbook), lacks) {
            files.push(file(&format!("src/{folder}/{name}"), text));
        }
    }
    files
}

/// The runbook as modules of another crate: a folder for it, and for each of those that its steps start.
pub fn modules(runbook: &Runbook) -> Vec<File> {
    let modules = Modules::of(runbook);
    let plans = plans(runbook, &modules, Surface::Embedded).into_iter();
    let files = plans.flat_map(|plan| {
        let folder = plan.module.to_string();
        let files = module_files(&plan, &header(plan.runbook), &Lacks::default());
        files
            .into_iter()
            .map(move |(name, text)| file(&format!("{folder}/{name}"), text))
    });
    files.collect()
}

/// The runbook as one text, for `include!`: a module, and beside it, with `aws`, the module that calls the SDK; then those
/// of the runbooks that its steps start.
pub fn include(runbook: &Runbook, aws: bool) -> String {
    let modules = Modules::of(runbook);
    let plans = plans(runbook, &modules, Surface::Embedded).into_iter();
    plans.map(|plan| text(&plan, aws)).collect()
}

/// Runbooks of one crate, each as [`include()`] gives it but without those that its steps start: these are modules of their
/// own, to be included beside it. Beside every text stands the name of its runbook. No two runbooks have one name.
pub fn include_each(runbooks: &[&Runbook], aws: bool) -> Vec<(String, String)> {
    let modules = Modules::of_all(runbooks.iter().copied());
    let plans = runbooks
        .iter()
        .map(|runbook| Plan::new(runbook, &modules, Surface::Embedded));
    plans
        .map(|plan| (plan.runbook.name.clone(), text(&plan, aws)))
        .collect()
}

/// The modules that a runbook has in a program: its own, and that of its calls.
pub fn module_names(runbook: &Runbook) -> [String; 2] {
    let own = plan::module_name(runbook);
    let calls = names::and(&own, "aws");
    [own, calls]
}

/// A runbook as one text: its module, and with `aws` the one that calls the SDK.
fn text(plan: &Plan<'_>, aws: bool) -> String {
    let mut submodules = String::new();
    for (name, items) in self::submodules(plan, &Lacks::default()) {
        let (text, doc) = (layout::file("", items), submodule_doc(name));
        submodules.push_str(&format!("/// {doc}\npub mod {name} {{\n{text}}}\n"));
    }
    let own = layout::file("", module::items(plan));
    let mut text = header(plan.runbook);
    let module = &plan.module;
    for line in module::docs(plan) {
        text.push_str(&format!("///{line}\n"));
    }
    text.push_str(&format!(
        "{NO_TASTE}pub mod {module} {{\n{submodules}\n{own}}}\n"
    ));
    if aws {
        let module = manifest::aws_module(plan);
        let own = layout::file("", aws::items(plan, &Lacks::default()));
        let doc = format!("The calls of {}, made by the AWS SDK.", plan.runbook.file);
        text.push_str(&format!(
            "/// {doc}\n{NO_TASTE}pub mod {module} {{\n{own}}}\n"
        ));
    }
    text
}

/// What a crate that includes the text asks of its own code is not asked of ours. Nor need it use everything, or let others
/// see it: in a binary, all that it does not use would be dead.
const NO_TASTE: &str = "\
#[allow(
    dead_code,
    missing_copy_implementations,
    unreachable_pub,
    clippy::nursery,
    clippy::pedantic,
    reason = \"what is generated has a style of its own, and more than every program needs\"
)]
";

/// What a module within that of a runbook holds.
fn submodule_doc(name: &str) -> &'static str {
    match name {
        "parameters" => "The parameters: what is supplied, and all of them in an execution.",
        "flow" => "The steps, and where each leads.",
        "steps" => "What each step asks for and leaves behind.",
        "api" => "The API calls.",
        "shapes" => "How the answers of the called operations are read.",
        "scripts" => "The texts of scripts.",
        "inputs" => "What the API takes where a map is handed to it whole.",
        _ => "The variables.",
    }
}

/// The plan of a runbook, then those of the runbooks that are linked to it.
fn plans<'a>(runbook: &'a Runbook, modules: &'a Modules, surface: Surface) -> Vec<Plan<'a>> {
    let linked = runbook.linked.iter().map(|linked| &linked.runbook);
    let runbooks = std::iter::once(runbook).chain(linked);
    runbooks
        .map(|runbook| Plan::new(runbook, modules, surface))
        .collect()
}

/// The name of the crate and of its binary: `ecs-run-task`.
pub fn crate_name(runbook: &Runbook) -> String {
    plan::crate_name(runbook)
}

/// What the runbook's `aws.rs` calls: the API names of the operations, by SDK crate (`aws-sdk-ecs`).
pub fn sdk_operations(runbook: &Runbook) -> BTreeMap<String, BTreeSet<String>> {
    let mut operations: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for call in sdk_calls(runbook) {
        let of_crate = operations.entry(call.krate).or_default();
        of_crate.insert(call.operation);
    }
    operations
}

fn module_files(plan: &Plan<'_>, header: &str, lacks: &Lacks) -> Vec<(String, String)> {
    let mut submodules = submodules(plan, lacks);
    submodules.sort_by_key(|(name, _)| *name);
    let declarations = submodules.iter().map(|(name, _)| {
        let name = names::identifier(name);
        quote::quote!(pub mod #name;)
    });
    let own = declarations.chain(module::items(plan));
    let mut files = vec![("mod.rs".to_owned(), layout::file(header, own.collect()))];
    for (name, items) in submodules {
        files.push((format!("{name}.rs"), layout::file(header, items)));
    }
    let aws = aws::items(plan, lacks);
    files.push(("aws.rs".to_owned(), layout::file(header, aws)));
    files
}

fn submodules(plan: &Plan<'_>, lacks: &Lacks) -> Vec<(&'static str, Vec<TokenStream>)> {
    let mut modules = vec![
        ("parameters", parameters::items(plan)),
        ("flow", flow::items(plan)),
        ("steps", steps::items(plan)),
        ("api", api::items(plan, lacks)),
        ("shapes", shapes::items(&plan.types)),
    ];
    if scripts::has_texts(plan) {
        modules.push(("scripts", scripts::items(plan)));
    }
    let wholes = &plan.types.wholes;
    if !wholes.shapes.is_empty() {
        modules.push(("inputs", inputs::items(wholes)));
    }
    if !plan.variables.is_empty() {
        modules.push(("variables", variables::items(plan)));
    }
    modules
}

fn header(runbook: &Runbook) -> String {
    format!(
        "// Generated by runbookc {} from {}. Edit that file instead.\n",
        env!("CARGO_PKG_VERSION"),
        runbook.file
    )
}

fn file(path: &str, text: String) -> File {
    File {
        path: path.to_owned(),
        text,
    }
}
