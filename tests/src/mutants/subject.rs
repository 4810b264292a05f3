//! A runbook without errors, in the form in which mistakes are made in it: the tree of its text.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use runbookc::catalogue::{Catalogue, Operation, Service, ShapeId, ShapeKind, Structure};
use runbookc::diagnostic::{Diagnostic, Diagnostics, Severity};
use runbookc::emit;
use runbookc::ir::{OutputSource, Runbook, Work};
use runbookc::source::{Source, Span};
use runbookc::syntax::{Entry, Node, NodeKind, Placeholder, Reference, Scalar, Template};
use runbookc::{compile_all, syntax};

use crate::folder::read;

/// A runbook without errors, and those that are given along.
#[derive(Debug)]
pub struct Subject {
    sources: Vec<Arc<Source>>,
    position: usize,
    /// The tree of its text.
    pub tree: Node,
    /// What is reported about it: warnings.
    pub found: Vec<Diagnostic>,
    /// What is generated of it: see [`Subject::compile`].
    pub program: Option<String>,
}

/// A step, inside of a loop or not.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The whole step.
    pub node: &'a Node,
    /// The loops that it is in.
    pub depth: usize,
}

/// A reference in a place where it is resolved.
#[derive(Clone, Debug)]
pub struct Written<'a> {
    /// The reference.
    pub placeholder: Placeholder,
    /// The scalar that it stands in.
    pub node: &'a Node,
    /// The step around it; none in `assumeRole` and in defaults.
    pub step: Option<Step<'a>>,
}

/// A value of an API call, and its shape.
#[derive(Clone, Copy, Debug)]
pub struct Typed<'a> {
    /// The mapping around it.
    pub mapping: &'a Node,
    /// Its key.
    pub entry: &'a Entry,
    /// The structure that it is a member of.
    pub structure: ShapeId,
    /// Whether it is an input of the step itself.
    pub top: bool,
    /// The shape of the value.
    pub shape: ShapeId,
}

/// A step that calls an API.
#[derive(Debug)]
pub struct Call<'a> {
    /// The step.
    pub step: Step<'a>,
    /// The service.
    pub service: Arc<Service>,
    /// The operation.
    pub operation: Operation,
}

impl Subject {
    /// Reads a runbook and those beside it; nothing if it has an error.
    pub fn read(files: &[PathBuf], position: usize) -> Option<Self> {
        let sources = files.iter().map(|file| Arc::new(source(file)));
        Self::new(sources.collect(), position)
    }

    /// Takes the runbook at a position, and the others along with it; nothing if it has an error.
    pub fn new(sources: Vec<Arc<Source>>, position: usize) -> Option<Self> {
        let tree = syntax::parse(&sources[position], &mut Diagnostics::default())?;
        let mut subject = Self {
            sources,
            position,
            tree,
            found: Vec::new(),
            program: None,
        };
        let text = subject.source().text.clone();
        (subject.program, subject.found) = subject.compile(&text);
        let sound = subject
            .found
            .iter()
            .all(|finding| finding.severity == Severity::Warning);
        sound.then_some(subject)
    }

    /// The text that mistakes are made in.
    pub fn source(&self) -> &Source {
        &self.sources[self.position]
    }

    /// A runbook that is given along.
    pub fn beside(&self, document: &str) -> Option<&Source> {
        self.sources
            .iter()
            .map(|source| &**source)
            .find(|source| source.document == document)
    }

    /// The program that another text in the place of this one is, and what is reported about it. Two texts are the same
    /// program if the crates that are generated of them are the same to the byte, without what only messages tell: the
    /// texts themselves, their hashes and lines, and the spelling of selectors. There is no program if there is an error.
    pub fn compile(&self, text: &str) -> (Option<String>, Vec<Diagnostic>) {
        let mut sources = self.sources.clone();
        let name = sources[self.position].name.clone();
        sources[self.position] = Arc::new(Source::new(name, text));
        let compiled = compile_all(&sources, Catalogue::embedded()).swap_remove(self.position);
        let program = compiled.runbook.map(|mut runbook| {
            forget_text(&mut runbook);
            let files = emit::krate(&runbook, "").into_iter();
            files
                .map(|file| format!("{}\n{}", file.path, file.text))
                .collect()
        });
        (program, compiled.diagnostics.into_vec())
    }

