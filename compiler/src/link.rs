//! Linking: every runbook gets those that its steps start, and those that they start in turn.

use std::collections::HashSet;
use std::sync::Arc;

use crate::Compiled;
use crate::ir::{Child, Linked, Runbook, Work};
use crate::source::Source;

/// Links runbooks that were compiled together; `sources` are theirs. What starts a faulty runbook is no program.
pub(crate) fn link(compiled: &mut [Compiled], sources: &[Arc<Source>]) {
    let all = compiled.iter().filter_map(|one| one.runbook.as_ref());
    let children: HashSet<String> = all.flat_map(started).collect();
    let alone: Vec<Option<Linked>> = compiled
        .iter()
        .zip(sources)
        .map(|(compiled, source)| {
            let runbook = compiled.runbook.as_ref()?;
            // Programs may be large, and most of them nobody starts.
            let runbook = children.contains(&runbook.name).then(|| runbook.clone())?;
            let source = Arc::clone(source);
            Some(Linked { runbook, source })
        })
        .collect();
    for compiled in compiled {
        let Some(runbook) = &mut compiled.runbook else {
            continue;
        };
        match reached(runbook, &alone) {
            Some(linked) => runbook.linked = linked,
            None => compiled.runbook = None,
        }
    }
}

/// The runbooks that one starts, and those that they start; nothing if one of them has errors.
fn reached(runbook: &Runbook, all: &[Option<Linked>]) -> Option<Vec<Linked>> {
    let mut linked: Vec<Linked> = Vec::new();
    let mut open = started(runbook);
    while let Some(name) = open.pop() {
        if linked.iter().any(|linked| linked.runbook.name == name) {
            continue;
        }
        let mut sound = all.iter().flatten();
        let child = sound.find(|linked| linked.runbook.name == name)?;
        open.extend(started(&child.runbook));
        linked.push(child.clone());
    }
    linked.sort_by(|left, right| left.runbook.name.cmp(&right.runbook.name));
    Some(linked)
}

fn started(runbook: &Runbook) -> Vec<String> {
    let started = runbook.steps.iter().filter_map(|step| match &step.work {
        Work::Child(Child { name, .. }) => Some(name.clone()),
        _ => None,
    });
    started.collect()
}
