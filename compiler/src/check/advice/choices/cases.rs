//! All that can be the case when a branch is reached, as far as its conditions can tell.
//!
//! Of what a branch looks at, only so many values are tried that every other one would be judged like one of them: the
//! allowed values of a parameter; the texts and numbers that a value is compared with and one that is none of these; and
//! no value at all, which makes every comparison false. A comparison that this does not capture counts as something that
//! may hold or not.

use serde_json::Value as Json;

use crate::document::Type;
use crate::ir::{Condition, Expression, Operator, Parameter, Reference};

/// More cases than these are not tried.
const MOST: usize = 1024;

/// What a value, or a comparison as a whole, may be.
struct Unknown<'a> {
    what: What<'a>,
    /// Each of them; `None` is no value.
    values: Vec<Option<Json>>,
}

#[derive(Clone, Copy, PartialEq)]
enum What<'a> {
    /// The value of a reference.
    Value(&'a Reference),
    /// Whether a comparison holds.
    Comparison(&'a Condition),
}

/// The cases: every combination of what is not known.
pub(super) struct Cases<'a> {
    unknown: Vec<Unknown<'a>>,
    count: usize,
}

impl<'a> Cases<'a> {
    /// The cases that these conditions tell apart; `None` if there are too many.
    pub(super) fn of(
        conditions: impl Iterator<Item = &'a Condition>,
        parameters: &[Parameter],
    ) -> Option<Self> {
        let mut comparisons = Vec::new();
        conditions.for_each(|condition| collect(condition, &mut comparisons));
        let mut cases = Self {
            unknown: Vec::new(),
            count: 1,
        };
        for comparison in &comparisons {
            for reference in comparison.references() {
                let what = What::Value(reference);
                if !cases.has(what)
                    && let Some(values) = values(reference, &comparisons, parameters)
                {
                    cases.add(what, values)?;
                }
            }
            let what = What::Comparison(comparison.whole);
            let captured = comparison
                .references()
                .all(|reference| cases.has(What::Value(reference)));
            let is_evaluated = captured && comparison.is_plain();
            if !is_evaluated && !cases.has(what) {
                cases.add(what, vec![Some(Json::Bool(true)), Some(Json::Bool(false))])?;
            }
        }
        Some(cases)
    }

    /// Whether a condition holds, in each of the cases.
    pub(super) fn truths(&self, condition: &Condition) -> Vec<bool> {
        (0..self.count)
            .map(|case| self.holds(condition, case))
            .collect()
    }

    fn has(&self, what: What<'_>) -> bool {
        self.unknown.iter().any(|unknown| unknown.what == what)
    }

    fn add(&mut self, what: What<'a>, values: Vec<Option<Json>>) -> Option<()> {
        self.count = self.count.checked_mul(values.len())?;
        self.unknown.push(Unknown { what, values });
        (self.count <= MOST).then_some(())
    }

    fn holds(&self, condition: &Condition, case: usize) -> bool {
        match condition {
            Condition::And(all) => all.iter().all(|condition| self.holds(condition, case)),
            Condition::Or(some) => some.iter().any(|condition| self.holds(condition, case)),
            Condition::Not(inner) => !self.holds(inner, case),
            Condition::Compare {
                variable,
                operator,
                operand,
            } => match self.value(What::Comparison(condition), case) {
                Some(truth) => truth == Some(Json::Bool(true)),
                None => match (self.evaluate(variable, case), self.evaluate(operand, case)) {
                    (Some(variable), Some(operand)) => compare(*operator, &variable, &operand),
                    _ => false,
                },
            },
        }
    }

    /// The value of what is not known in a case, if it is among that.
    fn value(&self, what: What<'_>, case: usize) -> Option<Option<Json>> {
        let mut rest = case;
        for unknown in &self.unknown {
            let index = rest % unknown.values.len();
            rest /= unknown.values.len();
            if unknown.what == what {
                return unknown.values.get(index).cloned();
            }
        }
        None
    }

    fn evaluate(&self, expression: &Expression, case: usize) -> Option<Json> {
        match expression {
            Expression::Reference(reference) => self.value(What::Value(reference), case)?,
            literal => self::literal(literal),
        }
    }
}

/// A comparison somewhere in the conditions.
struct Comparison<'a> {
    whole: &'a Condition,
    variable: &'a Expression,
    operator: Operator,
    operand: &'a Expression,
}

impl<'a> Comparison<'a> {
    fn references(&self) -> impl Iterator<Item = &'a Reference> + use<'a> {
        let sides = [self.variable, self.operand].into_iter();
        sides.filter_map(|side| match side {
            Expression::Reference(reference) => Some(reference),
            _ => None,
        })
    }

    /// Whether each side is a reference or a literal, of the type that is compared.
    fn is_plain(&self) -> bool {
        [self.variable, self.operand].into_iter().all(|side| {
            let is_known = matches!(side, Expression::Reference(_)) || literal(side).is_some();
            is_known && side.kind() == self.operator.operand_type()
        })
    }
}

fn collect<'a>(condition: &'a Condition, comparisons: &mut Vec<Comparison<'a>>) {
    match condition {
        Condition::And(members) | Condition::Or(members) => members
            .iter()
            .for_each(|member| collect(member, comparisons)),
        Condition::Not(inner) => collect(inner, comparisons),
        Condition::Compare {
            variable,
            operator,
            operand,
        } => comparisons.push(Comparison {
            whole: condition,
            variable,
            operator: *operator,
            operand,
        }),
    }
}

