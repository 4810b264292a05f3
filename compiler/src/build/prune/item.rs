//! From tokens to items.
//!
//! Where an item begins and ends, what it is and how it is called can be seen
//! from its outermost tokens, so bodies are never parsed. The lexer is
//! proc-macro2's; its spans lead back to the original text.

use std::ops::Range;
use std::path::Path;

use proc_macro2::{Delimiter, Group, Ident, LexError, TokenStream, TokenTree};

use super::PruneError;
use super::paths::{Import, imports};

/// One item of a module, or one member of a trait or an implementation.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) kind: Kind,
    /// What it is called; `use` and `impl` have no name of their own.
    pub(super) name: Option<String>,
    /// Where it stands in its file, comments above it included.
    pub(super) range: Range<usize>,
    pub(super) tokens: Vec<TokenTree>,
    /// The names of the crate that a `use` brings in.
    pub(super) imports: Vec<Import>,
}

/// The kinds of items that are treated differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Module,
    Use,
    Implementation,
    Trait,
    Macro,
    Other,
}

impl Item {
    /// What stands between the braces of a module, trait, implementation or enum.
    pub(super) fn body(&self) -> Option<&Group> {
        self.tokens.iter().rev().find_map(|token| braces(token))
    }

    /// Whether it is visible outside of its module.
    pub(super) fn is_public(&self) -> bool {
        without_attributes(&self.tokens)
            .first()
            .is_some_and(|first| is_ident(first, "pub"))
    }

    /// What an `impl` is for and of which trait: the tokens between its generics and its bounds.
    pub(super) fn header(&self) -> &[TokenTree] {
        let rest = keyword(&self.tokens)
            .map(|(_, rest)| rest)
            .unwrap_or_default();
        let rest = without_generics(rest);
        let end = rest
            .iter()
            .position(|token| is_ident(token, "where") || braces(token).is_some());
        end.and_then(|end| rest.get(..end)).unwrap_or(rest)
    }

    fn is_test(&self) -> bool {
        self.tokens.windows(2).any(|pair| match pair {
            [hash, TokenTree::Group(group)] if is_punct(hash, '#') => is_test_attribute(group),
            _ => false,
        })
    }

    fn new(tokens: Vec<TokenTree>) -> Option<Self> {
        let range = span(tokens.first()?).start..span(tokens.last()?).end;
        let (kind, name) = kind_and_name(&tokens);
        let imports = match (kind, keyword(&tokens)) {
            (Kind::Use, Some((_, tree))) => imports(&[], tree),
            _ => Vec::new(),
        };
        Some(Self {
            kind,
            name,
            range,
            tokens,
            imports,
        })
    }
}

/// The tokens of a file.
pub(super) fn lex(path: &Path, text: &str) -> Result<TokenStream, PruneError> {
    text.parse().map_err(|error: LexError| PruneError::Syntax {
        path: path.to_owned(),
        line: error.span().start().line,
    })
}

/// The items of a file or a body, without its tests; inner attributes are apart.
pub(super) fn items(tokens: TokenStream) -> (Vec<Range<usize>>, Vec<Item>) {
    let mut tokens = tokens.into_iter().peekable();
    let (mut attributes, mut items) = (Vec::new(), Vec::new());
    while tokens.peek().is_some() {
        let mut item = Vec::new();
        for token in tokens.by_ref() {
            item.push(token);
            if is_complete(&item) {
                break;
            }
        }
        match item.as_slice() {
            [hash, bang, group] if is_punct(hash, '#') && is_punct(bang, '!') => {
                attributes.push(span(hash).start..span(group).end)
            }
            _ => items.extend(Item::new(item).filter(|item| !item.is_test())),
        }
    }
    (attributes, items)
}

/// `test`, and `cfg` with a condition that begins with it.
fn is_test_attribute(attribute: &Group) -> bool {
    let mut tokens = attribute.stream().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(word), None) => is_ident(&word, "test"),
        (Some(word), Some(TokenTree::Group(condition))) if is_ident(&word, "cfg") => {
            let condition = condition.stream().to_string().replace(' ', "");
            condition == "test" || condition.starts_with("all(test,")
        }
        _ => false,
    }
}

