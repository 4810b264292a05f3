//! What can be named: parameters, steps and their outputs.
//!
//! [`Names`] is collected once per document, before any step is checked; a [`Scope`]
//! looks at it from one [`Place`], because not every name may be used everywhere
//! (spec 3.2). Types enter here, so that whoever checks a value asks only
//! [`Scope::scalar`] what stands there.

use super::actions::listed;
use super::names::{Entry, Names};
use super::references;
use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Near, similar};
use crate::document::{Document, Scalar, Step, Type};
use crate::ir::{
    Expression, OutputId, OutputSource, ParameterId, Part, StepId, SystemVariable, VariableId,
};
use crate::library::Library;
use crate::source::{Span, Spanned};
use crate::syntax::scalar::Reading;
use crate::syntax::{self, Reference, Template};

/// The names of a document, seen from one place in it.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// The document.
    pub(crate) document: &'a Document,
    /// The other runbooks at hand.
    pub(crate) library: Library<'a>,
    /// The models of the services.
    pub(crate) catalogue: &'a Catalogue,
    /// The place whose references are resolved.
    pub(super) place: Place,
    /// Whether what cannot be resolved may stay as it is written, where the place is a script's step.
    tolerant: bool,
    names: &'a Names<'a>,
}

/// A place that may hold references.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The inputs of a step, at any depth, and its `timeoutSeconds`.
    Step(StepId),
    /// `assumeRole`.
    AssumeRole,
    /// The default of a parameter.
    ParameterDefault,
    /// The default of a variable.
    VariableDefault,
}

/// What a scalar is.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    /// Its value; `None` when what is wrong with it was reported, or cannot be translated yet.
    pub(crate) expression: Option<Expression>,
    /// Its type; `None` when it is not known, and nothing may be said about it.
    pub(crate) kind: Option<Type>,
    /// What it names, if it is exactly one reference.
    pub(crate) origin: Option<Origin>,
    /// Where it stands.
    pub(crate) span: Span,
}

/// What a whole reference names, for reports: "`count.Total` is a String".
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// The name as the author wrote it, without braces.
    pub(crate) name: String,
    /// Where it was declared, if it was.
    pub(crate) declared: Option<Span>,
}

/// An output that a step has.
#[derive(Clone, Debug)]
pub(crate) struct OutputInfo {
    /// Its name.
    pub(crate) name: String,
    /// Its type; `None` when the declaration was reported.
    pub(crate) kind: Option<Type>,
    /// Its position in [`crate::ir::Step::outputs`]; `None` for an `OutputPayload` that nothing uses.
    pub(crate) id: Option<OutputId>,
    /// Where its value comes from; `None` when the declaration was reported.
    pub(crate) source: Option<OutputSource>,
    /// Where it was declared, if it was.
    pub(crate) declared: Option<Span>,
}

impl<'a> Scope<'a> {
    /// The names as seen from a place.
    pub(super) const fn new(
        document: &'a Document,
        library: Library<'a>,
        catalogue: &'a Catalogue,
        names: &'a Names<'a>,
        place: Place,
    ) -> Self {
        Self {
            document,
            library,
            catalogue,
            place,
            tolerant: true,
            names,
        }
    }

    /// The same names as seen from another place.
    pub(super) const fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// The same for a value that has to be there.
    pub(super) const fn exact(self) -> Self {
        Self {
            tolerant: false,
            ..self
        }
    }

    /// The step of this name, inside a loop or not.
    pub(crate) fn step(&self, name: &str) -> Option<StepId> {
        self.names.step(name)
    }

    /// The position of a step.
    pub(super) fn id(&self, step: &Step) -> Option<StepId> {
        self.names.id(step)
    }

    /// The step that a level starts with: `mainSteps`, or the body of a loop.
    pub(super) fn first(&self, level: Option<StepId>) -> Option<StepId> {
        self.names.first(level)
    }

    /// What is known of a step.
    pub(super) fn entry(&self, step: StepId) -> Option<&'a Entry<'a>> {
        self.names.entries.get(step.index())
    }

