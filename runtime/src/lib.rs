//! What runbooks that runbookc has compiled link against: their binaries, and programs that embed them.
//!
//! A program that embeds runbooks finds all it needs in [`embed`], which begins with [`include_runbook!`]; a test of it finds
//! scenarios in [`simulate`].
//!
//! | feature | what it brings |
//! | --- | --- |
//! | `pattern` (on) | `allowedPattern` of parameters and variables |
//! | `aws` | calls by the AWS SDK, of the services whose crates the program names |
//! | `script` | scripts of `aws:executeScript` as real processes |
//! | `journal` | a journal on disk, in which executions outlive their process |
//! | `tracing` | a log: what happens, as events of `tracing` |
//! | `cli` | the command line of binaries |
//!
//! | for | modules |
//! | --- | --- |
//! | running a runbook | [`embed`], [`cancel`], [`signal`], [`doubt`], [`resource`], [`parameters`], `aws`, `journal`, `log` |
//! | what comes of it | [`record`], [`status`], [`event`], [`value`] |
//! | tests | [`simulate`] |
//! | what a program may bring itself | [`caller`], [`clock`], [`store`], [`observer`], [`signal`] |
//!
//! All other modules are what generated code names, and what the engine consists of. They are public because that code lies
//! in other crates, and change with every version; a module of another version does not compile. Their comments name
//! sections of the notes on the service's behaviour by which they were written: (spec 3.7).
//!
//! # How it works
//!
//! Generated code implements [`runbook::Runbook`]: static facts and pure functions. The [`engine`] drives it: it
//! performs the effects that steps ask for, stores everything that happens as an [`event::Event`] before it goes on, and
//! shows the outcome as a [`record::Record`]. An execution is a fold over its events, so it can be continued
//! after any of them.
//!
//! Invariants: nothing here parses a runbook; only a [`clock::Clock`] knows the time, and orchestration sees no other
//! time than that of events; ids are derived, never random, but for the execution's own.

pub mod approval;
#[cfg(feature = "aws")]
pub mod aws;
pub mod branch;
pub mod caller;
pub mod cancel;
pub mod child;
#[cfg(feature = "cli")]
pub mod cli;
pub mod clock;
pub mod decode;
pub mod doubt;
pub mod dry_run;
pub mod duration;
pub mod effect;
pub mod embed;
pub mod engine;
pub mod event;
pub mod execution;
pub mod failure;
pub mod flow;
pub mod generated;
pub mod input;
#[cfg(feature = "journal")]
pub mod journal;
pub mod lambda;
pub mod local;
#[cfg(feature = "tracing")]
pub mod log;
pub mod name;
pub mod observer;
pub mod parameters;
#[cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "only the command line starts parents")
)]
mod parent;
pub mod pattern;
pub mod policy;
pub mod procedure;
pub mod rate;
mod real;
pub mod record;
pub mod report;
pub mod resource;
pub mod runbook;
pub mod scope;
pub mod script;
#[cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "only the command line has targets")
)]
pub mod search;
pub mod selector;
pub mod signal;
mod similar;
pub mod simulate;
pub mod status;
pub mod store;
pub mod stored;
pub mod token;
pub mod turns;
pub mod value;
pub mod variable;
pub mod webhook;

/// What the derives in generated code name.
pub use serde;
/// Documents as they are written: answers of scenarios, and what calls are compared with.
pub use serde_json::json;

/// Includes the module of a runbook that the crate's build script has compiled with `runbookc::build`.
///
/// `include_runbook!("restart-instance")` is the module `restart_instance`, public where it stands, and beside it
/// `restart_instance_aws`, which calls the AWS SDK. Runbooks that its steps start have to be included beside it. One that is
/// called like a keyword has a `_` behind the name of its module: `type_`, and `type_aws`.
///
/// The modules name the crate `runbook_runtime`. Where `Cargo.toml` calls it otherwise, the root of the crate says so:
/// `extern crate rt as runbook_runtime;`.
#[macro_export]
macro_rules! include_runbook {
    ($name:literal) => {
        include!(concat!(env!("OUT_DIR"), "/runbooks/", $name, ".rs"));
    };
}

/// Includes the modules of all runbooks that the crate's build script has compiled with `runbookc::build`.
#[macro_export]
macro_rules! include_runbooks {
    () => {
        include!(concat!(env!("OUT_DIR"), "/runbooks.rs"));
    };
}

/// The lock between compiler and runtime: a module that another version of runbookc has made does not compile, since what it
/// names may mean something else here.
#[doc(hidden)]
#[macro_export]
macro_rules! made_by {
    ("0.1.0") => {};
    ($version:literal) => {
        compile_error!(concat!(
            "this runbook was compiled by runbookc ",
            $version,
            ", but runbook-runtime is of version 0.1.0; use one version of both: `runbookc` under \
             [build-dependencies] (or the command) and `runbook-runtime` under [dependencies]"
        ));
    };
}

/// Says that a feature is missing, which a runbook that calls AWS needs.
#[doc(hidden)]
#[cfg(not(feature = "aws"))]
#[macro_export]
macro_rules! needs_aws {
    () => {
        compile_error!(
            "this runbook calls AWS: give `runbook-runtime` the feature `aws` under [dependencies]"
        );
    };
}

/// The feature is there, which a runbook that calls AWS needs.
#[doc(hidden)]
#[cfg(feature = "aws")]
#[macro_export]
macro_rules! needs_aws {
    () => {};
}

/// Says that a feature is missing, which a runbook that has scripts needs.
#[doc(hidden)]
#[cfg(not(feature = "script"))]
#[macro_export]
macro_rules! needs_script {
    () => {
        compile_error!(
            "this runbook has scripts: give `runbook-runtime` the feature `script` under [dependencies]"
        );
    };
}

/// The feature is there, which a runbook that has scripts needs.
#[doc(hidden)]
#[cfg(feature = "script")]
#[macro_export]
macro_rules! needs_script {
    () => {};
}
