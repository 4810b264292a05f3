//! Which operations `aws-config` calls to get credentials.
//!
//! They must be kept in copies of the crates that it uses. Its sources are the
//! only place that says so: in paths such as `aws_sdk_sts::operation::assume_role`,
//! and where the chain of a request ends with `.send()`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::TokenTree;

use super::item::{is_ident, is_punct, items, lex};
use super::paths::{Mentions, is_empty_call};
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
    let (mut mentions, mut sent) = (Mentions::default(), BTreeSet::new());
    for item in items(tokens).1 {
        mentions.collect(&item.tokens, &|_| false);
        collect_sent(&item.tokens, &mut sent);
    }
    let mut operations: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in &mentions.paths {
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

/// Collects the methods that begin a request: the last one without arguments before `.send()`.
fn collect_sent(tokens: &[TokenTree], sent: &mut BTreeSet<String>) {
    let mut begun = None;
    for (at, token) in tokens.iter().enumerate() {
        match (token, tokens.get(at + 1..).unwrap_or_default()) {
            (dot, [TokenTree::Ident(method), call @ ..])
                if is_punct(dot, '.') && is_empty_call(call) =>
            {
                match method.to_string().as_str() {
                    "send" => sent.extend(begun.take()),
                    "clone" | "customize" => {}
                    method => begun = Some(method.to_owned()),
                }
            }
            (end, _) if is_punct(end, ';') || is_ident(end, "let") => begun = None,
            (TokenTree::Group(group), _) => {
                collect_sent(&group.stream().into_iter().collect::<Vec<_>>(), sent);
            }
            _ => {}
        }
    }
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
