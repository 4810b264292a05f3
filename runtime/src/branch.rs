//! The operators of `aws:branch` (spec 5.3). A value that is not there makes every one of them false.

/// `StringEquals`.
pub fn string_equals(value: Option<&str>, operand: Option<&str>) -> bool {
    both(value, operand, |value, operand| value == operand)
}

/// `EqualsIgnoreCase`.
pub fn equals_ignore_case(value: Option<&str>, operand: Option<&str>) -> bool {
    both(value, operand, |value, operand| {
        value.to_lowercase() == operand.to_lowercase()
    })
}

/// `StartsWith`.
pub fn starts_with(value: Option<&str>, operand: Option<&str>) -> bool {
    both(value, operand, |value, operand| value.starts_with(operand))
}

/// `EndsWith`.
pub fn ends_with(value: Option<&str>, operand: Option<&str>) -> bool {
    both(value, operand, |value, operand| value.ends_with(operand))
}

/// `Contains`.
pub fn contains(value: Option<&str>, operand: Option<&str>) -> bool {
    both(value, operand, |value, operand| value.contains(operand))
}

/// `Contains`, of a list.
pub fn contains_element(value: Option<&[String]>, operand: Option<&str>) -> bool {
    both(value, operand, |value, operand| {
        value.iter().any(|element| element == operand)
    })
}

/// `NumericEquals`.
pub fn numeric_equals(value: Option<i64>, operand: Option<i64>) -> bool {
    both(value, operand, |value, operand| value == operand)
}

/// `NumericGreater`.
pub fn numeric_greater(value: Option<i64>, operand: Option<i64>) -> bool {
    both(value, operand, |value, operand| value > operand)
}

/// `NumericLesser`.
pub fn numeric_lesser(value: Option<i64>, operand: Option<i64>) -> bool {
    both(value, operand, |value, operand| value < operand)
}

/// `NumericGreaterOrEquals`.
pub fn numeric_greater_or_equals(value: Option<i64>, operand: Option<i64>) -> bool {
    both(value, operand, |value, operand| value >= operand)
}

/// `NumericLesserOrEquals`.
pub fn numeric_lesser_or_equals(value: Option<i64>, operand: Option<i64>) -> bool {
    both(value, operand, |value, operand| value <= operand)
}

/// `BooleanEquals`.
pub fn boolean_equals(value: Option<bool>, operand: Option<bool>) -> bool {
    both(value, operand, |value, operand| value == operand)
}

fn both<T, U>(value: Option<T>, operand: Option<U>, test: impl FnOnce(T, U) -> bool) -> bool {
    match (value, operand) {
        (Some(value), Some(operand)) => test(value, operand),
        _ => false,
    }
}
