//! Lock files, above all the one that generated crates start from.
//!
//! The carried one holds the runtime and the SDK crates of the services that the compiler's
//! own actions call, with everything below them, in the versions of the day the
//! compiler was made. Cargo drops what a crate does not use, and resolves what
//! the file does not hold to the newest. `data/lock.sh` renews it.

use std::collections::BTreeSet;

/// The carried lock file.
pub(super) const CARRIED: &str = include_str!("../../data/Cargo.lock");

/// Those of some crates that the carried lock file does not hold, sorted.
pub(super) fn missing<'a>(crates: impl Iterator<Item = &'a str>) -> Vec<String> {
    let missing: BTreeSet<&str> = crates.filter(|name| !holds(name)).collect();
    missing.into_iter().map(str::to_owned).collect()
}

fn holds(package: &str) -> bool {
    let entry = name_entry(package);
    CARRIED.lines().any(|line| line == entry)
}

fn name_entry(package: &str) -> String {
    format!("name = \"{package}\"")
}

/// A lock file in which some packages come from folders: as cargo writes it, they have neither source nor checksum.
pub(super) fn local(lock: &str, is_local: &dyn Fn(&str) -> bool) -> String {
    let mut in_local = false;
    let lines = lock.lines().filter(|line| {
        if let Some(name) = line.strip_prefix("name = \"") {
            in_local = is_local(name.trim_end_matches('"'));
        }
        !in_local || !(line.starts_with("source = ") || line.starts_with("checksum = "))
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::local;

    #[test]
    fn local_packages_have_no_source() {
        let lock = r#"version = 4

[[package]]
name = "aws-sdk-ecs"
version = "1.0.0"
source = "registry+https://example.com/index"
checksum = "00"
dependencies = [
 "http",
]

[[package]]
name = "http"
version = "1.0.0"
source = "registry+https://example.com/index"
checksum = "11"
"#;
        expect![[r#"
            version = 4

            [[package]]
            name = "aws-sdk-ecs"
            version = "1.0.0"
            dependencies = [
             "http",
            ]

            [[package]]
            name = "http"
            version = "1.0.0"
            source = "registry+https://example.com/index"
            checksum = "11"
        "#]]
        .assert_eq(&local(lock, &|name| name == "aws-sdk-ecs"));
    }
}