    /// The text at a place.
    pub fn slice(&self, span: Span) -> &str {
        self.source().slice(span)
    }

    /// Whether it is JSON, or YAML that looks like it.
    pub fn is_json(&self) -> bool {
        self.source().text.trim_start().starts_with('{')
    }

    /// All steps: those of a loop follow it.
    pub fn steps(&self) -> Vec<Step<'_>> {
        let mut steps = Vec::new();
        if let Some(list) = self.tree.get("mainSteps") {
            collect_steps(list, 0, &mut steps);
        }
        steps
    }

    /// The names of all steps.
    pub fn step_names(&self) -> Vec<String> {
        self.steps()
            .iter()
            .map(|step| step.name().to_owned())
            .collect()
    }

    /// The parameters: names and definitions.
    pub fn parameters(&self) -> &[Entry] {
        self.tree.get("parameters").map_or(&[], entries)
    }

    /// The names of all parameters.
    pub fn parameter_names(&self) -> Vec<String> {
        names(self.parameters())
    }

    /// The variables: names and definitions.
    pub fn variables(&self) -> &[Entry] {
        self.tree.get("variables").map_or(&[], entries)
    }

    /// The steps that call an API as their inputs say.
    pub fn calls(&self) -> Vec<Call<'_>> {
        self.steps().into_iter().filter_map(Call::of).collect()
    }

    /// Every reference that is resolved.
    pub fn references(&self) -> Vec<Written<'_>> {
        let mut written = Vec::new();
        if let Some(role) = self.tree.get("assumeRole") {
            collect_references(role, None, &mut written);
        }
        for parameter in self.parameters() {
            if let Some(default) = parameter.value.get("default") {
                collect_references(default, None, &mut written);
            }
        }
        for step in self.steps() {
            for input in step
                .inputs()
                .iter()
                .filter(|input| !step.is_loop() || input.key.value != "Steps")
            {
                collect_references(&input.value, Some(step), &mut written);
            }
        }
        written
    }

    /// The places of the references to an output.
    pub fn uses_of(&self, step: &str, output: Option<&str>) -> Vec<Span> {
        let references = self.references();
        let used = references
            .iter()
            .filter(|written| match &written.placeholder.name.value {
                Reference::Output {
                    step: name,
                    output: used,
                } => name == step && output.is_none_or(|output| used == output),
                _ => false,
            });
        let used = used.map(|written| written.placeholder.span);
        let told = self.document_outputs().into_iter().filter(|node| {
            let text = node.as_scalar().map_or("", |scalar| &scalar.text);
            let (name, told) = text.split_once('.').unwrap_or((text, ""));
            name == step && output.is_none_or(|output| told == output)
        });
        used.chain(told.map(|node| node.span)).collect()
    }

    /// The places that name a step as the next one.
    pub fn jumps_to(&self, step: &str) -> Vec<Span> {
        let jumps = self.jumps();
        let there = jumps.into_iter().filter(|span| self.slice(*span) == step);
        there.collect()
    }

    /// The places of all names of steps that lead somewhere.
    pub fn jumps(&self) -> Vec<Span> {
        let steps = self.steps();
        let keys = ["nextStep", "onFailure", "onCancel"];
        let own = steps
            .iter()
            .flat_map(|step| keys.iter().filter_map(|key| self.jump(*step, key)));
        let choices = steps.iter().flat_map(|step| step.choices());
        let choices = choices.filter_map(|choice| inner(choice.get("NextStep")?));
        let defaults = steps.iter().filter(|step| step.action() == "aws:branch");
        let defaults = defaults.filter_map(|step| inner(step.input("Default")?));
        own.chain(choices).chain(defaults).collect()
    }

    /// The place of the step that a property names.
    pub fn jump(&self, step: Step<'_>, key: &str) -> Option<Span> {
        let span = inner(step.node.get(key)?)?;
        match key {
            "nextStep" => Some(span),
            _ => self
                .slice(span)
                .starts_with("step:")
                .then(|| Span::new(span.start + 5, span.end)),
        }
    }

    /// The entries of `outputs` of the document.
    pub fn document_outputs(&self) -> Vec<&Node> {
        self.tree
            .get("outputs")
            .map_or(Vec::new(), |list| elements(list).iter().collect())
    }

    /// The whole of an entry with what separates it from its siblings, so that the rest is still a mapping.
    pub fn whole(&self, mapping: &Node, entry: &Entry) -> Option<Span> {
        let siblings = entries(mapping);
        let position = siblings
            .iter()
            .position(|sibling| sibling.key.span == entry.key.span)?;
        let quotes = usize::from(
            self.source()
                .text
                .get(..entry.key.span.start)?
                .ends_with(['"', '\'']),
        );
        if let Some(next) = siblings.get(position + 1) {
            return Some(Span::new(
                entry.key.span.start - quotes,
                next.key.span.start - quotes,
            ));
        }
        let before = &siblings.get(position.checked_sub(1)?)?.value;
        (!before.is_null()).then(|| Span::new(before.span.end, entry.value.span.end))
    }

    /// The same for an element of a list.
    pub fn whole_element(&self, list: &Node, element: &Node) -> Option<Span> {
        let siblings = elements(list);
        let position = siblings
            .iter()
            .position(|sibling| sibling.span == element.span)?;
        if let Some(next) = siblings.get(position + 1) {
            return Some(Span::new(element.span.start, next.span.start));
        }
        let before = siblings.get(position.checked_sub(1)?)?;
        Some(Span::new(before.span.end, element.span.end))
    }
}

