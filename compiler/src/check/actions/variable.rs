//! `aws:updateVariable`: another value for a variable (spec 3.5, 5.22).

use super::typed::Inputs;
use super::{data, inputs};
use crate::check::constraints;
use crate::check::scope::{Scope, Typed};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, similar};
use crate::document::{Scalar, Step, Type, Value, ValueKind, Variable};
use crate::ir::{Data, Expression, VariableId, Work};
use crate::source::{Span, Spanned};
use crate::syntax::incomplete::{Flaw, incomplete};

/// Checks the inputs of a step.
pub(super) fn set(step: &Step, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<Work> {
    let inputs = Inputs::of(step, scope, diagnostics);
    let (name, value) = (inputs.given("Name"), inputs.given("Value"));
    let known = inputs.sound();
    let variable = name.and_then(|name| variable(name, scope, diagnostics));
    let Some((id, variable)) = variable else {
        if let Some(value) = value {
            inputs::references(value, scope, diagnostics);
        }
        return None;
    };
    let kind = variable.kind.as_ref()?.value;
    let target = Target {
        name: &variable.name,
        kind,
    };
    let written = value?;
    let value = target.value(written, scope, diagnostics)?;
    diagnostics.extend(refused(written, variable, kind));
    known?;
    Some(Work::Set {
        variable: id,
        value,
    })
}

/// The variable that `Name` names.
fn variable<'a>(
    value: &Value,
    scope: &Scope<'a>,
    diagnostics: &mut Diagnostics,
) -> Option<(VariableId, &'a Variable)> {
    let Some(scalar) = value.as_scalar() else {
        diagnostics.extend(inputs::wrong_kind(value, "Name", "the name of a variable"));
        return None;
    };
    if !scalar.template.is_literal() {
        diagnostics.push(in_braces(scalar, value.span));
        return None;
    }
    let written = scalar.text().trim();
    let name = written.strip_prefix("variable:").unwrap_or(written).trim();
    let Some(found) = scope.variable(name) else {
        diagnostics.push(unknown(name, scalar, scope));
        return None;
    };
    if !written.starts_with("variable:") {
        let message = format!("`Name` is `{written}`, but a variable is named with `variable:`");
        diagnostics.push(
            Diagnostic::error(Code::UnknownVariable, value.span, message)
                .label("not the name of a variable")
                .repair(
                    inputs::text_span(scalar),
                    format!("variable:{name}"),
                    "write `variable:` before it",
                ),
        );
        return None;
    }
    Some(found)
}

fn in_braces(scalar: &Scalar, span: Span) -> Diagnostic {
    let message = "`Name` names a variable, and takes no reference";
    let report = Diagnostic::error(Code::ReferenceNotAllowed, span, message)
        .label("this would be the variable's value");
    match scalar.template.whole() {
        Some(placeholder) => {
            let name = placeholder.name.value.to_string();
            let span = inputs::text_span(scalar);
            report.edit(span, name, "write the name alone")
        }
        None => report.help("write it like `variable:count`"),
    }
}

fn unknown(name: &str, scalar: &Scalar, scope: &Scope<'_>) -> Diagnostic {
    let message = format!("variable `{name}` is not declared");
    let span = inputs::text_span(scalar);
    let report =
        Diagnostic::error(Code::UnknownVariable, span, message).label("no variable has this name");
    let declared = scope.document.variables.iter();
    match similar(name, declared.map(|variable| variable.name.value.as_str())) {
        Some(near) => report.edit(
            span,
            near.map(|name| format!("variable:{name}")),
            "a variable with a similar name exists",
        ),
        None => report.help(format!("declare `{name}` under `variables`")),
    }
}

/// The report of a value that the variable's declaration refuses. That it is asked is not documented (spec 3.5).
fn refused(value: &Value, variable: &Variable, kind: Type) -> Option<Diagnostic> {
    let scalar = value.as_scalar()?;
    if !scalar.template.is_literal() {
        return None;
    }
    let constraint = constraints::refusing(&variable.constraints, scalar.text(), kind)?;
    let message = format!(
        "variable `{}` cannot be `{}`, which its declaration refuses",
        variable.name,
        scalar.text()
    );
    Some(
        Diagnostic::warning(Code::ViolatedConstraint, value.span, message)
            .label("the step fails")
            .context(constraint, "the constraint")
            .help("change the value or the constraint"),
    )
}

/// The report of a value that would have to be calculated: `{{ variable:count + 1 }}`, `{{ variable:count }} + 1`.
fn not_calculated(report: Diagnostic, scalar: &Scalar) -> Diagnostic {
    let text = scalar.text();
    let more = incomplete(text).any(|found| matches!(found.flaw, Flaw::More(_)));
    let sum = !scalar.template.is_literal() && text.contains(['+', '*']);
    match more || sum {
        true => report.help("nothing is calculated here: let an `aws:executeScript` step return the value; in a loop, `CurrentIteration` counts"),
        false => report,
    }
}

