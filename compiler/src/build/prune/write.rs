//! Writes what is kept: the original text, without documentation and dropped parts.

use std::collections::HashSet;
use std::fs;
use std::ops::Range;
use std::path::Path;

use proc_macro2::TokenTree;

use super::PruneError;
use super::item::{Kind, is_punct, span};
use super::krate::{File, ItemId, Krate, ModuleId};
use super::paths::tokens_of;
use super::reach::Kept;

/// Stands in every file, as the licence asks of changed files.
const NOTICE: &str =
    "// Changed by runbookc: items and documentation were removed; see PRUNED.md.\n";

/// Path dependencies show their warnings, and pruning leaves unused imports and helpers.
const ALLOWED: &str = "#![allow(warnings)]\n";

/// Writes the kept modules below a `src` folder.
pub(super) fn sources(kept: &Kept, sources: &Path) -> Result<(), PruneError> {
    let alive = alive(kept);
    for module in kept
        .krate
        .module_ids()
        .filter(|module| alive.contains(module))
    {
        if let Some(file) = &kept.krate[module].file {
            let text = Printer {
                kept,
                alive: &alive,
                file,
            }
            .file(module);
            write(&sources.join(&file.path), &text)?;
        }
    }
    Ok(())
}

/// Writes a file with its folders.
pub(super) fn write(path: &Path, text: &str) -> Result<(), PruneError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(PruneError::file("create", folder))?;
    }
    fs::write(path, text).map_err(PruneError::file("write", path))
}

/// The modules that hold something.
fn alive(kept: &Kept) -> HashSet<ModuleId> {
    let mut alive: HashSet<_> = kept
        .items
        .iter()
        .map(|id| kept.krate.module_of(*id))
        .collect();
    alive.extend(&kept.modules);
    let mut modules: Vec<_> = alive.iter().copied().collect();
    while let Some(module) = modules.pop() {
        modules.extend(
            kept.krate[module]
                .parent
                .filter(|parent| alive.insert(*parent)),
        );
    }
    alive
}

/// Prints the modules of one file.
struct Printer<'a> {
    kept: &'a Kept,
    alive: &'a HashSet<ModuleId>,
    file: &'a File,
}

impl Printer<'_> {
    fn file(&self, module: ModuleId) -> String {
        let comment = self
            .file
            .text
            .lines()
            .next()
            .filter(|line| line.starts_with("// "));
        let mut text = comment.map(|line| format!("{line}\n")).unwrap_or_default() + NOTICE;
        for attribute in &self.file.attributes {
            let attribute = self.text(attribute.clone());
            if attribute.starts_with("#![")
                && !attribute.starts_with("#![warn")
                && !attribute.starts_with("#![doc")
            {
                text += attribute;
                text.push('\n');
            }
        }
        if module == Krate::ROOT {
            text += ALLOWED;
        }
        self.items(module, &mut text);
        text
    }

    fn items(&self, module: ModuleId, text: &mut String) {
        for id in &self.kept.krate[module].items {
            let item = &self.kept.krate[*id];
            if item.kind == Kind::Module {
                self.module(module, *id, text);
            } else if self.kept.items.contains(id) {
                text.push('\n');
                self.item(*id, item.range.clone(), text);
                text.push('\n');
            }
        }
    }

    fn module(&self, parent: ModuleId, id: ItemId, text: &mut String) {
        let item = &self.kept.krate[id];
        let child = item
            .name
            .as_ref()
            .and_then(|name| self.kept.krate.child(parent, name));
        let Some(child) = child.filter(|child| self.alive.contains(child)) else {
            return;
        };
        text.push('\n');
        match item
            .body()
            .filter(|_| self.kept.krate[child].file.is_none())
        {
            Some(body) => {
                self.item(
                    id,
                    item.range.start..body.span_open().byte_range().end,
                    text,
                );
                self.items(child, text);
                text.push('}');
            }
            None => self.item(id, item.range.clone(), text),
        }
        text.push('\n');
    }

    /// Prints an item up to the end of a range, which may be that of its head.
    fn item(&self, id: ItemId, range: Range<usize>, text: &mut String) {
        let mut cuts = self.kept.dropped.get(&id).cloned().unwrap_or_default();
        self.documentation(&self.kept.krate[id].tokens, &mut cuts);
        cuts.sort_by_key(|cut| cut.start);
        let mut at = range.start;
        for cut in cuts.into_iter().filter(|cut| cut.end <= range.end) {
            let cut = self.with_line(cut);
            text.push_str(self.text(at..cut.start));
            at = at.max(cut.end);
        }
        text.push_str(self.text(at..range.end));
    }

    /// Finds the documentation in an item: the lexer makes it an attribute, which has the place of the comment.
    fn documentation(&self, tokens: &[TokenTree], cuts: &mut Vec<Range<usize>>) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.documentation(&tokens_of(group), cuts),
                _ if is_punct(token, '#') && self.text(span(token)).starts_with('/') => {
                    cuts.push(span(token));
                }
                _ => {}
            }
        }
    }

    /// A cut that leaves an empty line takes the line along.
    fn with_line(&self, cut: Range<usize>) -> Range<usize> {
        let before = self.text(0..cut.start).trim_end_matches([' ', '\t']);
        let after = self.text(cut.end..self.file.text.len());
        match after.strip_prefix('\n') {
            Some(_) if before.is_empty() || before.ends_with('\n') => before.len()..cut.end + 1,
            _ => cut,
        }
    }

    fn text(&self, range: Range<usize>) -> &str {
        self.file.text.get(range).unwrap_or_default()
    }
}
