//! The lock file that generated crates start from.
//!
//! It holds the runtime and the SDK crates of the services that the compiler's
//! own actions call, with everything below them, in the versions of the day the
//! compiler was made. Cargo drops what a crate does not use, and resolves what
//! the file does not hold to the newest. `data/lock.sh` renews it.

/// The carried lock file.
pub(super) const CARRIED: &str = include_str!("../../data/Cargo.lock");

/// Those of some crates that the carried lock file does not hold.
pub(super) fn missing(crates: &[String]) -> Vec<String> {
    let missing = crates.iter().filter(|name| !holds(name));
    missing.cloned().collect()
}

fn holds(package: &str) -> bool {
    let entry = format!("name = \"{package}\"");
    CARRIED.lines().any(|line| line == entry)
}
