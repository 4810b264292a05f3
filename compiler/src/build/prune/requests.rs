//! Which requests code sends by itself.
//!
//! `client.create_session().bucket(name).send()` names an operation by a method
//! alone. Setters have an argument, so the operation is the last call without one.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenTree};

use super::item::{is_ident, is_punct};
use super::paths::tokens_of;

/// Collects the client's methods that begin a request.
pub(super) fn requests(tokens: &[TokenTree], sent: &mut BTreeSet<String>) {
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
                requests(&tokens_of(group), sent);
            }
            _ => {}
        }
    }
}

fn is_empty_call(tokens: &[TokenTree]) -> bool {
    matches!(tokens.first(), Some(TokenTree::Group(group))
        if group.delimiter() == Delimiter::Parenthesis && group.stream().is_empty())
}
