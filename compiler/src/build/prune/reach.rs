//! Which items the wanted operations reach.
//!
//! Begins with the client, its configuration and its methods for the wanted
//! operations, and follows every name that a kept item mentions. An `impl` is
//! kept once all that it is about is kept, and so are the parts of lists.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use proc_macro2::TokenTree;

use super::PruneError;
use super::item::{Kind, span};
use super::krate::{Found, ItemId, Krate, ModuleId, Reading};
use super::parts::{Part, is_about_waiters, parts};
use super::paths::{Path, paths, paths_outside};
use super::requests::requests;

/// What is kept of a crate.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) krate: Krate,
    pub(super) items: HashSet<ItemId>,
    /// Modules that are imported as such, whatever is in them.
    pub(super) modules: HashSet<ModuleId>,
    /// The parts of kept items that are not kept.
    pub(super) dropped: HashMap<ItemId, Vec<Range<usize>>>,
    /// The modules of the operations that are kept.
    pub(super) operations: BTreeSet<String>,
}

/// What is wanted of a crate, in its own words.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    /// The modules of all operations.
    pub(super) known: &'a HashSet<String>,
    /// The modules of the wanted operations.
    pub(super) operations: BTreeSet<String>,
    /// Paginators and waiters too.
    pub(super) helpers: bool,
}

/// Finds what the wanted operations reach.
pub(super) fn reach(krate: Krate, wanted: Wanted<'_>) -> Result<Kept, PruneError> {
    let mut reach = Reach {
        krate,
        known: wanted.known,
        helpers: wanted.helpers,
        kept: HashSet::new(),
        forced: HashSet::new(),
        active: HashSet::new(),
        work: Vec::new(),
        waiting: Vec::new(),
        parts: HashMap::new(),
        followed: HashSet::new(),
        operations: BTreeSet::new(),
        registered: 0,
    };
    reach.roots()?;
    for operation in wanted.operations {
        reach.want(operation)?;
    }
    reach.settle()?;
    while reach.helpers && reach.waiters()? {
        reach.settle()?;
    }
    Ok(reach.finish())
}

struct Reach<'a> {
    krate: Krate,
    known: &'a HashSet<String>,
    helpers: bool,
    kept: HashSet<ItemId>,
    forced: HashSet<ModuleId>,
    active: HashSet<ModuleId>,
    work: Vec<ItemId>,
    waiting: Vec<Waiting>,
    /// The parts of kept items, each until it is kept.
    parts: HashMap<ItemId, Vec<Option<Part>>>,
    followed: HashSet<(ModuleId, Path)>,
    operations: BTreeSet<String>,
    /// How many modules' implementations are known.
    registered: usize,
}

/// Something that is kept as soon as what it needs is.
struct Waiting {
    module: ModuleId,
    needs: Vec<Path>,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Item(ItemId),
    Part(ItemId, usize),
}

/// Modules that are kept whole: the infrastructure of every client, and what its configuration is made of.
const WHOLE: [&str; 5] = ["config", "error", "meta", "primitives", "client::customize"];

/// Modules of which only the items are kept, not the modules below.
const SHALLOW: [&str; 3] = ["", "client", "operation"];

/// Modules that are read only if something leads there: lists, and the many.
const LISTS: [&str; 7] = [
    "types",
    "protocol_serde",
    "serde_util",
    "lens",
    "waiters",
    "type_registry",
    "error_type_registry",
];

