//! Children: the parameters that a step gives to a runbook at hand, against what that declares (spec 5.11, 2.3).
//!
//! Every value travels as a list of texts, and the child reads it as the type that it wants. So a number may become a
//! String, and a text that spells a number an Integer; only what certainly cannot be read is reported.

mod targets;

use serde_json::Value as Json;

use super::actions::{self, listed, with_article};
use super::scope::Scope;
use super::{defaults, pattern};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, similar};
use crate::document::{Parameter, Scalar, Step, Type, Value, ValueKind};
use crate::library::Entry;
use crate::source::{Span, Spanned};

/// What a step starts.
pub(super) struct Start<'a> {
    /// The step.
    pub(super) step: &'a Step,
    /// Where it names the child.
    pub(super) name: Span,
    /// The child.
    pub(super) child: &'a Entry,
    /// `RuntimeParameters`.
    pub(super) parameters: Option<&'a Value>,
    /// The parameter that the targets give a value, if any do; maps of targets may give any.
    pub(super) target: Target<'a>,
}

/// What the targets of a step give its children.
pub(super) enum Target<'a> {
    /// Nothing: there are none.
    None,
    /// A value for this parameter: one of these, if they need not be looked up.
    Parameter(&'a Value, Option<&'a Value>),
    /// Whatever their maps hold.
    Maps(&'a Value),
}

/// Checks what a step gives to the child that it starts.
pub(super) fn check(start: &Start<'_>, scope: &Scope<'_>, diagnostics: &mut Diagnostics) {
    circle(start, scope, diagnostics);
    let given = match start.parameters.map(|value| &value.kind) {
        None => &[][..],
        Some(ValueKind::Map(entries)) => entries,
        // One reference: nothing is known of what is in it.
        Some(_) => return,
    };
    let given = given
        .iter()
        .filter(|(_, value)| value.kind != ValueKind::Null);
    for (name, value) in given.clone() {
        start.given(name, value, scope, diagnostics);
    }
    let names: Vec<&str> = given.map(|(name, _)| start.meant(&name.value)).collect();
    start.targets(&names, scope, diagnostics);
    diagnostics.extend(start.missing(&names));
}

/// How many levels of children the service may have (spec 6.6).
const LEVELS: usize = 5;

/// Reports runbooks that start one another, or are too many levels deep.
fn circle(start: &Start<'_>, scope: &Scope<'_>, diagnostics: &mut Diagnostics) {
    let Some(way) = scope.library.way_back(start.child) else {
        diagnostics.extend(too_deep(start, scope));
        return;
    };
    let child = &start.child.source.document;
    let message = format!("starting `{child}` leads back to this runbook");
    let way: Vec<String> = way.iter().map(|name| format!("`{name}`")).collect();
    diagnostics.push(
        Diagnostic::error(Code::RunbookChain, start.name, message)
            .label("this never ends")
            .note(format!("the way: this runbook → {}", way.join(" → ")))
            .help("let one of them do the work of the other, or repeat with `aws:loop`"),
    );
}

fn too_deep(start: &Start<'_>, scope: &Scope<'_>) -> Option<Diagnostic> {
    let levels = scope.library.depth(start.child);
    let child = &start.child.source.document;
    let message = format!("starting `{child}` leads {levels} levels deep");
    let report = Diagnostic::warning(Code::RunbookChain, start.name, message)
        .label("the service may refuse this")
        .note(format!(
            "the service limits how deep runbooks start runbooks, to about {LEVELS} levels"
        ))
        .help("let one runbook do the work of several");
    (levels > LEVELS).then_some(report)
}

