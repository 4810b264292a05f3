//! One comparison of a condition: what is looked at and what it is compared with, as the type of the operator.

use super::Branch;
use super::operators;
use crate::check::actions::inputs::{self, references, what, with_article};
use crate::check::scope::Typed;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Scalar, Type, Value, ambiguous_text};
use crate::ir::{Condition, Expression, Operator};
use crate::source::{Span, Spanned};

/// An operator with its operand.
pub(super) struct Comparison<'a> {
    pub(super) operator: Operator,
    pub(super) key: &'a Spanned<String>,
    pub(super) operand: &'a Value,
}

impl Comparison<'_> {
    /// The report of a variable of another type than the operator compares.
    fn mismatch(
        &self,
        variable: &Typed,
        have: Type,
        create: fn(Code, Span, String) -> Diagnostic,
    ) -> Diagnostic {
        let want = with_article(self.operator.operand_type());
        let message = format!(
            "`{}` compares {want}, but {} is {}",
            self.key,
            what(variable),
            with_article(have)
        );
        let report = create(Code::OperatorMismatch, self.key.span, message)
            .label(format!("this compares {want}"))
            .context(variable.span, format!("this is {}", with_article(have)));
        self.other_operator(inputs::declared(report, variable), have)
    }

    /// Offers the operator that compares values of the variable's type for equality.
    fn other_operator(&self, report: Diagnostic, have: Type) -> Diagnostic {
        let fitting = match have {
            Type::String => Operator::StringEquals,
            Type::Integer => Operator::NumericEquals,
            Type::Boolean => Operator::BooleanEquals,
            _ => return report.help("compare one of its parts"),
        };
        let scalar = self
            .operand
            .as_scalar()
            .filter(|scalar| scalar.template.is_literal());
        let equality = matches!(
            self.operator,
            Operator::NumericEquals
                | Operator::BooleanEquals
                | Operator::StringEquals
                | Operator::EqualsIgnoreCase
        );
        let operand = scalar.filter(|_| equality).and_then(|scalar| match have {
            Type::Integer => integer(scalar).map(|number| number.to_string()),
            Type::Boolean => boolean(scalar).map(|truth| truth.to_string()),
            _ => Some(format!("'{}'", scalar.text())),
        });
        let Some(operand) = operand else {
            return report.help(operators::fitting(have));
        };
        let title = format!("compare it with `{}: {operand}`", fitting.name());
        let changes = [
            (self.key.span, fitting.name().to_owned()),
            (self.operand.span, operand),
        ];
        report.edits(changes, title)
    }

    fn wrong_operand(&self, given: &str) -> Diagnostic {
        let want = with_article(self.operator.operand_type());
        let message = format!("`{}` compares with {want}, but {given} is given", self.key);
        Diagnostic::error(Code::OperatorMismatch, self.operand.span, message)
            .label(format!("this is {given}"))
            .help(match self.operator.operand_type() {
                Type::Integer => "write an integer, or compare texts with `StringEquals`",
                Type::Boolean => "write `true` or `false`, or compare texts with `StringEquals`",
                _ => "write a text",
            })
    }
}

impl Branch<'_, '_> {
    pub(super) fn compare(
        &mut self,
        variable: Option<Typed>,
        place: &Comparison<'_>,
    ) -> Option<Condition> {
        let operand = self.operand(place);
        let variable = variable.and_then(|variable| self.looked_at(variable, place));
        Some(Condition::Compare {
            variable: variable?,
            operator: place.operator,
            operand: operand?,
        })
    }

    /// The variable as the type that the operator compares.
    fn looked_at(&mut self, variable: Typed, place: &Comparison<'_>) -> Option<Expression> {
        let want = place.operator.operand_type();
        let have = variable.kind?;
        if have == want {
            return variable.expression;
        }
        match (have, want) {
            // Of a list, an element is looked for.
            (Type::StringList, Type::String) if place.operator == Operator::Contains => {
                return variable.expression;
            }
            (Type::StringList, _) => {}
            (Type::Integer | Type::Boolean, Type::String) => {
                self.diagnostics
                    .push(place.mismatch(&variable, have, Diagnostic::warning));
            }
            _ => {
                self.diagnostics
                    .push(place.mismatch(&variable, have, Diagnostic::error));
                return None;
            }
        }
        Some(Expression::Coerce(Box::new(variable.expression?), want))
    }

    /// What the variable is compared with, as the type that the operator compares; digits in quotes are numbers.
    fn operand(&mut self, place: &Comparison<'_>) -> Option<Expression> {
        let want = place.operator.operand_type();
        let Some(scalar) = place.operand.as_scalar() else {
            let name = &place.key.value;
            if let Some([_, _, ..]) = place.operand.as_list() {
                references(place.operand, self.scope, self.diagnostics);
                self.diagnostics.push(one_of_several(place));
                return None;
            }
            return inputs::reported(
                place.operand,
                name,
                with_article(want),
                self.scope,
                self.diagnostics,
            );
        };
        if !scalar.template.is_literal() {
            return self.referenced_operand(scalar, place, want);
        }
        let expression = match want {
            Type::Integer => integer(scalar).map(Expression::Integer),
            Type::Boolean => boolean(scalar).map(Expression::Boolean),
            _ => {
                self.diagnostics
                    .extend(ambiguous_text(&scalar.source, place.operand.span));
                Some(Expression::String(scalar.text().to_owned()))
            }
        };
        if expression.is_none() {
            self.diagnostics
                .push(place.wrong_operand(scalar.source.describe()));
        }
        expression
    }

    fn referenced_operand(
        &mut self,
        scalar: &Scalar,
        place: &Comparison<'_>,
        want: Type,
    ) -> Option<Expression> {
        let typed = self
            .scope
            .scalar(scalar, place.operand.span, self.diagnostics);
        let have = typed.kind?;
        match (have, want) {
            _ if have == want => typed.expression,
            (Type::String | Type::StringList, Type::Integer | Type::Boolean)
            | (Type::Integer | Type::Boolean | Type::StringList, Type::String) => {
                Some(Expression::Coerce(Box::new(typed.expression?), want))
            }
            _ => {
                self.diagnostics
                    .push(place.wrong_operand(with_article(have)));
                None
            }
        }
    }
}

fn integer(scalar: &Scalar) -> Option<i64> {
    scalar
        .source
        .as_integer()
        .or_else(|| scalar.text().trim().parse().ok())
}

fn boolean(scalar: &Scalar) -> Option<bool> {
    let quoted = || scalar.text().trim().to_ascii_lowercase().parse().ok();
    scalar.source.as_bool().or_else(quoted)
}

/// The report of a list of values where a comparison takes one.
fn one_of_several(place: &Comparison<'_>) -> Diagnostic {
    let message = format!(
        "`{}` compares with one value, but a list is given",
        place.key
    );
    Diagnostic::error(Code::WrongValueType, place.operand.span, message)
        .label("this is a list")
        .help(
            "write a choice for each value, or combine a comparison for each in a list under `Or`",
        )
}
