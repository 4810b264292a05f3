//! The test of a filter segment: values compare as Jayway JsonPath compares them.

use std::cmp::Ordering;

use super::evaluate::evaluate;
use super::{Filter, FilterTest, Literal, Matches};
use crate::value::{Document, Text};

/// Whether the value passes the test.
pub(super) fn passes(value: &Document, filter: &'static Filter) -> bool {
    let left = match evaluate(value, filter.path) {
        Matches::None => None,
        Matches::One(value) => Some(value.into_owned()),
        Matches::Many(values) => Some(values.into_iter().map(|value| value.into_owned()).collect()),
    };
    let ordered = |right, accepted: &[Ordering]| {
        left.as_ref()
            .and_then(|left| order(left, right))
            .is_some_and(|ordering| accepted.contains(&ordering))
    };
    match filter.test {
        FilterTest::Exists => left.is_some(),
        FilterTest::Equal(right) => equal(left.as_ref(), right),
        FilterTest::NotEqual(right) => !equal(left.as_ref(), right),
        FilterTest::Less(right) => ordered(right, &[Ordering::Less]),
        FilterTest::LessOrEqual(right) => ordered(right, &[Ordering::Less, Ordering::Equal]),
        FilterTest::Greater(right) => ordered(right, &[Ordering::Greater]),
        FilterTest::GreaterOrEqual(right) => ordered(right, &[Ordering::Greater, Ordering::Equal]),
    }
}

/// Equality; a text and a number are equal when either reads as the other.
fn equal(left: Option<&Document>, right: Literal) -> bool {
    match (left, right) {
        (Some(Document::String(left)), Literal::String(right)) => left == right,
        (Some(Document::String(left)), Literal::Integer(right)) => *left == right.to_string(),
        (Some(Document::String(left)), Literal::Float(right)) => {
            *left == Document::from(right).text()
        }
        (Some(left @ Document::Number(_)), Literal::String(right)) => serde_json::from_str(right)
            .is_ok_and(|right: serde_json::Number| {
                order_numbers(left, &Document::Number(right)) == Some(Ordering::Equal)
            }),
        (Some(left @ Document::Number(_)), right) => order(left, right) == Some(Ordering::Equal),
        (Some(Document::Bool(left)), Literal::Boolean(right)) => *left == right,
        (Some(Document::Null), Literal::Null) => true,
        _ => false,
    }
}

/// The order of two numbers or two texts; nothing else has one.
fn order(left: &Document, right: Literal) -> Option<Ordering> {
    match (left, right) {
        (Document::String(left), Literal::String(right)) => Some(left.as_str().cmp(right)),
        (left, Literal::Integer(right)) => order_numbers(left, &Document::from(right)),
        (left, Literal::Float(right)) => order_numbers(left, &Document::from(right)),
        _ => None,
    }
}

/// Integers compare exactly, everything else as floating-point numbers.
fn order_numbers(left: &Document, right: &Document) -> Option<Ordering> {
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}