impl Start<'_> {
    /// Checks one value.
    fn given(
        &self,
        name: &Spanned<String>,
        value: &Value,
        scope: &Scope<'_>,
        diagnostics: &mut Diagnostics,
    ) {
        match self.declared(&name.value) {
            Some(parameter) => {
                let given = Given {
                    start: self,
                    name,
                    value,
                    parameter,
                };
                given.check(scope, diagnostics);
            }
            None => diagnostics.push(self.unknown(name)),
        }
    }

    fn declared(&self, name: &str) -> Option<&Parameter> {
        let mut parameters = self.child.document.parameters.iter();
        parameters.find(|parameter| parameter.name.value == name)
    }

    /// The parameter that is meant by a name, be it misspelt.
    fn meant<'name>(&'name self, name: &'name str) -> &'name str {
        let near = similar(name, self.names()).and_then(|near| self.declared(&near));
        match near.filter(|_| self.declared(name).is_none()) {
            Some(parameter) => &parameter.name.value,
            None => name,
        }
    }

    fn names(&self) -> Vec<&str> {
        let parameters = self.child.document.parameters.iter();
        parameters
            .map(|parameter| parameter.name.value.as_str())
            .collect()
    }

    fn unknown(&self, name: &Spanned<String>) -> Diagnostic {
        let child = &self.child.source.document;
        let message = format!("runbook `{child}` has no parameter `{name}`");
        let report = Diagnostic::error(Code::ChildParameter, name.span, message)
            .label("no parameter has this name");
        let known = self.names();
        match similar(&name.value, known.iter().copied()) {
            Some(near) => {
                let declared = self.declared(&near).map(|parameter| parameter.name.span);
                let report = match declared {
                    Some(span) => report.elsewhere(&self.child.source, span, "a similar name"),
                    None => report,
                };
                report.edit(name.span, near, "a parameter with a similar name exists")
            }
            None if known.is_empty() => report.help("it takes no parameters"),
            None => report.help(format!("it takes {}", listed(&known))),
        }
    }

    /// The report of parameters without a default that nothing gives.
    fn missing(&self, given: &[&str]) -> Option<Diagnostic> {
        let given_by_targets = self.given_by_targets()?;
        let parameters = self.child.document.parameters.iter();
        let missing: Vec<&Parameter> = parameters
            .filter(|parameter| parameter.default.is_none())
            .filter(|parameter| {
                let name = parameter.name.value.as_str();
                let is_given = given.contains(&name) || given_by_targets.contains(&name);
                // Among the inputs it is reported as none of these.
                !is_given && actions::given(self.step, name).is_none()
            })
            .collect();
        let names: Vec<&str> = missing
            .iter()
            .map(|parameter| parameter.name.value.as_str())
            .collect();
        let child = &self.child.source.document;
        let message = format!("runbook `{child}` needs {}", listed(&names));
        let place = match self.parameters.and_then(Value::as_map) {
            Some([(first, _), ..]) => first.span,
            _ => self.name,
        };
        let report = Diagnostic::error(Code::ChildParameter, place, message)
            .label(format!(
                "step `{}` does not give {}",
                self.step.name,
                listed(&names)
            ))
            .help(format!("add {} under `RuntimeParameters`", listed(&names)));
        (!missing.is_empty()).then(|| {
            missing.iter().fold(report, |report, parameter| {
                report.elsewhere(&self.child.source, parameter.name.span, "has no default")
            })
        })
    }
}

/// A value for a parameter of a child.
struct Given<'a> {
    start: &'a Start<'a>,
    name: &'a Spanned<String>,
    value: &'a Value,
    parameter: &'a Parameter,
}

impl Given<'_> {
    fn check(&self, scope: &Scope<'_>, diagnostics: &mut Diagnostics) {
        let Some(want) = self.parameter.kind.as_ref().map(|kind| kind.value.base()) else {
            return;
        };
        if let Some(scalar) = self.value.as_scalar()
            && !scalar.template.is_literal()
        {
            // What is wrong with the reference itself is reported where it is resolved.
            let typed = scope.scalar(scalar, self.value.span, &mut Diagnostics::default());
            let refused = typed.kind.filter(|have| !may_be_read(*have, want));
            diagnostics.extend(refused.map(|have| {
                let what = actions::what(&typed);
                actions::declared(self.mismatch(want, &what, with_article(have)), &typed)
            }));
            return;
        }
        let Some(texts) = texts(self.value) else {
            return;
        };
        match is_read(&texts, want) {
            true => diagnostics.extend(self.violation(&texts, want)),
            false => diagnostics.push(self.mismatch(want, "the value", self.value.describe())),
        }
    }

    fn mismatch(&self, want: Type, what: &str, have: &str) -> Diagnostic {
        let child = &self.start.child.source.document;
        let name = self.name;
        let message = format!(
            "`{name}` of runbook `{child}` is {}, but {what} is {have}",
            with_article(want)
        );
        Diagnostic::error(Code::ChildParameter, self.value.span, message)
            .label(format!("this is {have}"))
            .elsewhere(
                &self.start.child.source,
                self.parameter.name.span,
                "declared here",
            )
            .help(format!("give {}", with_article(want)))
    }

    /// The report of a literal that the child's constraints refuse.
    fn violation(&self, texts: &[String], want: Type) -> Option<Diagnostic> {
        let constraints = &self.parameter.constraints;
        if let Some(listed) = constraints.allowed_values.as_ref()
            && let Some(allowed) = allowed(&listed.value, want)
            && let Some(text) = texts.iter().find(|text| !allowed.contains(text))
        {
            let problem = format!("has no value `{text}`");
            let report = self.refused(&problem, listed.span);
            return Some(match similar(text, allowed.iter().map(String::as_str)) {
                Some(near) if self.value.as_scalar().is_some() => {
                    let span = self
                        .value
                        .as_scalar()
                        .map_or(self.value.span, actions::text_span);
                    report.edit(span, near, "a value with a similar name exists")
                }
                _ => report.help(actions::some_of(&allowed, "values")),
            });
        }
        let spelled = matches!(want, Type::String | Type::StringList);
        let pattern = constraints.allowed_pattern.as_ref().filter(|_| spelled)?;
        let text = texts
            .iter()
            .find(|text| pattern::refuses(&pattern.value, text))?;
        let problem = format!("does not take `{text}`");
        let report = self.refused(&problem, pattern.span);
        Some(report.help(format!("write what `{}` matches", pattern.value)))
    }

    fn refused(&self, problem: &str, constraint: Span) -> Diagnostic {
        let child = &self.start.child.source.document;
        let message = format!("`{}` of runbook `{child}` {problem}", self.name);
        Diagnostic::error(Code::ChildParameter, self.value.span, message)
            .label("refused when the runbook starts")
            .elsewhere(&self.start.child.source, constraint, "the constraint")
    }
}