impl<'a> Step<'a> {
    /// Its name.
    pub fn name(&self) -> &'a str {
        self.text("name")
    }

    /// Its action.
    pub fn action(&self) -> &'a str {
        self.text("action")
    }

    /// Whether it holds steps.
    pub fn is_loop(&self) -> bool {
        self.action() == "aws:loop"
    }

    /// An entry of its own.
    pub fn entry(&self, key: &str) -> Option<&'a Entry> {
        entries(self.node)
            .iter()
            .find(|entry| entry.key.value == key)
    }

    /// Its inputs.
    pub fn inputs(&self) -> &'a [Entry] {
        self.node.get("inputs").map_or(&[], entries)
    }

    /// The value of an input.
    pub fn input(&self, key: &str) -> Option<&'a Node> {
        self.node.get("inputs")?.get(key)
    }

    /// The outputs that it declares.
    pub fn outputs(&self) -> &'a [Node] {
        self.node.get("outputs").map_or(&[], elements)
    }

    /// The choices of a branch.
    pub fn choices(&self) -> &'a [Node] {
        match self.action() {
            "aws:branch" => self.input("Choices").map_or(&[], elements),
            _ => &[],
        }
    }

    /// The conditions of a branch or a loop, those within others included: mappings with a `Variable`.
    pub fn conditions(&self) -> Vec<&'a Node> {
        let mut found = Vec::new();
        for choice in self.choices() {
            collect_conditions(choice, &mut found);
        }
        if let Some(condition) = self.input("LoopCondition").filter(|_| self.is_loop()) {
            collect_conditions(condition, &mut found);
        }
        found
    }

    fn text(&self, key: &str) -> &'a str {
        self.node
            .get(key)
            .and_then(Node::as_scalar)
            .map_or("", |scalar| scalar.text.as_str())
    }
}

impl<'a> Call<'a> {
    fn of(step: Step<'a>) -> Option<Self> {
        let actions = [
            "aws:executeAwsApi",
            "aws:waitForAwsResourceProperty",
            "aws:assertAwsResourceProperty",
        ];
        if !actions.contains(&step.action()) {
            return None;
        }
        let text = |key: &str| Some(step.input(key)?.as_scalar()?.text.trim());
        let service = Catalogue::embedded().find(text("Service")?)?;
        let operation = service.operation(text("Api")?)?.clone();
        Some(Self {
            step,
            service,
            operation,
        })
    }

