//! `aws:loop`: steps that run again and again (spec 5.15). The steps inside are checked as all others are.

use super::inputs::{self, with_article};
use super::own::own_inputs;
use super::typed::Inputs;
use super::{branch, data};
use crate::check::scope::{Scope, Typed};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, similar};
use crate::document::{Scalar, Step, Type, Value, ValueKind};
use crate::ir::{Data, Expression, Loop, Turns, Work};

/// The most iterations of a loop.
const MOST: usize = 100;

const ITERATORS: &str = "Iterators";
const CONDITION: &str = "LoopCondition";
const DATA_TYPE: &str = "IteratorDataType";

/// Whether a step has an output that its action has: only loops over a list have items.
pub(in crate::check) fn has_output(step: &Step, name: &str) -> bool {
    step.action.value != "aws:loop"
        || name != "CurrentIteratorValue"
        || inputs::given(step, CONDITION).is_none()
}

/// The type of an output that the action has: that of a loop's items is written at the loop (spec 8, row 21).
pub(in crate::check) fn output_type(step: &Step, name: &str, usual: Type) -> Option<Type> {
    match (step.action.value.as_str(), name) {
        ("aws:loop", "CurrentIteratorValue") => item_type(step),
        _ => Some(usual),
    }
}

/// `IteratorDataType`, String if it is not written; none for one that there is not.
fn item_type(step: &Step) -> Option<Type> {
    let Some(value) = inputs::given(step, DATA_TYPE) else {
        return Some(Type::String);
    };
    let scalar = value.as_scalar()?;
    let kind = Type::parse(scalar.text().trim())?;
    allowed_types().contains(&kind.as_str()).then_some(kind)
}

fn allowed_types() -> &'static [&'static str] {
    let mut own = own_inputs("aws:loop").iter();
    own.find(|input| input.name == DATA_TYPE)
        .map_or(&[], |input| input.values)
}