impl Reach<'_> {
    fn roots(&mut self) -> Result<(), PruneError> {
        for path in SHALLOW {
            if let Some(module) = self.module(path)? {
                self.keep_items(module);
            }
        }
        for path in WHOLE {
            if let Some(module) = self.module(path)? {
                self.keep_whole(module)?;
            }
        }
        // Customizations may implement traits for types of operations, far from both.
        for name in self.submodules(Krate::ROOT) {
            if !LISTS.contains(&name.as_str()) {
                self.krate.enter(Krate::ROOT, &name, Reading::Allowed)?;
            }
        }
        Ok(())
    }

    fn module(&mut self, path: &str) -> Result<Option<ModuleId>, PruneError> {
        let path: Vec<_> = path
            .split("::")
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        Ok(self
            .krate
            .find(Krate::ROOT, &path, Reading::Allowed)?
            .module)
    }

    fn keep_whole(&mut self, module: ModuleId) -> Result<(), PruneError> {
        self.keep_items(module);
        for name in self.submodules(module) {
            if let Some(child) = self.krate.enter(module, &name, Reading::Allowed)? {
                self.keep_whole(child)?;
            }
        }
        Ok(())
    }

    fn keep_items(&mut self, module: ModuleId) {
        for id in self.krate[module].items.clone() {
            let item = &self.krate[id];
            let waiters = is_about_waiters(item) && !self.helpers;
            if !waiters && !matches!(item.kind, Kind::Module | Kind::Implementation) {
                self.keep(id);
            }
        }
    }

    fn submodules(&self, module: ModuleId) -> Vec<String> {
        let items = self.krate[module].items.iter().map(|id| &self.krate[*id]);
        items
            .filter(|item| item.kind == Kind::Module)
            .filter_map(|item| item.name.clone())
            .collect()
    }

    /// Keeps an operation: its client's method reaches all else.
    fn want(&mut self, operation: String) -> Result<(), PruneError> {
        let client = self.module("client")?;
        let client = client.ok_or_else(|| self.krate.lacks("client.rs"))?;
        let method = self.krate.enter(client, &operation, Reading::Allowed)?;
        method.ok_or_else(|| self.krate.lacks(format!("client/{operation}.rs")))?;
        self.operations.insert(operation);
        Ok(())
    }

    /// Keeps the waiters of which all operations are kept; says whether there was a new one.
    fn waiters(&mut self) -> Result<bool, PruneError> {
        let Some(waiters) = self.module("waiters")? else {
            return Ok(false);
        };
        let before = self.kept.len();
        for name in self.submodules(waiters) {
            let Some(waiter) = self.krate.enter(waiters, &name, Reading::Allowed)? else {
                continue;
            };
            if name != "matchers" && self.operations_in(waiter).is_subset(&self.operations) {
                self.keep_items(waiter);
            }
        }
        Ok(self.kept.len() > before)
    }

    fn operations_in(&self, module: ModuleId) -> BTreeSet<String> {
        let items = self.krate[module].items.iter().map(|id| &self.krate[*id]);
        let paths = items.flat_map(|item| paths(&item.tokens));
        let operations = paths.filter_map(|path| match path.as_slice() {
            [root, list, operation, ..] if root == "crate" && list == "operation" => {
                Some(operation.clone())
            }
            _ => None,
        });
        operations.collect()
    }

    fn keep(&mut self, id: ItemId) {
        if self.kept.insert(id) {
            self.work.push(id);
        }
    }

    fn keep_found(&mut self, found: Found) {
        for id in found.via.into_iter().chain(found.items) {
            self.keep(id);
        }
    }

    /// Follows all that is kept until nothing is added.
    fn settle(&mut self) -> Result<(), PruneError> {
        loop {
            while let Some(id) = self.work.pop() {
                self.activate(self.krate.module_of(id));
                self.follow(id)?;
            }
            self.register();
            if !self.wake()? {
                return Ok(());
            }
        }
    }

    /// Keeps what the code of a module may use without naming it: imported traits, its own traits, macros.
    fn activate(&mut self, module: ModuleId) {
        let is_new = self.active.insert(module);
        for id in self.krate[module]
            .items
            .clone()
            .into_iter()
            .filter(|_| is_new)
        {
            let item = &self.krate[id];
            let silent = match item.kind {
                Kind::Use => !item.is_public(),
                Kind::Trait => !is_about_waiters(item),
                kind => kind == Kind::Macro,
            };
            if silent {
                self.keep(id);
            }
        }
    }

    fn follow(&mut self, id: ItemId) -> Result<(), PruneError> {
        let module = self.krate.module_of(id);
        if self.krate[id].kind == Kind::Use {
            return self.follow_use(module, id);
        }
        let parts = parts(&self.krate, id, self.helpers);
        let tokens = self.krate[id].tokens.clone();
        self.mention(module, &tokens, &parts)?;
        for (number, part) in parts.iter().enumerate() {
            if let Some(needs) = part.needs.clone() {
                self.waiting.push(Waiting {
                    module,
                    needs,
                    what: What::Part(id, number),
                });
            }
        }
        self.parts.insert(id, parts.into_iter().map(Some).collect());
        Ok(())
    }

    fn follow_use(&mut self, module: ModuleId, id: ItemId) -> Result<(), PruneError> {
        for import in self.krate[id].imports.clone() {
            let found = self.krate.find(module, &import.path, Reading::Allowed)?;
            self.forced.extend(found.module);
            self.keep_found(found);
        }
        Ok(())
    }

    fn mention(
        &mut self,
        module: ModuleId,
        tokens: &[TokenTree],
        omitted: &[Part],
    ) -> Result<(), PruneError> {
        let mut ranges: Vec<_> = omitted.iter().map(|part| part.range.clone()).collect();
        ranges.sort_by_key(|range| range.start);
        let paths = paths_outside(tokens, &|token| {
            !ranges.is_empty() && contains(&ranges, span(token).start)
        });
        for path in paths {
            if !self.followed.contains(&(module, path.clone())) {
                let found = self.krate.find(module, &path, Reading::Allowed)?;
                self.keep_found(found);
                self.followed.insert((module, path));
            }
        }
        self.follow_requests(tokens)
    }

    fn follow_requests(&mut self, tokens: &[TokenTree]) -> Result<(), PruneError> {
        let mut sent = BTreeSet::new();
        requests(tokens, &mut sent);
        for operation in sent {
            if self.known.contains(&operation) && !self.operations.contains(&operation) {
                self.want(operation)?;
            }
        }
        Ok(())
    }

    /// Lets the implementations in modules that were read meanwhile wait for what they are about.
    fn register(&mut self) {
        for module in self.krate.module_ids().skip(self.registered) {
            for id in self.krate[module].items.clone() {
                let item = &self.krate[id];
                if item.kind == Kind::Implementation {
                    let needs = paths(item.header());
                    self.waiting.push(Waiting {
                        module,
                        needs,
                        what: What::Item(id),
                    });
                }
            }
            self.registered += 1;
        }
    }

    /// Keeps what has all it needs; says whether there was something.
    fn wake(&mut self) -> Result<bool, PruneError> {
        let mut woken = false;
        for waiting in std::mem::take(&mut self.waiting) {
            if self.is_ready(&waiting)? {
                self.wake_one(&waiting)?;
                woken = true;
            } else {
                self.waiting.push(waiting);
            }
        }
        Ok(woken)
    }

    fn is_ready(&mut self, waiting: &Waiting) -> Result<bool, PruneError> {
        for path in &waiting.needs {
            let found = self.krate.find(waiting.module, path, Reading::Forbidden)?;
            let is_ours = path
                .first()
                .is_some_and(|first| ["crate", "self", "super"].contains(&first.as_str()));
            let ready = found.items.iter().all(|id| self.kept.contains(id));
            if !ready || (is_ours && found.items.is_empty() && found.module.is_none()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn wake_one(&mut self, waiting: &Waiting) -> Result<(), PruneError> {
        match waiting.what {
            What::Item(id) => self.keep(id),
            What::Part(id, number) => {
                let part = self
                    .parts
                    .get_mut(&id)
                    .and_then(|parts| parts.get_mut(number)?.take());
                if let Some(part) = part {
                    self.mention(waiting.module, &part.tokens, &[])?;
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Kept {
        let dropped = self.parts.into_iter().map(|(id, parts)| {
            let parts = parts.into_iter().flatten().map(|part| part.range);
            (id, parts.collect())
        });
        Kept {
            dropped: dropped.collect(),
            krate: self.krate,
            items: self.kept,
            modules: self.forced,
            operations: self.operations,
        }
    }
}

/// Whether a place lies in one of some ranges, which are sorted and may enclose, but not cross each other.
fn contains(ranges: &[Range<usize>], place: usize) -> bool {
    let begun = ranges.partition_point(|range| range.start <= place);
    ranges
        .iter()
        .take(begun)
        .rev()
        .any(|range| range.contains(&place))
}
