//! The steps of a document and the outputs they have, before anything is checked.
//!
//! Outputs get their final positions here: the action's own, then all declared ones. Selectors
//! are analysed here, each once.

use std::collections::HashMap;

use super::actions;
use super::known;
use super::scope::OutputInfo;
use super::uses::Uses;
use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::document::{Document, OutputDefinition, Step};
use crate::ir::{OutputId, OutputSource, StepId};

/// Every step of a document, by position and by name.
pub(super) struct Names<'a> {
    /// Those of `mainSteps` first, so that positions are [`StepId`]s; then those inside loops.
    pub(super) entries: Vec<Entry<'a>>,
    by_name: HashMap<&'a str, StepId>,
    /// By where they are in memory: names may be given twice.
    ids: HashMap<*const Step, StepId>,
    /// The first step of each level: of `mainSteps`, and of the loops.
    firsts: HashMap<Option<StepId>, StepId>,
}

/// A step and what it leaves for others.
pub(super) struct Entry<'a> {
    /// The step.
    pub(super) step: &'a Step,
    /// The loop around it.
    pub(super) parent: Option<StepId>,
    /// Its outputs.
    pub(super) outputs: Vec<OutputInfo>,
    /// Whether these are all: those of an action that nobody knows are unknown.
    pub(super) outputs_known: bool,
}

impl<'a> Names<'a> {
    /// Collects the steps of a document and analyses their declared outputs.
    pub(super) fn collect(
        document: &'a Document,
        catalogue: &Catalogue,
        uses: &Uses<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let steps = steps(document);
        let mut by_name = HashMap::new();
        let mut ids = HashMap::new();
        let mut firsts = HashMap::new();
        for (id, (step, parent)) in (0..).map(StepId).zip(&steps) {
            by_name.entry(step.name.value.as_str()).or_insert(id);
            ids.insert(std::ptr::from_ref(*step), id);
            firsts.entry(*parent).or_insert(id);
        }
        let outputs = Outputs { catalogue, uses };
        let entries = steps.into_iter().map(|(step, parent)| Entry {
            step,
            parent,
            outputs: outputs.of(step, diagnostics),
            outputs_known: known::find(&step.action.value).is_some(),
        });
        Self {
            entries: entries.collect(),
            by_name,
            ids,
            firsts,
        }
    }

    /// The step of this name.
    pub(super) fn step(&self, name: &str) -> Option<StepId> {
        self.by_name.get(name).copied()
    }

    /// The position of a step.
    pub(super) fn id(&self, step: &Step) -> Option<StepId> {
        self.ids.get(&std::ptr::from_ref(step)).copied()
    }

    /// The step that a level starts with.
    pub(super) fn first(&self, level: Option<StepId>) -> Option<StepId> {
        self.firsts.get(&level).copied()
    }
}

/// All steps, each with the loop around it.
fn steps(document: &Document) -> Vec<(&Step, Option<StepId>)> {
    let mut steps: Vec<(&Step, Option<StepId>)> =
        document.steps.iter().map(|step| (step, None)).collect();
    let mut next = 0;
    while let Some((step, _)) = steps.get(next).copied() {
        let outer = u32::try_from(next).ok().map(StepId);
        steps.extend(step.body.iter().map(|inner| (inner, outer)));
        next += 1;
    }
    steps
}

/// The output that holds the whole answer.
const PAYLOAD: &str = "OutputPayload";

struct Outputs<'a> {
    catalogue: &'a Catalogue,
    uses: &'a Uses<'a>,
}

impl Outputs<'_> {
    fn of(&self, step: &Step, diagnostics: &mut Diagnostics) -> Vec<OutputInfo> {
        let mut outputs = self.predefined(step);
        for definition in &step.outputs {
            let used = outputs.iter().filter(|output| output.id.is_some()).count();
            let id = u32::try_from(used).ok().map(OutputId);
            outputs.push(self.declared(step, definition, id, diagnostics));
        }
        outputs
    }

    /// The action's own outputs that the document does not declare itself.
    fn predefined(&self, step: &Step) -> Vec<OutputInfo> {
        let mut ids = (0..).map(OutputId);
        let declared = |name: &str| step.outputs.iter().any(|output| output.name.value == name);
        let own = actions::predefined(&step.action.value).iter();
        own.filter(|(name, _)| !declared(name) && actions::has_output(step, name))
            .map(|(name, kind)| OutputInfo {
                name: (*name).to_owned(),
                kind: actions::output_type(step, name, *kind),
                // The record shows the whole answer in any case; a struct has it only where a reference wants it.
                id: if !is_whole(&step.action.value, name)
                    || self.uses.contains(&step.name.value, name)
                {
                    ids.next()
                } else {
                    None
                },
                source: Some(own_source(&step.action.value, name)),
                declared: None,
            })
            .collect()
    }

    fn declared(
        &self,
        step: &Step,
        definition: &OutputDefinition,
        id: Option<OutputId>,
        diagnostics: &mut Diagnostics,
    ) -> OutputInfo {
        let converts = self.analyse(step, definition, diagnostics);
        let selector = definition.selector.as_ref();
        let kind = definition.kind.as_ref().filter(|_| converts);
        OutputInfo {
            name: definition.name.value.clone(),
            kind: kind.map(|kind| kind.value),
            id,
            source: selector.map(|selector| OutputSource::Selected(selector.value.clone())),
            declared: Some(definition.name.span),
        }
    }

    /// Analyses a selector; one that can never match is an error where an input needs what it selects. Gives whether
    /// what it selects can become the declared type.
    fn analyse(
        &self,
        step: &Step,
        definition: &OutputDefinition,
        diagnostics: &mut Diagnostics,
    ) -> bool {
        let mut found = Diagnostics::default();
        let may_be_there = actions::declared_output(step, definition, self.catalogue, &mut found);
        let need = self.uses.need(&step.name.value, &definition.name.value);
        let need = need.filter(|_| !may_be_there);
        let impossible = |report: &Diagnostic| {
            report.code == Code::ImpossibleConversion && report.severity == Severity::Error
        };
        let converts = !found.iter().any(impossible);
        for mut report in found.into_vec() {
            if let Some(need) = need.filter(|_| report.code == Code::SelectorNeverMatches) {
                report.severity = Severity::Error;
                report = report.context(need.placeholder.span, "this input needs the output");
            }
            diagnostics.push(report);
        }
        converts
    }
}

/// Whether an output is the action's whole answer.
fn is_whole(action: &str, name: &str) -> bool {
    name == PAYLOAD || action == "aws:executeScript"
}

fn own_source(action: &str, name: &'static str) -> OutputSource {
    match (action, name) {
        (_, PAYLOAD) => OutputSource::Payload,
        ("aws:invokeLambdaFunction", _) => OutputSource::Invocation(name),
        ("aws:executeScript", _) => OutputSource::Returned,
        ("aws:loop", "CurrentIteration") => OutputSource::Iteration,
        ("aws:loop", _) => OutputSource::Item,
        _ => OutputSource::Own(name),
    }
}