/// Checks the inputs of a step.
pub(super) fn turns(step: &Step, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<Work> {
    let mut inputs = Inputs::of(step, scope, diagnostics);
    inputs.one_of(ITERATORS, CONDITION);
    let mut keys = step.inputs.iter().map(|(key, _)| key.value.as_str());
    let misspelt = keys.any(|key| similar(key, ["Steps"]).is_some());
    if step.body_span.is_none() && step.inputs_known && !misspelt {
        inputs.report(without_steps(step));
    }
    inputs.choice(DATA_TYPE, "the type of the items");
    let most = inputs.setting("MaxIterations");
    if let (Some(value), Some(Expression::Integer(number))) = (inputs.given("MaxIterations"), &most)
        && !usize::try_from(*number).is_ok_and(|number| (1..=MOST).contains(&number))
    {
        inputs.report(out_of_bounds(value, *number));
    }
    if let (Some(items), Some(Expression::Integer(most))) = (inputs.given(ITERATORS), &most) {
        inputs.diagnostics.extend(passed_over(items, *most));
    }
    let turns = match (inputs.given(ITERATORS), inputs.given(CONDITION)) {
        (Some(items), _) => each(items, most.is_some(), step, scope, inputs.diagnostics),
        (None, Some(condition)) => {
            ineffective_type(&mut inputs);
            branch::loop_condition(condition, CONDITION, step, scope, inputs.diagnostics)
                .map(Turns::While)
        }
        (None, None) => None,
    };
    inputs.sound()?;
    Some(Work::Loop(Loop {
        turns: turns?,
        most,
    }))
}

fn without_steps(step: &Step) -> Diagnostic {
    let message = format!("step `{}` has no `Steps` to repeat", step.name);
    Diagnostic::error(Code::MissingInput, inputs::place(step), message)
        .label("`Steps` is missing")
        .help("add it under `inputs`: `Steps:`, a list of steps")
}

fn out_of_bounds(value: &Value, number: i64) -> Diagnostic {
    let message = format!("`MaxIterations` is {number}, but a loop has 1 to {MOST} iterations");
    let report = Diagnostic::error(Code::ViolatedConstraint, value.span, message);
    report.label("out of range").help(match number {
        ..1 => "leave it out, and a loop may have 100 iterations",
        _ => "put a loop around the loop, or start another automation for each part",
    })
}

fn ineffective_type(inputs: &mut Inputs<'_, '_>) {
    if let Some(kind) = inputs.given(DATA_TYPE) {
        let message = format!("`{DATA_TYPE}` has no effect beside `{CONDITION}`");
        inputs.diagnostics.push(
            Diagnostic::warning(Code::IneffectiveProperty, kind.span, message)
                .label("there are no items")
                .help("remove it"),
        );
    }
}

/// The items of a loop, of the type that is written.
fn each(
    items: &Value,
    is_limited: bool,
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Turns> {
    let kind = item_type(step)?;
    let items = match &items.kind {
        ValueKind::List(elements) => {
            if elements.len() > MOST && !is_limited {
                diagnostics.push(too_many(items, elements.len()));
                return None;
            }
            let elements: Vec<Option<Data>> = elements
                .iter()
                .map(|element| item(element, kind, scope, diagnostics))
                .collect();
            Data::List(elements.into_iter().collect::<Option<_>>()?)
        }
        ValueKind::Scalar(scalar) if !scalar.template.is_literal() => {
            let typed = scope.scalar(scalar, items.span, diagnostics);
            Data::Expression(whole(typed, kind, diagnostics)?)
        }
        _ => return inputs::reported(items, ITERATORS, "a list", scope, diagnostics),
    };
    Some(Turns::Each { items, kind })
}

fn too_many(items: &Value, count: usize) -> Diagnostic {
    let message =
        format!("`{ITERATORS}` has {count} items, but a loop has at most {MOST} iterations");
    Diagnostic::error(Code::ViolatedConstraint, items.span, message)
        .label("too many")
        .help("put the loop into a loop over parts of the list")
}

/// The report of items beyond the most iterations, which are passed over (spec 8, row 20).
fn passed_over(items: &Value, most: i64) -> Option<Diagnostic> {
    let elements = items.as_list()?;
    // A reference may stand for any number of items.
    let is_one = |element: &Value| {
        let scalar = element.as_scalar();
        scalar.is_none_or(|scalar| scalar.template.whole().is_none())
    };
    let first = elements.get(usize::try_from(most).ok()?)?;
    if !elements.iter().all(is_one) {
        return None;
    }
    let message = format!("items beyond the first {most} are passed over");
    let report = Diagnostic::warning(Code::IneffectiveProperty, first.span, message);
    Some(
        report
            .label("the first that has no iteration")
            .help("raise `MaxIterations`, or leave it out"),
    )
}

/// One reference to all items.
fn whole(typed: Typed, kind: Type, diagnostics: &mut Diagnostics) -> Option<Expression> {
    let have = typed.kind?;
    match have {
        Type::MapList if kind == Type::StringMap => typed.expression,
        Type::MapList => {
            let message = format!(
                "the items of {} are mappings, but `{DATA_TYPE}` says {kind}",
                inputs::what(&typed)
            );
            let report = Diagnostic::error(Code::WrongReferenceType, typed.span, message)
                .label("a list of mappings");
            let report = report.help(format!("write `{DATA_TYPE}: StringMap`"));
            diagnostics.push(inputs::declared(report, &typed));
            None
        }
        _ => inputs::coerced(typed, Type::StringList, ITERATORS, diagnostics),
    }
}

/// One of the items that are written out; a reference to a list stands for all of its elements (spec 3.3).
fn item(
    element: &Value,
    kind: Type,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Data> {
    let scalar = match &element.kind {
        ValueKind::Map(_) if kind == Type::StringMap => {
            return data::data(element, scope, diagnostics);
        }
        ValueKind::Scalar(scalar) => scalar,
        _ => return inputs::reported(element, ITERATORS, with_article(kind), scope, diagnostics),
    };
    if !scalar.template.is_literal() {
        let typed = scope.scalar(scalar, element.span, diagnostics);
        return match (typed.kind?, kind) {
            (Type::StringList, _) | (Type::MapList, Type::StringMap) => {
                typed.expression.map(Data::Expression)
            }
            (have, _) if have == kind => typed.expression.map(Data::Expression),
            // Text may spell a number, and what it is shows when the loop starts.
            (Type::String, _) => typed.expression.map(Data::Expression),
            _ => inputs::coerced(typed, kind, ITERATORS, diagnostics).map(Data::Expression),
        };
    }
    let item = literal(scalar, kind);
    if item.is_none() {
        let message = format!(
            "`{}` is no item of this loop, whose items are of type {kind}",
            scalar.text()
        );
        diagnostics.push(
            Diagnostic::error(Code::WrongValueType, element.span, message)
                .label(format!("this is not {}", with_article(kind)))
                .help(format!("correct it, or write another `{DATA_TYPE}`")),
        );
    }
    item
}

fn literal(scalar: &Scalar, kind: Type) -> Option<Data> {
    let text = scalar.text().trim();
    match kind {
        Type::Integer => text.parse().ok().map(Data::Integer),
        Type::Boolean => text.to_ascii_lowercase().parse().ok().map(Data::Boolean),
        Type::String => {
            let text = scalar.text().to_owned();
            Some(Data::Expression(Expression::String(text)))
        }
        _ => match serde_json::from_str(text) {
            Ok(map @ serde_json::Value::Object(_)) => Some(data::of_json(map)),
            _ => None,
        },
    }
}