/// A variable that is set.
struct Target<'a> {
    name: &'a Spanned<String>,
    kind: Type,
}

impl Target<'_> {
    /// The new value, which must have the variable's type already.
    fn value(
        &self,
        value: &Value,
        scope: &Scope<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Data> {
        match (&value.kind, self.kind) {
            (ValueKind::Scalar(scalar), _) if !scalar.template.is_literal() => {
                let typed = scope.scalar(scalar, value.span, diagnostics);
                self.referenced(typed, scalar, diagnostics)
                    .map(Data::Expression)
            }
            (ValueKind::Scalar(scalar), kind) => {
                let literal = literal(scalar, kind);
                if literal.is_none() {
                    let report = self.mismatch(value.span, value.describe());
                    let report = not_calculated(report, scalar);
                    diagnostics.push(self.respelt(report, scalar, value.span));
                }
                literal
            }
            (ValueKind::List(elements), Type::StringList) => {
                let elements: Vec<Option<Data>> = elements
                    .iter()
                    .map(|element| text_item(element, scope, diagnostics))
                    .collect();
                Some(Data::List(elements.into_iter().collect::<Option<_>>()?))
            }
            (ValueKind::List(elements), Type::MapList) => {
                let all_maps = elements.iter().all(|element| match &element.kind {
                    ValueKind::Map(_) => true,
                    ValueKind::Scalar(scalar) => scalar.template.whole().is_some(),
                    _ => false,
                });
                if !all_maps {
                    diagnostics.push(self.mismatch(value.span, "a list of other values"));
                }
                data::data(value, scope, diagnostics).filter(|_| all_maps)
            }
            (ValueKind::Map(_), Type::StringMap) => data::data(value, scope, diagnostics),
            _ => {
                inputs::references(value, scope, diagnostics);
                diagnostics.push(self.mismatch(value.span, value.describe()));
                None
            }
        }
    }

    /// A reference. A list may stand for its only element: published runbooks rely on it (spec 3.3).
    fn referenced(
        &self,
        typed: Typed,
        scalar: &Scalar,
        diagnostics: &mut Diagnostics,
    ) -> Option<Expression> {
        let have = typed.kind?;
        let is_scalar = matches!(self.kind, Type::String | Type::Integer | Type::Boolean);
        if have == self.kind || (have == Type::StringList && is_scalar) {
            return inputs::coerced(typed, self.kind, "Value", diagnostics);
        }
        let report = self.mismatch(typed.span, inputs::with_article(have));
        diagnostics.push(not_calculated(inputs::declared(report, &typed), scalar));
        None
    }

    fn mismatch(&self, span: Span, given: &str) -> Diagnostic {
        let want = inputs::with_article(self.kind);
        let message = format!("variable `{}` is {want}, but {given} is given", self.name);
        Diagnostic::error(Code::WrongReferenceType, span, message)
            .label(format!("this is {given}"))
            .context(self.name.span, "declared here")
            .help("give a value of the variable's type: nothing is converted")
    }

    /// Offers the spelling in which a scalar has the type.
    fn respelt(&self, report: Diagnostic, scalar: &Scalar, span: Span) -> Diagnostic {
        let text = scalar.text().trim();
        let fits = match self.kind {
            Type::String => return report.edit(span, format!("'{text}'"), "write it as text"),
            Type::Integer => text.parse::<i64>().is_ok(),
            Type::Boolean => text.parse::<bool>().is_ok(),
            _ => false,
        };
        match fits {
            true => report.edit(span, text, "write it without quotes"),
            false => report,
        }
    }
}

/// A scalar as YAML reads it, if it has the type.
fn literal(scalar: &Scalar, kind: Type) -> Option<Data> {
    let source = &scalar.source;
    match kind {
        Type::Integer => source.as_integer().map(Data::Integer),
        Type::Boolean => source.as_bool().map(Data::Boolean),
        Type::String => {
            let other = source.as_integer().is_some() || source.as_bool().is_some();
            let text = Expression::String(scalar.text().to_owned());
            (!other).then_some(Data::Expression(text))
        }
        _ => None,
    }
}

/// A text of a list; a reference to a list stands for all of its elements.
fn text_item(element: &Value, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<Data> {
    if let Some(scalar) = element.as_scalar()
        && scalar.template.whole().is_some()
    {
        let typed = scope.scalar(scalar, element.span, diagnostics);
        return match typed.kind? {
            Type::StringList => typed.expression.map(Data::Expression),
            _ => inputs::coerced(typed, Type::String, "Value", diagnostics).map(Data::Expression),
        };
    }
    inputs::text(element, "Value", scope, diagnostics).map(Data::Expression)
}
