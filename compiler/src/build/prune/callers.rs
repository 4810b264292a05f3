//! Which operations `aws-config` calls to get credentials.
//!
//! They must be kept in copies of the crates that it uses. Its sources are the
//! only place that says so: in paths such as `aws_sdk_sts::operation::assume_role`,
//! and where the chain of a request ends with `.send()`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::item::{items, lex};
use super::paths::paths;
use super::requests::requests;
use super::{PruneError, files};

/// The API names of the operations that `aws-config` calls, by crate such as `aws-sdk-sts`.
pub fn aws_config_operations(
    source: &Path,
) -> Result<BTreeMap<String, BTreeSet<String>>, PruneError> {
    let mut operations: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in files::rust(&source.join("src"))? {
        let text = fs::read_to_string(&path).map_err(PruneError::file("read", &path))?;
        for (krate, called) in operations_in(lex(&path, &text)?) {
            operations.entry(krate).or_default().extend(called);
        }
    }
    Ok(operations)
}

/// The operations that one file calls.
fn operations_in(tokens: proc_macro2::TokenStream) -> BTreeMap<String, BTreeSet<String>> {
    let (mut mentioned, mut sent) = (Vec::new(), BTreeSet::new());
    for item in items(tokens).1 {
        mentioned.extend(paths(&item.tokens));
        requests(&item.tokens, &mut sent);
    }
    let mut operations: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in &mentioned {
        let Some(krate) = path.first().filter(|name| name.starts_with("aws_sdk_")) else {
            continue;
        };
        let called = operations.entry(krate.replace('_', "-")).or_default();
        if let [_, module, operation, ..] = path.as_slice()
            && module == "operation"
        {
            called.insert(api_name(operation));
        }
    }
    // Such a file is about one service.
    if let Some(called) = operations.values_mut().next() {
        called.extend(sent.iter().map(|operation| api_name(operation)));
    }
    operations
}

/// `AssumeRole` for `assume_role`.
fn api_name(method: &str) -> String {
    let words = method.split('_').map(|word| {
        let mut characters = word.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(characters).collect::<String>()
    });
    words.collect()
}
