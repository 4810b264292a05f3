//! The library: the runbooks that are at hand, each as seen by another one that may start it (spec 5.11).
//!
//! A document that a step names is found by its name, which is the file's. What is not found is the service's to run.

use std::sync::Arc;

use crate::document::{Document, Step};
use crate::source::Source;

/// A runbook at hand.
#[derive(Debug)]
pub struct Entry {
    /// Its text.
    pub source: Arc<Source>,
    /// What stands in it.
    pub document: Document,
}

/// The runbooks at hand, seen by one of them.
#[derive(Clone, Copy, Debug)]
pub struct Library<'a> {
    entries: &'a [Entry],
    /// The name of the one that looks.
    own: &'a str,
}

impl<'a> Library<'a> {
    /// What a runbook sees of these, which it may be one of.
    pub const fn new(entries: &'a [Entry], own: &'a str) -> Self {
        Self { entries, own }
    }

    /// Another runbook by the name of its document; none where two files have that name.
    pub fn find(&self, name: &str) -> Option<&'a Entry> {
        let mut named = self
            .entries
            .iter()
            .filter(|entry| entry.source.document == name && name != self.own);
        named.next().filter(|_| named.next().is_none())
    }

    /// The way from another runbook back to the one that looks, by the runbooks that each starts: `b`, `c`, `a`.
    pub fn way_back(&self, from: &Entry) -> Option<Vec<String>> {
        self.search(from, &mut Vec::new())
    }

    /// The levels of runbooks below another one, itself among them, by the longest way that goes in no circle.
    pub fn depth(&self, from: &Entry) -> usize {
        self.levels(from, &mut Vec::new())
    }

    fn levels(&self, from: &Entry, around: &mut Vec<String>) -> usize {
        let name = &from.source.document;
        if around.contains(name) {
            return 0;
        }
        around.push(name.clone());
        let below = children(&from.document.steps).into_iter();
        let below = below.filter_map(|child| self.find(child));
        let deepest = below.map(|child| self.levels(child, around)).max();
        around.pop();
        1 + deepest.unwrap_or_default()
    }

    fn search(&self, from: &Entry, seen: &mut Vec<String>) -> Option<Vec<String>> {
        let name = from.source.document.clone();
        if seen.contains(&name) {
            return None;
        }
        seen.push(name.clone());
        for child in children(&from.document.steps) {
            if child == self.own {
                return Some(vec![name, child.to_owned()]);
            }
            let onward = self.find(child).and_then(|entry| self.search(entry, seen));
            if let Some(mut way) = onward {
                way.insert(0, name);
                return Some(way);
            }
        }
        None
    }
}

/// The documents that the steps start by a literal name, inside loops too.
fn children(steps: &[Step]) -> Vec<&str> {
    let starts = steps
        .iter()
        .filter(|step| step.action.value == "aws:executeAutomation");
    let named = starts.filter_map(|step| {
        let mut inputs = step.inputs.iter();
        let (_, value) = inputs.find(|(key, _)| key.value == "DocumentName")?;
        let scalar = value.as_scalar()?;
        scalar.template.is_literal().then(|| scalar.text().trim())
    });
    let inside = steps.iter().flat_map(|step| children(&step.body));
    named.chain(inside).collect()
}
