//! The modules of a crate, read when they are first needed.
//!
//! Knows which item a path leads to. Most files of a crate are never opened.

use std::collections::HashMap;
use std::fs;
use std::ops::{Index, IndexMut, Range};
use std::path::{Path as FilePath, PathBuf};

use super::PruneError;
use super::item::{Item, Kind, items, lex};
use super::paths::Path;

/// The number of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ModuleId(usize);

/// The number of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ItemId(usize);

/// A crate, as far as it has been read.
#[derive(Debug)]
pub(super) struct Krate {
    sources: PathBuf,
    pub(super) modules: Vec<Module>,
    items: Vec<(ModuleId, Item)>,
}

/// A module, in a file of its own or inside of another's.
#[derive(Debug)]
pub(super) struct Module {
    pub(super) path: Path,
    pub(super) parent: Option<ModuleId>,
    /// Its text, unless it stands in its parent's file.
    pub(super) file: Option<File>,
    pub(super) items: Vec<ItemId>,
    names: HashMap<String, Vec<ItemId>>,
    globs: Vec<ItemId>,
    children: HashMap<String, ModuleId>,
}

/// A file that has been read.
#[derive(Debug)]
pub(super) struct File {
    /// Below the crate's `src`.
    pub(super) path: PathBuf,
    pub(super) text: String,
    /// Where its inner attributes stand.
    pub(super) attributes: Vec<Range<usize>>,
}

/// Where a path leads.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The re-exports that were crossed.
    pub(super) via: Vec<ItemId>,
    /// The items of this name.
    pub(super) items: Vec<ItemId>,
    /// The module, if the path ends at one.
    pub(super) module: Option<ModuleId>,
}

/// Whether files may be opened to follow a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Allowed,
    /// Nothing that has not been read yet can be meant.
    Forbidden,
}

/// Re-exports of re-exports that are followed; a circle ends here.
const DEPTH: usize = 16;

impl Found {
    fn is_empty(&self) -> bool {
        self.via.is_empty() && self.items.is_empty() && self.module.is_none()
    }
}

impl Krate {
    /// Reads the root of a crate.
    pub(super) fn open(source: &FilePath) -> Result<Self, PruneError> {
        let mut krate = Self {
            sources: source.join("src"),
            modules: Vec::new(),
            items: Vec::new(),
        };
        krate.read(Vec::new(), None, PathBuf::from("lib.rs"))?;
        Ok(krate)
    }

    /// The root module.
    pub(super) const ROOT: ModuleId = ModuleId(0);