    /// The inputs that are members of the operation's input, and what is in them.
    pub fn values(&self) -> Vec<Typed<'a>> {
        let mut found = Vec::new();
        if let (Some(node), Some(shape)) = (self.step.node.get("inputs"), self.operation.input) {
            self.collect(node, shape, true, &mut found);
        }
        found
    }

    /// The kind of a value's shape.
    pub fn kind(&self, value: &Typed<'a>) -> &ShapeKind {
        &self.service.shape(value.shape).kind
    }

    /// The structure that a value is a member of.
    pub fn structure(&self, value: &Typed<'a>) -> &Structure {
        self.service
            .structure(value.structure)
            .expect("values are members")
    }

    fn collect(&self, node: &'a Node, shape: ShapeId, top: bool, found: &mut Vec<Typed<'a>>) {
        match &self.service.shape(shape).kind {
            ShapeKind::Structure(structure) => {
                for entry in entries(node) {
                    if let Some(member) = structure.member(&entry.key.value) {
                        found.push(Typed {
                            mapping: node,
                            entry,
                            structure: shape,
                            top,
                            shape: member.shape,
                        });
                        self.collect(&entry.value, member.shape, false, found);
                    }
                }
            }
            ShapeKind::List(list) => {
                for element in elements(node) {
                    self.collect(element, list.member.shape, false, found);
                }
            }
            ShapeKind::Map(map) => {
                for entry in entries(node) {
                    self.collect(&entry.value, map.value.shape, false, found);
                }
            }
            _ => {}
        }
    }
}

/// The entries of a mapping.
pub(super) fn entries(node: &Node) -> &[Entry] {
    match &node.kind {
        NodeKind::Mapping(entries) => entries,
        _ => &[],
    }
}

/// The elements of a list.
pub(super) fn elements(node: &Node) -> &[Node] {
    match &node.kind {
        NodeKind::Sequence(elements) => elements,
        _ => &[],
    }
}

/// The keys of a mapping.
pub(super) fn names(entries: &[Entry]) -> Vec<String> {
    entries
        .iter()
        .map(|entry| entry.key.value.clone())
        .collect()
}

/// The place of a scalar's text, without quotes.
pub(super) fn inner(node: &Node) -> Option<Span> {
    Some(node.as_scalar()?.inner_span())
}

/// A scalar of one line without references, which can be replaced as it stands.
pub(super) fn literal(node: &Node) -> Option<&Scalar> {
    let scalar = node.as_scalar()?;
    let plain = !scalar.text.contains("{{") && !scalar.text.contains('\n') && !scalar.is_null();
    plain.then_some(scalar)
}

/// Takes out what only messages tell: lines, the text's hash, and selectors as they are written.
fn forget_text(runbook: &mut Runbook) {
    runbook.hash.clear();
    for parameter in &mut runbook.parameters {
        parameter
            .stored
            .iter_mut()
            .for_each(|stored| stored.line = 0);
    }
    for step in &mut runbook.steps {
        step.line = 0;
        if let Work::Assert(_, expectation) | Work::Wait(_, expectation) = &mut step.work {
            expectation.selector.text.clear();
        }
        for output in &mut step.outputs {
            if let OutputSource::Selected(selector) = &mut output.source {
                selector.text.clear();
            }
        }
    }
}

/// A file as the compiler reads it.
fn source(file: &Path) -> Source {
    Source::new(file.display().to_string(), read(file))
}

fn collect_steps<'a>(list: &'a Node, depth: usize, steps: &mut Vec<Step<'a>>) {
    for node in elements(list) {
        let step = Step { node, depth };
        steps.push(step);
        if let Some(body) = step.input("Steps").filter(|_| step.is_loop()) {
            collect_steps(body, depth + 1, steps);
        }
    }
}

fn collect_references<'a>(node: &'a Node, step: Option<Step<'a>>, written: &mut Vec<Written<'a>>) {
    match &node.kind {
        NodeKind::Scalar(scalar) => {
            for part in Template::parse(scalar).parts {
                if let syntax::Part::Reference(placeholder) = part
                    && placeholder.exact
                {
                    written.push(Written {
                        placeholder,
                        node,
                        step,
                    });
                }
            }
        }
        NodeKind::Sequence(elements) => elements
            .iter()
            .for_each(|node| collect_references(node, step, written)),
        NodeKind::Mapping(entries) => {
            entries
                .iter()
                .for_each(|entry| collect_references(&entry.value, step, written));
        }
        NodeKind::Unknown => {}
    }
}

fn collect_conditions<'a>(node: &'a Node, found: &mut Vec<&'a Node>) {
    if node.get("Variable").is_some() {
        found.push(node);
    }
    for key in ["And", "Or", "Not"] {
        if let Some(within) = node.get(key) {
            collect_conditions(within, found);
            elements(within)
                .iter()
                .for_each(|node| collect_conditions(node, found));
        }
    }
}
