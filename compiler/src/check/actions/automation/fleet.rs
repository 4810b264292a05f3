//! A runbook at hand that is started for each of several targets (spec 6.3).

use crate::check::actions::call::Given;
use crate::check::actions::own::TARGET;
use crate::check::actions::typed::{Inputs, Members};
use crate::diagnostic::{Code, Diagnostic};
use crate::document::Value;
use crate::ir::{Data, Expression, Targets, TargetsOf, TextItem, Texts};

/// The most values of a parameter that can be targets, and the most maps.
const MOST: (usize, usize) = (50, 300);

/// The values of a parameter that are the targets, if they need not be looked up.
pub(super) fn values(targets: &Value) -> Option<&Value> {
    let target = match targets.as_list() {
        Some([only]) => only,
        _ => targets,
    };
    let key = target.get("Key").and_then(Value::as_scalar)?;
    (key.text() == "ParameterValues").then(|| target.get("Values"))?
}

/// The targets of a step; nothing if there are none, or if they are not right.
pub(super) fn targets(inputs: &mut Inputs<'_, '_>, members: &Members) -> Option<Targets> {
    let expression = |name: &str| match members.iter().find(|(member, _)| *member == name) {
        Some((_, Given::Value(expression))) => Some(expression.clone()),
        _ => None,
    };
    let maps = members.iter().find_map(|(member, given)| match given {
        Given::Encoded(data) if *member == "TargetMaps" => Some(data.clone()),
        _ => None,
    });
    let of = match maps {
        Some(maps) => {
            if let (Data::List(list), Some(value)) = (&maps, inputs.given("TargetMaps")) {
                count(inputs, "TargetMaps", list.len(), MOST.1, value);
            }
            TargetsOf::Maps(maps)
        }
        None => {
            let values = values(inputs.given("Targets")?)?;
            let texts = inputs.texts_of(values, &TARGET)?;
            if let Some(number) = number(&texts) {
                count(inputs, "Values", number, MOST.0, values);
            }
            TargetsOf::Values(expression("TargetParameterName")?, texts)
        }
    };
    Some(Targets {
        of,
        max_concurrency: expression("MaxConcurrency"),
        max_errors: expression("MaxErrors"),
    })
}

/// Checks `MaxConcurrency` and `MaxErrors` as far as they are written out: numbers, or percentages (spec 6.3).
pub(super) fn rate(inputs: &mut Inputs<'_, '_>, members: &Members) {
    for (name, least) in [("MaxConcurrency", 1), ("MaxErrors", 0)] {
        let given = members.iter().find(|(member, _)| *member == name);
        let (Some((_, Given::Value(Expression::String(text)))), Some(value)) =
            (given, inputs.given(name))
        else {
            continue;
        };
        if !is_share(text, least) {
            let message = format!("`{name}` cannot be `{text}`");
            let report = Diagnostic::error(Code::ViolatedConstraint, value.span, message)
                .label("neither a number nor a percentage that is possible");
            let tight: String = text.split_whitespace().collect();
            inputs.report(match is_share(&tight, least) {
                true => report.edit(value.span, tight, "leave the blanks out"),
                false => report.help(format!(
                    "write a number from {least} on, or a part of all such as `10%`"
                )),
            });
        }
    }
}

fn is_share(text: &str, least: u64) -> bool {
    let digits = text.strip_suffix('%');
    let most = digits.map_or(u64::MAX, |_| 100);
    let digits = digits.unwrap_or(text);
    let plain = digits.bytes().all(|digit| digit.is_ascii_digit());
    let padded = digits.len() > 1 && digits.starts_with('0');
    let number = digits
        .parse()
        .ok()
        .filter(|_| plain && !padded && text.len() <= 7);
    number.is_some_and(|number: u64| (least..=most).contains(&number))
}

/// How many there are, if that is known.
fn number(texts: &Texts) -> Option<usize> {
    let Texts::List(items) = texts else {
        return None;
    };
    let single = |item: &TextItem| matches!(item, TextItem::One(_));
    items.iter().all(single).then_some(items.len())
}

fn count(inputs: &mut Inputs<'_, '_>, name: &str, count: usize, most: usize, value: &Value) {
    if (1..=most).contains(&count) {
        return;
    }
    let message = format!("`{name}` has {count} elements, but takes 1 to {most}");
    let report = Diagnostic::error(Code::ViolatedConstraint, value.span, message);
    inputs.report(match count {
        0 => report
            .label("nothing would run")
            .help("name what the runbook is to run for"),
        _ => report
            .label("above the maximum")
            .help("share them out to several steps"),
    });
}