    /// The module that an item belongs to.
    pub(super) fn module_of(&self, item: ItemId) -> ModuleId {
        #[expect(
            clippy::indexing_slicing,
            reason = "an id is made only for what is stored"
        )]
        self.items[item.0].0
    }

    /// All modules that have been read, with those inside of others.
    pub(super) fn module_ids(&self) -> impl Iterator<Item = ModuleId> + use<> {
        (0..self.modules.len()).map(ModuleId)
    }

    /// The modules below a module that have been read.
    pub(super) fn child(&self, module: ModuleId, name: &str) -> Option<ModuleId> {
        self[module].children.get(name).copied()
    }

    /// Follows a path from a module; nothing is found if it leads out of the crate.
    pub(super) fn find(
        &mut self,
        from: ModuleId,
        path: &[String],
        reading: Reading,
    ) -> Result<Found, PruneError> {
        self.find_within(from, path, reading, DEPTH)
    }

    fn find_within(
        &mut self,
        from: ModuleId,
        path: &[String],
        reading: Reading,
        depth: usize,
    ) -> Result<Found, PruneError> {
        let (mut module, mut rest) = self.start(from, path);
        let mut found = Found {
            module: Some(module),
            ..Found::default()
        };
        while let [name, after @ ..] = rest {
            let Some(depth) = depth.checked_sub(1) else {
                return Ok(Found::default());
            };
            let step = self.step(module, name, reading, depth)?;
            found.via.extend(step.via);
            found.items.extend(step.items);
            found.module = step.module;
            match step.module {
                Some(next) => (module, rest) = (next, after),
                None => break,
            }
        }
        Ok(found)
    }

    /// Where a path begins: the root, a parent, or the module itself.
    fn start<'p>(&self, from: ModuleId, path: &'p [String]) -> (ModuleId, &'p [String]) {
        let (mut module, mut rest) = (from, path);
        while let [first, after @ ..] = rest {
            match first.as_str() {
                "crate" => module = Self::ROOT,
                "self" => {}
                "super" => module = self[module].parent.unwrap_or(Self::ROOT),
                _ => break,
            }
            rest = after;
        }
        (module, rest)
    }

    /// What one name means in a module.
    fn step(
        &mut self,
        module: ModuleId,
        name: &str,
        reading: Reading,
        depth: usize,
    ) -> Result<Found, PruneError> {
        let mut found = Found::default();
        for id in self[module].names.get(name).cloned().unwrap_or_default() {
            match self[id].kind {
                Kind::Module => found.module = self.enter(module, name, reading)?,
                Kind::Use => {
                    let beyond = self.beyond(module, id, name, reading, depth)?;
                    found.via.push(id);
                    found.via.extend(beyond.via);
                    found.items.extend(beyond.items);
                    found.module = found.module.or(beyond.module);
                }
                _ => found.items.push(id),
            }
        }
        if found.is_empty() {
            return self.through_globs(module, name, reading, depth);
        }
        Ok(found)
    }

    /// What a re-export leads to.
    fn beyond(
        &mut self,
        module: ModuleId,
        id: ItemId,
        name: &str,
        reading: Reading,
        depth: usize,
    ) -> Result<Found, PruneError> {
        let mut imports = self[id]
            .imports
            .iter()
            .filter(|import| import.name.as_deref() == Some(name));
        match imports.next().map(|import| import.path.clone()) {
            // `use x;` where x is another crate would lead to itself.
            Some(path) if path.as_slice() != [name] => {
                self.find_within(module, &path, reading, depth)
            }
            _ => Ok(Found::default()),
        }
    }

    fn through_globs(
        &mut self,
        module: ModuleId,
        name: &str,
        reading: Reading,
        depth: usize,
    ) -> Result<Found, PruneError> {
        for id in self[module].globs.clone() {
            for import in self[id]
                .imports
                .clone()
                .into_iter()
                .filter(|import| import.name.is_none())
            {
                let Some(target) = self
                    .find_within(module, &import.path, reading, depth)?
                    .module
                else {
                    continue;
                };
                if target == module || depth == 0 {
                    continue;
                }
                let mut found = self.step(target, name, reading, depth - 1)?;
                if !found.is_empty() {
                    found.via.push(id);
                    return Ok(found);
                }
            }
        }
        Ok(Found::default())
    }

    /// A module below a module, read if it has not been yet.
    pub(super) fn enter(
        &mut self,
        parent: ModuleId,
        name: &str,
        reading: Reading,
    ) -> Result<Option<ModuleId>, PruneError> {
        if let Some(child) = self.child(parent, name) {
            return Ok(Some(child));
        }
        let declared = self[parent].names.get(name);
        let declared =
            declared.is_some_and(|items| items.iter().any(|id| self[*id].kind == Kind::Module));
        if !declared || reading == Reading::Forbidden {
            return Ok(None);
        }
        let mut path = self[parent].path.clone();
        path.push(name.to_owned());
        let file = self.file_of(&path)?;
        self.read(path, Some(parent), file).map(Some)
    }

    fn file_of(&self, path: &[String]) -> Result<PathBuf, PruneError> {
        let folder: PathBuf = path
            .iter()
            .map(|name| name.trim_start_matches("r#"))
            .collect();
        let candidates = [folder.with_extension("rs"), folder.join("mod.rs")];
        let mut present = candidates
            .into_iter()
            .filter(|file| self.sources.join(file).is_file());
        present.next().ok_or_else(|| {
            let missing = folder.with_extension("rs");
            self.lacks(missing.display().to_string())
        })
    }

    /// The error that something is missing that every SDK crate has.
    pub(super) fn lacks(&self, missing: impl Into<String>) -> PruneError {
        PruneError::layout(&self.sources, missing)
    }

    fn read(
        &mut self,
        path: Path,
        parent: Option<ModuleId>,
        file: PathBuf,
    ) -> Result<ModuleId, PruneError> {
        let full = self.sources.join(&file);
        let text = fs::read_to_string(&full).map_err(PruneError::file("read", &full))?;
        let tokens = lex(&full, &text)?;
        let (attributes, items) = items(tokens);
        Ok(self.add(
            path,
            parent,
            Some(File {
                path: file,
                text,
                attributes,
            }),
            items,
        ))
    }

    fn add(
        &mut self,
        path: Path,
        parent: Option<ModuleId>,
        file: Option<File>,
        items: Vec<Item>,
    ) -> ModuleId {
        let module = ModuleId(self.modules.len());
        self.modules.push(Module {
            path,
            parent,
            file,
            items: Vec::new(),
            names: HashMap::new(),
            globs: Vec::new(),
            children: HashMap::new(),
        });
        if let (Some(parent), Some(name)) = (parent, self[module].path.last().cloned()) {
            self[parent].children.insert(name, module);
        }
        for item in items {
            self.add_item(module, item);
        }
        module
    }

    fn add_item(&mut self, module: ModuleId, item: Item) {
        let id = ItemId(self.items.len());
        let inline = (item.kind == Kind::Module)
            .then(|| item.body().map(|body| body.stream()))
            .flatten();
        self.items.push((module, item));
        self[module].items.push(id);
        for name in self.names_of(id) {
            match name {
                Some(name) => self[module].names.entry(name).or_default().push(id),
                None => self[module].globs.push(id),
            }
        }
        if let (Some(body), Some(name)) = (inline, self[id].name.clone()) {
            let mut path = self[module].path.clone();
            path.push(name);
            let (_, items) = items(body);
            self.add(path, Some(module), None, items);
        }
    }

    fn names_of(&self, id: ItemId) -> Vec<Option<String>> {
        match self[id].kind {
            Kind::Use => self[id]
                .imports
                .iter()
                .map(|import| import.name.clone())
                .collect(),
            _ => self[id].name.clone().map(Some).into_iter().collect(),
        }
    }
}

impl Index<ModuleId> for Krate {
    type Output = Module;

    #[expect(
        clippy::indexing_slicing,
        reason = "an id is made only for what is stored"
    )]
    fn index(&self, id: ModuleId) -> &Module {
        &self.modules[id.0]
    }
}

impl IndexMut<ModuleId> for Krate {
    #[expect(
        clippy::indexing_slicing,
        reason = "an id is made only for what is stored"
    )]
    fn index_mut(&mut self, id: ModuleId) -> &mut Module {
        &mut self.modules[id.0]
    }
}

impl Index<ItemId> for Krate {
    type Output = Item;

    #[expect(
        clippy::indexing_slicing,
        reason = "an id is made only for what is stored"
    )]
    fn index(&self, id: ItemId) -> &Item {
        &self.items[id.0].1
    }
}
