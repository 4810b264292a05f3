//! The runtime's manifest without its workspace.
//!
//! Resolves `workspace = true` in our own manifests, which keep one entry on a
//! line, and drops what only developers of the runtime need.

use std::collections::HashMap;

/// Sections that a dependent has no use for.
const DROPPED: [&str; 4] = ["[lints", "[dev-dependencies", "[[test", "[[bench"];

/// Makes a package's manifest independent of its workspace.
pub(super) fn standalone(package: &str, workspace: &str) -> String {
    let inherited = entries(workspace);
    let mut section = "";
    let mut text = String::from("# The runtime of runbookc, as the compiler carries it.\n");
    for line in package.lines() {
        if line.starts_with('[') {
            section = line;
        }
        let dropped = DROPPED.iter().any(|prefix| section.starts_with(prefix));
        if !dropped && !line.starts_with("readme") {
            text.push_str(&resolve(section, line, &inherited));
            text.push('\n');
        }
    }
    text
}

/// What the workspace offers: section and name to the value as written.
fn entries(workspace: &str) -> HashMap<(&str, &str), &str> {
    let mut section = "";
    let mut entries = HashMap::new();
    for line in workspace.lines() {
        if line.starts_with('[') {
            section = line;
        } else if let Some((name, value)) = line.split_once('=') {
            entries.insert((section, name.trim()), value.trim());
        }
    }
    entries
}

fn resolve(section: &str, line: &str, inherited: &HashMap<(&str, &str), &str>) -> String {
    let Some((name, value)) = line.split_once('=') else {
        return line.to_owned();
    };
    let (name, value) = (name.trim(), value.trim());
    let source = match section {
        "[package]" => "[workspace.package]",
        _ => "[workspace.dependencies]",
    };
    let offered = |name: &str| inherited.get(&(source, name)).copied();
    if let Some((name, offer)) = name
        .strip_suffix(".workspace")
        .and_then(|name| Some((name, offered(name)?)))
    {
        return format!("{name} = {offer}");
    }
    match (table(value), offered(name)) {
        (Some(own), Some(offer)) if own.contains(&"workspace = true") => {
            format!("{name} = {{ {} }}", merged(offer, &own).join(", "))
        }
        _ => line.to_owned(),
    }
}

/// The workspace's entries and the package's own; lists of features are joined, as cargo does.
fn merged(offer: &str, own: &[&str]) -> Vec<String> {
    let version = format!("version = {offer}");
    let offered = table(offer).unwrap_or_else(|| vec![&version]);
    let features = |entries: &[&str]| -> Vec<String> {
        let found = entries
            .iter()
            .find_map(|entry| entry.strip_prefix("features = "));
        let list = found.and_then(|list| list.strip_prefix('[')?.strip_suffix(']'));
        list.map(|list| split(list).into_iter().map(str::to_owned).collect())
            .unwrap_or_default()
    };
    let joined = [features(&offered), features(own)].concat();
    let plain = |entry: &&&str| !entry.starts_with("features = ") && **entry != "workspace = true";
    let others = offered
        .iter()
        .chain(own)
        .filter(plain)
        .map(|entry| (*entry).to_owned());
    let list = (!joined.is_empty()).then(|| format!("features = [{}]", joined.join(", ")));
    others.chain(list).collect()
}

/// The entries of an inline table; `None` for other values.
fn table(value: &str) -> Option<Vec<&str>> {
    Some(split(value.strip_prefix('{')?.strip_suffix('}')?))
}

/// Splits at the commas that stand outside of brackets.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let at_commas = text.split(move |character| {
        match character {
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ',' && depth == 0
    });
    at_commas
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::standalone;

    #[test]
    fn inheritance_is_resolved() {
        let workspace = r#"
[workspace.package]
version = "1.2.3"

[workspace.dependencies]
clap = { version = "4.6", features = ["derive", "wrap_help"] }
jiff = "1.0"
"#;
        let package = r#"[package]
name = "engine"
version.workspace = true
readme = "../README.md"

[dependencies]
clap = { workspace = true, optional = true, features = ["env"] }
jiff = { workspace = true, optional = true }
base64 = "0.22"

[dev-dependencies]
jiff.workspace = true

[lints]
workspace = true
"#;
        expect![[r#"
            # The runtime of runbookc, as the compiler carries it.
            [package]
            name = "engine"
            version = "1.2.3"

            [dependencies]
            clap = { version = "4.6", optional = true, features = ["derive", "wrap_help", "env"] }
            jiff = { version = "1.0", optional = true }
            base64 = "0.22"

        "#]]
        .assert_eq(&standalone(package, workspace));
    }
}
