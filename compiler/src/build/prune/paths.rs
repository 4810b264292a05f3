//! Which names an item mentions.
//!
//! Paths are read from tokens, so that those in macros and attributes are seen
//! too. What is not a name of the crate is sorted out when it is resolved.

use proc_macro2::{Delimiter, Group, Spacing, TokenTree};

use super::item::{is_ident, is_punct};

/// A path as it is written; the first segment may be `crate`, `self` or `super`.
pub(super) type Path = Vec<String>;

/// One name that a `use` brings in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Import {
    /// What it is called here; `None` for `*`.
    pub(super) name: Option<String>,
    pub(super) path: Path,
}

/// The paths in tokens, the names that stand alone among them.
pub(super) fn paths(tokens: &[TokenTree]) -> Vec<Path> {
    paths_outside(tokens, &|_| false)
}

/// The paths in tokens, apart from those that are omitted.
pub(super) fn paths_outside(
    tokens: &[TokenTree],
    omitted: &dyn Fn(&TokenTree) -> bool,
) -> Vec<Path> {
    let mut paths = Vec::new();
    collect(tokens, omitted, &mut paths);
    paths
}

fn collect(tokens: &[TokenTree], omitted: &dyn Fn(&TokenTree) -> bool, paths: &mut Vec<Path>) {
    let mut rest = tokens;
    let mut before = Before::Nothing;
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            TokenTree::Punct(_) => {
                (rest, before) = Before::read(first, rest, before);
                continue;
            }
            _ if omitted(first) => {}
            TokenTree::Ident(_) if before == Before::Nothing => {
                rest = collect_path(first, rest, paths)
            }
            TokenTree::Group(group) => collect(&tokens_of(group), omitted, paths),
            _ => {}
        }
        before = Before::Nothing;
    }
}

/// Reads the path that begins with `first`; gives what follows it.
fn collect_path<'a>(
    first: &TokenTree,
    mut rest: &'a [TokenTree],
    paths: &mut Vec<Path>,
) -> &'a [TokenTree] {
    let mut path = vec![first.to_string()];
    while let Some(after) = after_colons(rest) {
        rest = after;
        match after {
            [TokenTree::Ident(segment), after @ ..] => {
                path.push(segment.to_string());
                rest = after;
            }
            [TokenTree::Group(group), after @ ..] if group.delimiter() == Delimiter::Brace => {
                let imports = imports(&path, &tokens_of(group));
                paths.extend(imports.into_iter().map(|import| import.path));
                return after;
            }
            // Only a turbofish is left; its arguments are paths of their own.
            _ => break,
        }
    }
    paths.push(path);
    rest
}

/// The names that the tokens after `use` bring in, without those of other crates.
pub(super) fn imports(prefix: &[String], tokens: &[TokenTree]) -> Vec<Import> {
    let branches = tokens.split(|token| is_punct(token, ',') || is_punct(token, ';'));
    branches.flat_map(|branch| import(prefix, branch)).collect()
}

fn import(prefix: &[String], mut branch: &[TokenTree]) -> Vec<Import> {
    if prefix.is_empty() && after_colons(branch).is_some() {
        return Vec::new();
    }
    let mut path = prefix.to_vec();
    loop {
        match branch {
            [TokenTree::Group(group), ..] => return imports(&path, &tokens_of(group)),
            [star, ..] if is_punct(star, '*') => return vec![Import { name: None, path }],
            [TokenTree::Ident(segment), rest @ ..] => {
                // `use a::{self}` brings in `a` itself.
                if path.is_empty() || segment != "self" {
                    path.push(segment.to_string());
                }
                match after_colons(rest) {
                    Some(after) => branch = after,
                    None => {
                        return vec![Import {
                            name: name(&path, rest),
                            path,
                        }];
                    }
                }
            }
            _ => return Vec::new(),
        }
    }
}

fn name(path: &[String], rest: &[TokenTree]) -> Option<String> {
    match rest {
        [keyword, TokenTree::Ident(alias), ..] if is_ident(keyword, "as") => {
            Some(alias.to_string())
        }
        _ => path.last().cloned(),
    }
}

/// What stands before a word and decides whether it can begin a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Nothing,
    Dot,
    /// `::` or the mark of a lifetime.
    Other,
}

impl Before {
    /// Reads a mark; gives what follows it.
    fn read<'a>(mark: &TokenTree, rest: &'a [TokenTree], before: Self) -> (&'a [TokenTree], Self) {
        match (mark, rest) {
            (TokenTree::Punct(colon), [next, after @ ..])
                if colon.as_char() == ':'
                    && colon.spacing() == Spacing::Joint
                    && is_punct(next, ':') =>
            {
                (after, Self::Other)
            }
            (TokenTree::Punct(quote), _) if quote.as_char() == '\'' => (rest, Self::Other),
            // Two dots are a range, and a path may follow.
            (TokenTree::Punct(dot), _) if dot.as_char() == '.' && before == Self::Nothing => {
                (rest, Self::Dot)
            }
            _ => (rest, Self::Nothing),
        }
    }
}

fn after_colons(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    match tokens {
        [first, second, rest @ ..] if is_punct(first, ':') && is_punct(second, ':') => Some(rest),
        _ => None,
    }
}

/// What stands inside a group.
pub(super) fn tokens_of(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}