/// Where a token stands in its file.
pub(super) fn span(token: &TokenTree) -> Range<usize> {
    token.span().byte_range()
}

/// Whether a token is this character.
pub(super) fn is_punct(token: &TokenTree, expected: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == expected)
}

/// Whether a token is this word.
pub(super) fn is_ident(token: &TokenTree, expected: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == expected)
}

const KEYWORDS: [&str; 13] = [
    "fn",
    "struct",
    "enum",
    "union",
    "trait",
    "type",
    "const",
    "static",
    "mod",
    "use",
    "impl",
    "macro_rules",
    "extern",
];

/// Whether the last token ends the item.
fn is_complete(tokens: &[TokenTree]) -> bool {
    match tokens {
        [hash, bang, TokenTree::Group(_)] if is_punct(hash, '#') && is_punct(bang, '!') => true,
        [.., last] if is_punct(last, ';') => true,
        [.., last] => braces(last).is_some() && !ends_with_semicolon(tokens),
        [] => false,
    }
}

/// Whether braces are only a part of this kind of item.
fn ends_with_semicolon(tokens: &[TokenTree]) -> bool {
    matches!(keyword(tokens), Some((word, _)) if ["use", "const", "static", "type"].iter().any(|kind| word == kind))
}

fn kind_and_name(tokens: &[TokenTree]) -> (Kind, Option<String>) {
    let Some((word, rest)) = keyword(tokens) else {
        return (Kind::Macro, None);
    };
    let kind = match word.to_string().as_str() {
        "mod" => Kind::Module,
        "use" => Kind::Use,
        "impl" => Kind::Implementation,
        "trait" => Kind::Trait,
        "macro_rules" | "extern" => Kind::Macro,
        _ => Kind::Other,
    };
    let mut names = rest.iter().filter_map(|token| match token {
        TokenTree::Ident(ident) if ident != "mut" => Some(ident.to_string()),
        _ => None,
    });
    let named = matches!(kind, Kind::Module | Kind::Trait | Kind::Other);
    (kind, names.next().filter(|_| named))
}

/// The word that says what an item is, and what follows it.
fn keyword(tokens: &[TokenTree]) -> Option<(&Ident, &[TokenTree])> {
    let mut rest = without_attributes(tokens);
    while let [first, after @ ..] = rest {
        match (first, after.first()) {
            (TokenTree::Ident(word), next) if word == "const" || word == "extern" => match next {
                Some(TokenTree::Ident(next)) if MODIFIERS.iter().any(|known| next == known) => {}
                Some(TokenTree::Literal(_)) => {}
                _ => return Some((word, after)),
            },
            (TokenTree::Ident(word), _) if KEYWORDS.iter().any(|known| word == known) => {
                return Some((word, after));
            }
            _ => {}
        }
        rest = after;
    }
    None
}

/// What may follow `const` and `extern` when they belong to a function.
const MODIFIERS: [&str; 4] = ["fn", "unsafe", "async", "extern"];

fn without_attributes(mut tokens: &[TokenTree]) -> &[TokenTree] {
    while let [hash, TokenTree::Group(_), rest @ ..] = tokens {
        if !is_punct(hash, '#') {
            break;
        }
        tokens = rest;
    }
    tokens
}

/// Skips `<…>`; the arrow of a function type closes nothing.
fn without_generics(tokens: &[TokenTree]) -> &[TokenTree] {
    let (mut depth, mut rest, mut arrow) = (0_usize, tokens, false);
    while let [first, after @ ..] = rest {
        match first {
            _ if is_punct(first, '<') => depth += 1,
            _ if is_punct(first, '>') && !arrow => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return if is_punct(first, '>') { after } else { rest };
        }
        (arrow, rest) = (is_punct(first, '-'), after);
    }
    rest
}

pub(super) fn braces(token: &TokenTree) -> Option<&Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    }
}
