//! Parameters and variables: their types, defaults and constraints (spec 2, 3.5).

use serde_json::Value as Json;

use super::actions;
use super::constraints;
use super::defaults::{self, WrongType};
use super::scope::{Place, Scope};
use super::uses::scalars;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Constraints, Parameter, Type, Value, Variable};
use crate::ir::{self, Bounds, Data, Expression, ParameterId, StoredDefault};
use crate::source::{Source, Span, Spanned};
use crate::syntax::Reference;

/// Checks the parameters and translates them; `None` when one was reported.
pub(super) fn check(
    scope: &Scope<'_>,
    source: &Source,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<ir::Parameter>> {
    default_cycles(scope, diagnostics);
    let parameters: Vec<Option<ir::Parameter>> = scope
        .document
        .parameters
        .iter()
        .map(|parameter| self::parameter(parameter, scope, source, diagnostics))
        .collect();
    parameters.into_iter().collect()
}

/// Checks the variables and translates them; `None` when one was reported.
pub(super) fn check_variables(
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<ir::Variable>> {
    let scope = scope.at(Place::VariableDefault);
    let variables: Vec<Option<ir::Variable>> = scope
        .document
        .variables
        .iter()
        .map(|variable| self::variable(variable, &scope, diagnostics))
        .collect();
    variables.into_iter().collect()
}

fn variable(
    variable: &Variable,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<ir::Variable> {
    let kind = variable.kind.as_ref().map(|kind| kind.value);
    let declaration = Declaration {
        name: &variable.name,
        what: "variable",
        kind,
    };
    let default = variable
        .default
        .as_ref()
        .map(|value| declaration.default(value, scope, diagnostics));
    let constraints = &variable.constraints;
    let declared = declared(
        &declaration,
        kind?,
        variable.description.as_ref(),
        default.as_ref().and_then(Option::as_ref),
        constraints,
        diagnostics,
    );
    let default = match (&variable.default, default) {
        (Some(written), Some(default)) => Some(initial(written, default?, kind?, scope)?),
        _ => None,
    };
    Some(ir::Variable {
        declaration: declared,
        default,
    })
}

/// The value of a variable at the start. What is wrong with it was reported before.
fn initial(written: &Value, default: Default, kind: Type, scope: &Scope<'_>) -> Option<Data> {
    if !default.has_references {
        return Some(actions::of_json(default.value));
    }
    let mut said = Diagnostics::default();
    match actions::data(written, scope, &mut said)? {
        Data::Expression(expression) if expression.kind() != kind => Some(Data::Expression(
            Expression::Coerce(Box::new(expression), kind),
        )),
        data => Some(data),
    }
}

fn parameter(
    parameter: &Parameter,
    scope: &Scope<'_>,
    source: &Source,
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
    Some(ir::Parameter {
        written_type: written?.value.to_string(),
        stored: stored(parameter, source),
        ..declared(
            &declaration,
            kind?,
            parameter.description.as_ref(),
            default.as_ref(),
            &parameter.constraints,
            diagnostics,
        )
    })
}

/// What parameters and variables have in common.
fn declared(
    declaration: &Declaration<'_>,
    kind: Type,
    description: Option<&Spanned<String>>,
    default: Option<&Default>,
    constraints: &Constraints,
    diagnostics: &mut Diagnostics,
) -> ir::Parameter {
    let allowed_values = constraints::check(declaration, kind, constraints, default, diagnostics);
    ir::Parameter {
        name: declaration.name.value.clone(),
        description: description
            .map(|text| text.value.clone())
            .unwrap_or_default(),
        kind,
        written_type: kind.to_string(),
        default: default.map(|default| default.value.clone()),
        stored: Vec::new(),
        allowed_values,
        allowed_pattern: constraints
            .allowed_pattern
            .as_ref()
            .map(|pattern| pattern.value.clone()),
        items: bounds(constraints.min_items, constraints.max_items),
        chars: bounds(constraints.min_chars, constraints.max_chars),
    }
}

/// What a default takes from Parameter Store (spec 2.4).
fn stored(parameter: &Parameter, source: &Source) -> Vec<StoredDefault> {
    let scalars = parameter.default.iter().flat_map(scalars);
    let placeholders = scalars.flat_map(|(scalar, _)| scalar.template.references());
    let stored = placeholders.filter_map(|placeholder| match &placeholder.name.value {
        Reference::Ssm(name) => Some(StoredDefault {
            name: name.clone(),
            line: source.line_column(placeholder.span.start).0,
        }),
        _ => None,
    });
    stored.collect()
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
                report.repair(value.span, word, "write it without quotes")
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