/// Whether a value of one type, as texts, may be read as another.
const fn may_be_read(have: Type, want: Type) -> bool {
    !matches!(
        (have, want),
        (
            Type::Integer,
            Type::Boolean | Type::StringMap | Type::MapList
        ) | (
            Type::Boolean,
            Type::Integer | Type::StringMap | Type::MapList
        ) | (
            Type::StringMap | Type::MapList,
            Type::Integer | Type::Boolean
        )
    )
}

/// The texts that a literal travels as; none where it has references in it, or was reported.
fn texts(value: &Value) -> Option<Vec<String>> {
    match &value.kind {
        ValueKind::Scalar(scalar) => Some(vec![scalar_text(scalar)?]),
        ValueKind::List(elements) => elements.iter().map(text).collect(),
        ValueKind::Map(_) => Some(vec![text(value)?]),
        ValueKind::Null | ValueKind::Unknown => None,
    }
}

fn text(value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::Scalar(scalar) => scalar_text(scalar),
        _ if has_references(value) => None,
        _ => Some(defaults::json(value)?.to_string()),
    }
}

fn scalar_text(scalar: &Scalar) -> Option<String> {
    let text = scalar.text().to_owned();
    scalar.template.is_literal().then_some(text)
}

fn has_references(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Scalar(scalar) => !scalar.template.is_literal(),
        ValueKind::List(elements) => elements.iter().any(has_references),
        ValueKind::Map(entries) => entries.iter().any(|(_, value)| has_references(value)),
        ValueKind::Null | ValueKind::Unknown => false,
    }
}

/// Whether texts are a value of a type (spec 2.3); no texts are no value.
fn is_read(texts: &[String], want: Type) -> bool {
    let json = |text: &String| serde_json::from_str::<Json>(text).ok();
    let is_map = |text: &String| json(text).is_some_and(|json| json.is_object());
    let are_maps = |json: Json| {
        let elements = json.as_array();
        elements.is_some_and(|elements| elements.iter().all(Json::is_object))
    };
    match (want, texts) {
        (Type::StringList, _) | (Type::String, [_]) | (_, []) => true,
        (Type::Integer, [text]) => text.trim().parse::<i64>().is_ok(),
        (Type::Boolean, [text]) => {
            let text = text.trim().to_ascii_lowercase();
            text == "true" || text == "false"
        }
        (Type::StringMap, [text]) => is_map(text),
        (Type::MapList, [text]) => is_map(text) || json(text).is_some_and(are_maps),
        (Type::MapList, texts) => texts.iter().all(is_map),
        (Type::String | Type::Integer | Type::Boolean | Type::StringMap, _) => false,
    }
}

/// The allowed values as texts; none where they are no texts.
fn allowed(values: &[Value], want: Type) -> Option<Vec<String>> {
    if !matches!(want, Type::String | Type::StringList | Type::Integer) {
        return None;
    }
    values.iter().map(text).collect()
}