    /// Every step: those of `mainSteps` first, then those inside loops.
    pub(super) fn entries(&self) -> impl Iterator<Item = (StepId, &'a Entry<'a>)> + use<'a> {
        (0..).map(StepId).zip(&self.names.entries)
    }

    /// Whether the place is in a script or its payload, which do not fail when a reference cannot be resolved.
    pub(super) fn is_script(&self) -> bool {
        match self.place {
            Place::Step(step) if self.tolerant => self
                .entry(step)
                .is_some_and(|entry| entry.step.action.value == "aws:executeScript"),
            _ => false,
        }
    }

    /// The parameter of this name and its position.
    pub(super) fn parameter(
        &self,
        name: &str,
    ) -> Option<(ParameterId, &'a crate::document::Parameter)> {
        let mut numbered = (0..).map(ParameterId).zip(&self.document.parameters);
        numbered.find(|(_, parameter)| parameter.name.value == name)
    }

    /// The variable of this name and its position.
    pub(super) fn variable(
        &self,
        name: &str,
    ) -> Option<(VariableId, &'a crate::document::Variable)> {
        let mut numbered = (0..).map(VariableId).zip(&self.document.variables);
        numbered.find(|(_, variable)| variable.name.value == name)
    }

    /// The outputs of a step, in the order of [`crate::ir::Step::outputs`].
    pub(crate) fn outputs_of(&self, step: StepId) -> &'a [OutputInfo] {
        self.entry(step).map_or(&[], |entry| &entry.outputs)
    }

    /// Whether there is something of this name; of what is stored elsewhere nothing is known.
    pub(super) fn exists(&self, reference: &Reference) -> bool {
        match reference {
            Reference::Parameter(name) => self.parameter(name).is_some(),
            Reference::Variable(name) => self.variable(name).is_some(),
            Reference::Output { step, output } => self.has_output(step, output),
            Reference::Global(_) | Reference::Automation(_) => {
                let written = reference.to_string();
                let mut all = SystemVariable::ALL.iter();
                all.any(|system| system.name() == written)
            }
            Reference::Ssm(_) => true,
        }
    }

    fn has_output(&self, step: &str, output: &str) -> bool {
        let step = self.step(step);
        let outputs = step.map_or(&[][..], |step| self.outputs_of(step));
        outputs.iter().any(|known| known.name == *output)
    }

    /// What a scalar is: exactly one reference has the type of what it names, text around references is a String
    /// (spec 3.3), and plain scalars are what YAML makes of them.
    pub(crate) fn scalar(
        &self,
        scalar: &Scalar,
        span: Span,
        diagnostics: &mut Diagnostics,
    ) -> Typed {
        if scalar.template.is_literal() {
            return Typed::literal(scalar, span);
        }
        self.template(&scalar.template, span, diagnostics)
    }

    /// What a text with references in it is.
    pub(super) fn template(
        &self,
        template: &Template,
        span: Span,
        diagnostics: &mut Diagnostics,
    ) -> Typed {
        match template.whole() {
            Some(placeholder) => references::resolve(placeholder, self, diagnostics).typed(span),
            None => self.text(template, span, diagnostics),
        }
    }

    /// Text around references. Every reference is resolved, even when an earlier one was wrong.
    fn text(&self, template: &Template, span: Span, diagnostics: &mut Diagnostics) -> Typed {
        let parts: Vec<Option<Part>> = template
            .parts
            .iter()
            .map(|part| match part {
                syntax::Part::Text(text) => Some(Part::Text(text.clone())),
                syntax::Part::Reference(placeholder) => {
                    let resolved = references::resolve(placeholder, self, diagnostics);
                    let reference = resolved.reference.map(Part::Reference);
                    reference.or_else(|| resolved.text.map(Part::Text))
                }
            })
            .collect();
        let parts: Option<Vec<Part>> = parts.into_iter().collect();
        Typed {
            expression: parts.map(Expression::of_parts),
            kind: Some(Type::String),
            origin: None,
            span,
        }
    }

    /// The step that a jump leads to; what does not exist is reported (spec 1.6), and so is a jump into a loop (spec 4.6).
    pub(crate) fn target(
        &self,
        name: &Spanned<String>,
        from: &Step,
        diagnostics: &mut Diagnostics,
    ) -> Option<StepId> {
        let Some(target) = self.step(&name.value) else {
            diagnostics.push(self.unknown_target(name, from));
            return None;
        };
        let origin = self.id(from);
        if origin.is_some_and(|origin| !self.is_visible(target, origin)) {
            diagnostics.push(self.target_inside_loop(target, name, from));
            return None;
        }
        Some(target)
    }

    fn unknown_target(&self, name: &Spanned<String>, from: &Step) -> Diagnostic {
        let message = format!(
            "step `{}` jumps to unknown step `{}`",
            from.name, name.value
        );
        let report = Diagnostic::error(Code::UnknownStep, name.span, message)
            .label("no step has this name")
            .context(from.name.span, "in this step");
        let prefixed = name.value.strip_prefix("step:").map(str::trim);
        if let Some(step) = prefixed.filter(|step| self.step(step).is_some()) {
            return report.repair(name.span, step, "write the name alone here");
        }
        if name.value.eq_ignore_ascii_case("end") {
            return report.help("to end the runbook after a step, write `isEnd: true`");
        }
        match self.similar_step(&name.value) {
            Some(near) => report.edit(name.span, near, "a step with a similar name exists"),
            None => report.help(self.steps()),
        }
    }

    /// The steps there are, as a help.
    pub(super) fn steps(&self) -> String {
        const LISTED: usize = 12;
        let names = self
            .entries()
            .map(|(_, entry)| entry.step.name.value.as_str());
        let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
        match names.len() {
            0 => "give a step this name".to_owned(),
            count if count > LISTED => format!("name one of the {count} steps of the runbook"),
            _ => format!("the steps are {}", listed(&names)),
        }
    }

    fn target_inside_loop(
        &self,
        target: StepId,
        name: &Spanned<String>,
        from: &Step,
    ) -> Diagnostic {
        let message = format!(
            "step `{}` jumps into a loop, to `{}`",
            from.name, name.value
        );
        let report = Diagnostic::error(Code::UnknownStep, name.span, message)
            .label("this step is inside a loop");
        let outer = self.entry(target).and_then(|entry| entry.parent);
        match outer.and_then(|outer| self.entry(outer)) {
            Some(outer) => report
                .context(outer.step.name.span, "the loop")
                .help(format!("jump to the loop itself: `{}`", outer.step.name)),
            None => report,
        }
    }

    /// Whether a step lies beside `from` or beside a loop around it.
    pub(super) fn is_visible(&self, target: StepId, from: StepId) -> bool {
        let level = self.entry(target).map(|entry| entry.parent);
        level.is_some_and(|level| self.ancestor_at(from, level).is_some())
    }

    /// The step itself or the loop around it that lies directly inside `level`.
    pub(super) fn ancestor_at(&self, step: StepId, level: Option<StepId>) -> Option<StepId> {
        self.around(step).find(|around| {
            self.entry(*around)
                .is_some_and(|entry| entry.parent == level)
        })
    }

    /// A step and the loops around it, from the inside out.
    pub(super) fn around(&self, step: StepId) -> impl Iterator<Item = StepId> {
        std::iter::successors(Some(step), |step| self.entry(*step)?.parent)
    }

    /// The step whose name is nearest to a name that is none.
    pub(crate) fn similar_step(&self, name: &str) -> Option<Near> {
        similar(
            name,
            self.names
                .entries
                .iter()
                .map(|entry| entry.step.name.value.as_str()),
        )
    }
}

impl Typed {
    fn literal(scalar: &Scalar, span: Span) -> Self {
        let expression = match scalar.source.reading() {
            Reading::Boolean(value) => Expression::Boolean(value),
            Reading::Integer(Some(value)) => Expression::Integer(value),
            _ => Expression::String(scalar.text().to_owned()),
        };
        let kind = Some(expression.kind());
        Self {
            expression: Some(expression),
            kind,
            origin: None,
            span,
        }
    }
}
