//! Parameters and variables: their types, defaults and constraints (spec 2, 3.5).

use serde_json::Value as Json;

use super::constraints;
use super::defaults::{self, WrongType};
use super::scope::{Place, Scope};
use super::uses::scalars;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Parameter, Type, Value, Variable};
use crate::ir::{self, Bounds, ParameterId};
use crate::source::{Span, Spanned};
use crate::syntax::Reference;

/// Checks the parameters and translates them; `None` when one was reported.
pub(super) fn check(
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<ir::Parameter>> {
    default_cycles(scope, diagnostics);
    let parameters: Vec<Option<ir::Parameter>> = scope
        .document
        .parameters
        .iter()
        .map(|parameter| self::parameter(parameter, scope, diagnostics))
        .collect();
    parameters.into_iter().collect()
}

/// Checks the variables, which cannot be translated yet.
pub(super) fn check_variables(scope: &Scope<'_>, diagnostics: &mut Diagnostics) {
    let scope = scope.at(Place::VariableDefault);
    for Variable {
        name,
        kind,
        default,
        constraints,
        ..
    } in &scope.document.variables
    {
        let kind = kind.as_ref().map(|kind| kind.value);
        let declaration = Declaration {
            name,
            what: "variable",
            kind,
        };
        let default = default
            .as_ref()
            .and_then(|value| declaration.default(value, &scope, diagnostics));
        if let Some(kind) = kind {
            constraints::check(
                &declaration,
                kind,
                constraints,
                default.as_ref(),
                diagnostics,
            );
        }
    }
    if let Some(variable) = scope.document.variables.first() {
        let report = Diagnostic::error(
            Code::UnsupportedFeature,
            variable.name.span,
            "variables are not supported yet",
        );
        diagnostics.push(
            report
                .label("declared here")
                .help("a value that no step changes can be a parameter with a default"),
        );
    }
}

fn parameter(
    parameter: &Parameter,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<ir::Parameter> {
    let written = parameter.kind.as_ref();
    let kind = written.map(|kind| kind.value.base());
    let declaration = Declaration {
        name: &parameter.name,
        what: "parameter",
        kind,
    };
    let scope = scope.at(Place::ParameterDefault);
    let default = parameter
        .default
        .as_ref()
        .and_then(|value| declaration.default(value, &scope, diagnostics));
    let kind = kind?;
    let constraints = &parameter.constraints;
    let allowed_values = constraints::check(
        &declaration,
        kind,
        constraints,
        default.as_ref(),
        diagnostics,
    );
    Some(ir::Parameter {
        name: parameter.name.value.clone(),
        description: parameter
            .description
            .as_ref()
            .map(|text| text.value.clone())
            .unwrap_or_default(),
        kind,
        written_type: written?.value.to_string(),
        default: default.map(|default| default.value),
        allowed_values,
        allowed_pattern: constraints
            .allowed_pattern
            .as_ref()
            .map(|pattern| pattern.value.clone()),
        items: bounds(constraints.min_items, constraints.max_items),
        chars: bounds(constraints.min_chars, constraints.max_chars),
    })
}

fn bounds(min: Option<Spanned<u64>>, max: Option<Spanned<u64>>) -> Bounds {
    Bounds {
        min: min.map(|min| min.value),
        max: max.map(|max| max.value),
    }
}

/// What a default and its constraints belong to.
pub(super) struct Declaration<'a> {
    /// The declared name.
    pub(super) name: &'a Spanned<String>,
    /// `parameter` or `variable`.
    pub(super) what: &'static str,
    kind: Option<Type>,
}

/// A default of the declared type.
pub(super) struct Default {
    /// Its value, references and all.
    pub(super) value: Json,
    /// Where it stands.
    pub(super) span: Span,
    /// Whether it holds references, so that its value is not known yet.
    pub(super) has_references: bool,
}

impl Declaration<'_> {
    fn default(
        &self,
        value: &Value,
        scope: &Scope<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Default> {
        for (scalar, span) in scalars(value) {
            scope.scalar(scalar, span, diagnostics);
        }
        let converted = defaults::default(value, self.kind?);
        let converted = converted.unwrap_or_else(|WrongType| {
            diagnostics.push(self.wrong_default(value));
            None
        });
        let has_references = scalars(value).any(|(scalar, _)| !scalar.template.is_literal());
        converted.map(|converted| Default {
            value: converted,
            span: value.span,
            has_references,
        })
    }

    fn wrong_default(&self, value: &Value) -> Diagnostic {
        let kind = self.kind.map(Type::as_str).unwrap_or_default();
        let message = format!(
            "the default of {} `{}` is not of its type, {kind}",
            self.what, self.name
        );
        let report = Diagnostic::error(Code::WrongDefault, value.span, message)
            .label(format!("this is {}", value.describe()))
            .context(self.name.span, format!("this {}", self.what));
        let text = value
            .as_scalar()
            .map(|scalar| scalar.text().to_ascii_lowercase());
        match (self.kind, text.as_deref()) {
            (Some(Type::Boolean), Some(word @ ("true" | "false"))) => {
                report.edit(value.span, word, "write it without quotes")
            }
            (Some(Type::StringList | Type::MapList), _) => report.help("write a list: `[…]`"),
            (Some(Type::StringMap), _) => report.help("write a mapping: `{…}`"),
            (Some(Type::Integer), _) => report.help("write a whole number"),
            (Some(Type::Boolean), _) => report.help("write `true` or `false`"),
            (Some(Type::String) | None, _) => report.help("write a text"),
        }
    }
}

/// Reports parameters whose defaults refer to each other in a circle (spec 3.4).
fn default_cycles(scope: &Scope<'_>, diagnostics: &mut Diagnostics) {
    let references: Vec<Vec<(ParameterId, Span)>> = scope
        .document
        .parameters
        .iter()
        .map(|parameter| referenced(parameter, scope))
        .collect();
    for (start, parameter) in (0..).map(ParameterId).zip(&scope.document.parameters) {
        if let Some((circle, span)) = circle(start, &references) {
            let names = circle
                .iter()
                .chain([&start])
                .filter_map(|id| scope.document.parameters.get(id.index()));
            let names: Vec<String> = names
                .map(|parameter| format!("`{}`", parameter.name))
                .collect();
            let message = format!(
                "the defaults of parameters refer to each other: {}",
                names.join(" → ")
            );
            let report = Diagnostic::error(Code::Cycle, span, message)
                .label("part of a circle")
                .context(parameter.name.span, "starting from here")
                .help("give one of them a default without a reference");
            diagnostics.push(report);
        }
    }
}

/// The parameters that a default refers to.
fn referenced(parameter: &Parameter, scope: &Scope<'_>) -> Vec<(ParameterId, Span)> {
    let placeholders = parameter
        .default
        .iter()
        .flat_map(scalars)
        .flat_map(|(scalar, _)| scalar.template.references());
    placeholders
        .filter_map(|placeholder| match &placeholder.name.value {
            Reference::Parameter(name) => Some((scope.parameter(name)?.0, placeholder.name.span)),
            _ => None,
        })
        .collect()
}

/// A circle that starts at its first parameter in the document, and the place of its first reference.
fn circle(
    start: ParameterId,
    references: &[Vec<(ParameterId, Span)>],
) -> Option<(Vec<ParameterId>, Span)> {
    let leaving = |id: ParameterId| references.get(id.index()).map_or(&[][..], Vec::as_slice);
    let mut ways: Vec<(Vec<ParameterId>, Span)> = leaving(start)
        .iter()
        .map(|(to, span)| (vec![start, *to], *span))
        .collect();
    let mut seen = vec![false; references.len()];
    while let Some((mut way, span)) = ways.pop() {
        let last = way.last().copied()?;
        if last == start {
            way.pop();
            return Some((way, span));
        }
        let first_visit = seen
            .get_mut(last.index())
            .is_some_and(|seen| !std::mem::replace(seen, true));
        if last > start && first_visit {
            ways.extend(
                leaving(last)
                    .iter()
                    .map(|(to, _)| ([way.as_slice(), &[*to]].concat(), span)),
            );
        }
    }
    None
}
