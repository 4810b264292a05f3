//! Helpers of the end-to-end tests: the built compiler, folders, generated crates, and moto's server.
//!
//! Everything that the tests make lies in `target/tests` and is used again by the next run.

pub mod account;
pub mod effects;
pub mod emission;
pub mod folder;
mod http;
pub mod moto;
pub mod mutants;
pub mod paths;
pub mod play;
pub mod process;
pub mod python;
pub mod scripted;
pub mod sdk;
pub mod stand_in;
