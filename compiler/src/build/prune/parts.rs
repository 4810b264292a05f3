//! Parts of items that may be missing: those that lists of all operations, errors and types are made of.
//!
//! `Error` has a variant for every error of the service, the registries an
//! entry for every type, `Waiters` a method for every waiter. Such a part is
//! kept only if something else keeps what it is about.

use std::collections::HashMap;
use std::ops::Range;

use proc_macro2::{Group, Spacing, TokenTree};

use super::item::{Item, Kind, is_ident, is_punct, items, span};
use super::krate::{ItemId, Krate};
use super::paths::{Path, paths, tokens_of};

/// A part of an item.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) range: Range<usize>,
    pub(super) tokens: Vec<TokenTree>,
    /// What must be kept before it is; `None` if it is never kept.
    pub(super) needs: Option<Vec<Path>>,
}

/// Finds the parts of an item.
pub(super) fn parts(krate: &Krate, id: ItemId, helpers: bool) -> Vec<Part> {
    let module = krate.module_of(id);
    let path: Vec<_> = krate[module].path.iter().map(String::as_str).collect();
    let item = &krate[id];
    match (path.as_slice(), item.kind) {
        (["error_meta"], Kind::Other) if item.name.as_deref() == Some("Error") => variants(item),
        (["error_meta"], Kind::Implementation) => arms_of(krate, id),
        (["type_registry" | "error_type_registry"], _) => entries(&item.tokens),
        (["client"], Kind::Trait | Kind::Implementation) if is_about_waiters(item) => members(item),
        (["operation", _, "builders"], Kind::Implementation) if !helpers => paginators(item),
        _ => Vec::new(),
    }
}

/// Whether an item is the trait of all waiters, or implements it.
pub(super) fn is_about_waiters(item: &Item) -> bool {
    match item.kind {
        Kind::Trait => item.name.as_deref() == Some("Waiters"),
        _ => item
            .header()
            .first()
            .is_some_and(|token| is_ident(token, "Waiters")),
    }
}

impl Part {
    fn new(tokens: &[TokenTree], needs: Option<Vec<Path>>) -> Option<Self> {
        let range = span(tokens.first()?).start..span(tokens.last()?).end;
        Some(Self {
            range,
            tokens: tokens.to_vec(),
            needs,
        })
    }
}

/// The variants of `Error`: each needs the type of its error.
fn variants(item: &Item) -> Vec<Part> {
    let body = item.body().map(tokens_of).unwrap_or_default();
    let variants = body.split_inclusive(|token| is_punct(token, ','));
    variants
        .filter_map(|variant| Part::new(variant, Some(absolute_paths(variant))))
        .collect()
}

/// What the variants of `Error` need, by name.
fn needs_of_variants(krate: &Krate, id: ItemId) -> HashMap<String, Vec<Path>> {
    let module = krate.module_of(id);
    let items = krate[module].items.iter().map(|id| &krate[*id]);
    let mut errors =
        items.filter(|item| item.kind == Kind::Other && item.name.as_deref() == Some("Error"));
    let variants = errors.next().map(variants).unwrap_or_default().into_iter();
    variants
        .filter_map(|part| Some((variant_name(&part.tokens)?, part.needs?)))
        .collect()
}

fn variant_name(tokens: &[TokenTree]) -> Option<String> {
    tokens.iter().find_map(|token| match token {
        TokenTree::Ident(name) => Some(name.to_string()),
        _ => None,
    })
}

/// The arms of matches on `Error`: each needs what its variant needs.
fn arms_of(krate: &Krate, id: ItemId) -> Vec<Part> {
    let needs = needs_of_variants(krate, id);
    let mut parts = Vec::new();
    if let Some(body) = krate[id].body() {
        arms(body, &needs, &mut parts);
    }
    parts
}

fn arms(group: &Group, needs: &HashMap<String, Vec<Path>>, parts: &mut Vec<Part>) {
    let tokens = tokens_of(group);
    let mut rest = tokens.as_slice();
    while let Some((arm, after)) = first_arm(rest) {
        let needs = variant_of(arm).and_then(|name| needs.get(&name));
        parts.extend(needs.and_then(|needs| Part::new(arm, Some(needs.clone()))));
        rest = after;
    }
    for token in &tokens {
        if let TokenTree::Group(inner) = token {
            arms(inner, needs, parts);
        }
    }
}

/// The tokens up to the end of the first match arm, and those after it.
fn first_arm(tokens: &[TokenTree]) -> Option<(&[TokenTree], &[TokenTree])> {
    let arrow = tokens.windows(2).position(|pair| match pair {
        [TokenTree::Punct(equals), close] => {
            equals.as_char() == '=' && equals.spacing() == Spacing::Joint && is_punct(close, '>')
        }
        _ => false,
    })?;
    let body = tokens.get(arrow + 2..)?;
    let length = match body {
        [TokenTree::Group(_), comma, ..] if is_punct(comma, ',') => 2,
        [braces, ..] if super::item::braces(braces).is_some() => 1,
        _ => body
            .iter()
            .position(|token| is_punct(token, ','))
            .map_or(body.len(), |comma| comma + 1),
    };
    tokens.split_at_checked(arrow + 2 + length)
}

/// The variant in a pattern such as `Error::X(inner)` or `Self::X(inner)`.
fn variant_of(arm: &[TokenTree]) -> Option<String> {
    match arm {
        [enumeration, first, second, TokenTree::Ident(variant), ..]
            if (is_ident(enumeration, "Error") || is_ident(enumeration, "Self"))
                && is_punct(first, ':')
                && is_punct(second, ':') =>
        {
            Some(variant.to_string())
        }
        _ => None,
    }
}

/// The entries of a registry: each needs the type that it registers.
fn entries(tokens: &[TokenTree]) -> Vec<Part> {
    let mut parts = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let entry = tokens.get(at..at + 3).unwrap_or_default();
        match (entry, token) {
            ([dot, TokenTree::Ident(method), TokenTree::Group(_)], _)
                if is_punct(dot, '.') && method.to_string().starts_with("insert_") =>
            {
                parts.extend(Part::new(entry, Some(absolute_paths(entry))));
            }
            (_, TokenTree::Group(group)) => parts.extend(entries(&tokens_of(group))),
            _ => {}
        }
    }
    parts
}

/// The methods of a trait: each needs what it mentions.
fn members(item: &Item) -> Vec<Part> {
    let (_, members) = items(item.body().map(Group::stream).unwrap_or_default());
    members
        .iter()
        .filter_map(|member| Part::new(&member.tokens, Some(absolute_paths(&member.tokens))))
        .collect()
}

fn paginators(item: &Item) -> Vec<Part> {
    let (_, members) = items(item.body().map(Group::stream).unwrap_or_default());
    let paginators = members
        .iter()
        .filter(|member| member.name.as_deref() == Some("into_paginator"));
    paginators
        .filter_map(|member| Part::new(&member.tokens, None))
        .collect()
}

fn absolute_paths(tokens: &[TokenTree]) -> Vec<Path> {
    let mut paths = paths(tokens);
    paths.retain(|path| path.first().is_some_and(|first| first == "crate"));
    paths
}