/// The values to try of what is referenced; `None` if these comparisons could tell more apart.
fn values(
    reference: &Reference,
    comparisons: &[Comparison<'_>],
    parameters: &[Parameter],
) -> Option<Vec<Option<Json>>> {
    if let Reference::Parameter(id, _) = reference
        && let Some(allowed) = parameters.get(id.index()).and_then(allowed)
    {
        return Some(allowed);
    }
    let mut values = match reference.kind() {
        Type::Boolean => vec![Json::Bool(true), Json::Bool(false)],
        Type::Integer => integers(&operands(reference, comparisons, |_| true)?),
        Type::String => {
            let only_equal = |operator: Operator| {
                matches!(
                    operator,
                    Operator::StringEquals | Operator::EqualsIgnoreCase
                )
            };
            texts(&operands(reference, comparisons, only_equal)?)?
        }
        Type::StringList | Type::StringMap | Type::MapList => return None,
    };
    values.dedup();
    let mut values: Vec<Option<Json>> = values.into_iter().map(Some).collect();
    let is_always_there = matches!(reference, Reference::Parameter(..) | Reference::System(_));
    if !is_always_there {
        values.push(None);
    }
    Some(values)
}

/// What a parameter may be: an allowed value, or its default, which need not be one.
fn allowed(parameter: &Parameter) -> Option<Vec<Option<Json>>> {
    let is_constant = |value: &Json| match value {
        Json::String(text) => !text.contains("{{"),
        Json::Number(_) | Json::Bool(_) => true,
        _ => false,
    };
    let mut values = parameter.allowed_values.clone();
    if values.is_empty() {
        return None;
    }
    values.extend(
        parameter
            .default
            .clone()
            .filter(|default| !values.contains(default)),
    );
    let constant = values.iter().all(is_constant);
    constant.then(|| values.into_iter().map(Some).collect())
}

/// The literals that a reference is compared with; `None` if it is compared in another way.
fn operands(
    reference: &Reference,
    comparisons: &[Comparison<'_>],
    captured: impl Fn(Operator) -> bool,
) -> Option<Vec<Json>> {
    let here = comparisons
        .iter()
        .filter(|comparison| comparison.references().any(|other| other == reference));
    let literals = here.map(|comparison| {
        let on_the_left = matches!(comparison.variable, Expression::Reference(_));
        let operand = literal(comparison.operand).filter(|_| on_the_left);
        operand.filter(|_| captured(comparison.operator))
    });
    literals.collect()
}

/// Every number that a comparison with these can tell from others.
fn integers(operands: &[Json]) -> Vec<Json> {
    let mut numbers: Vec<i64> = operands
        .iter()
        .filter_map(Json::as_i64)
        .flat_map(|number| [number.saturating_sub(1), number, number.saturating_add(1)])
        .chain([0])
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().map(Json::from).collect()
}

/// Every text that a comparison with these can tell from others: the texts, each once more in another case, and one more.
fn texts(operands: &[Json]) -> Option<Vec<Json>> {
    let mut texts: Vec<&str> = operands.iter().filter_map(Json::as_str).collect();
    texts.sort_unstable();
    texts.dedup();
    let mut values: Vec<Json> = texts.iter().map(|text| Json::from(*text)).collect();
    for text in &texts {
        let spellings = (0..text.chars().count()).map(|place| respelled(text, place));
        let mut others = spellings.filter(|spelling| !texts.contains(&spelling.as_str()));
        match others.next() {
            Some(other) => values.push(Json::from(other)),
            // A text without letters has no other case.
            None if text.to_uppercase() == text.to_lowercase() => {}
            None => return None,
        }
    }
    let other = format!("{} and more", texts.concat());
    values.push(Json::from(other));
    Some(values)
}

/// The text with one letter in the other case.
fn respelled(text: &str, place: usize) -> String {
    let swap = |(index, letter): (usize, char)| match letter.is_ascii_uppercase() {
        _ if index != place => letter,
        true => letter.to_ascii_lowercase(),
        false => letter.to_ascii_uppercase(),
    };
    text.chars().enumerate().map(swap).collect()
}

fn literal(expression: &Expression) -> Option<Json> {
    match expression {
        Expression::String(text) => Some(Json::from(text.as_str())),
        Expression::Integer(number) => Some(Json::from(*number)),
        Expression::Boolean(truth) => Some(Json::Bool(*truth)),
        _ => None,
    }
}

/// As the operators compare (spec 5.3).
fn compare(operator: Operator, variable: &Json, operand: &Json) -> bool {
    let texts = || variable.as_str().zip(operand.as_str());
    let text =
        |test: fn(&str, &str) -> bool| texts().is_some_and(|(left, right)| test(left, right));
    let numbers = || variable.as_i64().zip(operand.as_i64());
    let number =
        |test: fn(&i64, &i64) -> bool| numbers().is_some_and(|(left, right)| test(&left, &right));
    match operator {
        Operator::StringEquals => text(|left, right| left == right),
        Operator::EqualsIgnoreCase => {
            text(|left, right| left.to_lowercase() == right.to_lowercase())
        }
        Operator::StartsWith => text(|left, right| left.starts_with(right)),
        Operator::EndsWith => text(|left, right| left.ends_with(right)),
        Operator::Contains => text(|left, right| left.contains(right)),
        Operator::NumericEquals => number(|left, right| left == right),
        Operator::NumericGreater => number(|left, right| left > right),
        Operator::NumericLesser => number(|left, right| left < right),
        Operator::NumericGreaterOrEquals => number(|left, right| left >= right),
        Operator::NumericLesserOrEquals => number(|left, right| left <= right),
        Operator::BooleanEquals => variable == operand,
    }
}
