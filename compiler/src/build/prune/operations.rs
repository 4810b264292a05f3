//! Which operations a crate has.
//!
//! The list of modules in `src/operation.rs` is the list of operations, and the
//! comment above each names it as the API does.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::PruneError;

/// The API names of the operations that this version of a crate has.
pub fn operations_of(source: &Path) -> Result<BTreeSet<String>, PruneError> {
    let path = source.join("src/operation.rs");
    let text = fs::read_to_string(&path).map_err(PruneError::file("read", &path))?;
    Ok(modules(&text).map(|(name, _)| name.to_owned()).collect())
}

/// The operations' API names and modules.
pub(super) fn modules(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = text.lines().zip(text.lines().skip(1));
    lines.filter_map(|(comment, module)| {
        let name = comment
            .strip_prefix("/// Types for the `")?
            .split('`')
            .next()?;
        let module = module.strip_prefix("pub mod ")?.strip_suffix(';')?;
        Some((name, module))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_have_the_names_of_the_api() {
        let text = "/// Types for the `GetCallerIdentity` operation.\npub mod get_caller_identity;\n\n\
                    /// Types for the `RunTask` operation.\npub mod run_task;\n";
        let found: Vec<_> = modules(text).collect();
        assert_eq!(
            found,
            [
                ("GetCallerIdentity", "get_caller_identity"),
                ("RunTask", "run_task")
            ]
        );
    }
}
