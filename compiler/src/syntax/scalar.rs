//! Scalars: text with a style, and the readings that YAML gives it (spec 1.4).
//!
//! The service reads YAML 1.1, where `yes` is a Boolean and `0123` is octal. Here
//! a scalar stays text, and whoever consumes it asks for the reading it wants.

use crate::source::Span;
use crate::syntax::origin::Origin;

/// Text, a number, a Boolean or null, as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// The decoded text.
    pub text: String,
    /// How it was written.
    pub style: Style,
    /// Where each piece of the text stands in the source.
    pub origin: Origin,
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|` and the lines below.
    Literal,
    /// `>` and the lines below.
    Folded,
}

/// What YAML 1.1, as the service reads it, makes of a plain scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Text.
    Text,
    /// Null.
    Null,
    /// A Boolean.
    Boolean(bool),
    /// An integral number; `None` when it exceeds 64 bits.
    Integer(Option<i64>),
    /// A number with a fraction or an exponent.
    Float,
    /// A date or a point in time.
    Timestamp,
}

impl Scalar {
    /// The span of a range of the decoded text.
    pub fn span_of(&self, start: usize, end: usize) -> Span {
        self.origin.span(start, end)
    }

    /// The place of the text without its quotes, which an edit may replace.
    pub fn inner_span(&self) -> Span {
        self.span_of(0, self.text.len())
    }

    /// Whether nothing is meant: unquoted and empty, `~` or `null`.
    pub fn is_null(&self) -> bool {
        self.reading() == Reading::Null
    }

    /// The Boolean this is where a Boolean is expected: `true`, `False`, and by
    /// YAML 1.1 also `yes`, `no`, `on`, `off`. Quoted text is none.
    pub fn as_bool(&self) -> Option<bool> {
        match self.reading() {
            Reading::Boolean(value) => Some(value),
            _ => None,
        }
    }

    /// The integer this is where an integer is expected, by YAML 1.1 also octal
    /// `0123`, hexadecimal, and `1_000`. Quoted text is none.
    pub fn as_integer(&self) -> Option<i64> {
        match self.reading() {
            Reading::Integer(value) => value,
            _ => None,
        }
    }

    /// What YAML 1.1 makes of it.
    pub fn reading(&self) -> Reading {
        match self.style {
            Style::Plain => plain_reading(&self.text),
            _ => Reading::Text,
        }
    }

    /// The text the service ends up with where it wants text and this is a number
    /// or Boolean of another spelling: `83` for `0123`, `true` for `yes`, `1.1` for
    /// `1.10`. `None` when both spell the same.
    pub fn service_text(&self) -> Option<String> {
        let text = match self.reading() {
            Reading::Boolean(value) => value.to_string(),
            Reading::Integer(Some(value)) => value.to_string(),
            Reading::Float => self.text.parse::<f64>().ok()?.to_string(),
            _ => return None,
        };
        let same = text.eq_ignore_ascii_case(&self.text);
        (!same).then_some(text)
    }

    /// What it is, in the words of reports: `an integer`.
    pub fn describe(&self) -> &'static str {
        match self.reading() {
            Reading::Text => "a string",
            Reading::Null => "null",
            Reading::Boolean(_) => "a Boolean",
            Reading::Integer(_) => "an integer",
            Reading::Float => "a number",
            Reading::Timestamp => "a timestamp",
        }
    }
}

fn plain_reading(text: &str) -> Reading {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Reading::Null,
        _ => {}
    }
    if let Some(value) = boolean(text) {
        return Reading::Boolean(value);
    }
    let first = text.chars().next().unwrap_or_default();
    if !(first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return Reading::Text;
    }
    if let Some(value) = integer(text) {
        return Reading::Integer(value);
    }
    if is_float(text) {
        Reading::Float
    } else if is_timestamp(text) {
        Reading::Timestamp
    } else {
        Reading::Text
    }
}

/// `true`, `yes`, `on` and their opposites, lower case, capitalized or upper case.
fn boolean(text: &str) -> Option<bool> {
    let word = text.to_ascii_lowercase();
    let capitalized = text.get(1..) == word.get(1..);
    let spelling = capitalized || text == text.to_ascii_uppercase();
    match word.as_str() {
        "true" | "yes" | "on" if spelling => Some(true),
        "false" | "no" | "off" if spelling => Some(false),
        _ => None,
    }
}

/// An integer of YAML 1.1; the inner value is absent when it exceeds 64 bits.
fn integer(text: &str) -> Option<Option<i64>> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if unsigned.starts_with('_') {
        return None;
    }
    let digits = unsigned.replace('_', "");
    let magnitude = if digits.contains(':') {
        sexagesimal(&digits)?
    } else {
        let (radix, digits) = radix_of(&digits);
        if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
            return None;
        }
        i64::from_str_radix(digits, radix).ok()
    };
    Some(magnitude.map(|value| if negative { -value } else { value }))
}

fn radix_of(digits: &str) -> (u32, &str) {
    if let Some(rest) = digits.strip_prefix("0x") {
        (16, rest)
    } else if let Some(rest) = digits.strip_prefix("0b") {
        (2, rest)
    } else if let Some(rest) = digits.strip_prefix('0').filter(|rest| !rest.is_empty()) {
        (8, rest)
    } else {
        (10, digits)
    }
}

/// `1:30` is 90: base 60, as clocks count.
fn sexagesimal(digits: &str) -> Option<Option<i64>> {
    let mut groups = digits.split(':');
    let first = groups.next()?;
    if !first.starts_with(|digit: char| ('1'..='9').contains(&digit)) {
        return None;
    }
    let mut total = decimal(first)?;
    for group in groups {
        let value = decimal(group).filter(|_| group.len() <= 2)?;
        let value = value.filter(|value| *value < 60)?;
        total = total.and_then(|total| total.checked_mul(60)?.checked_add(value));
    }
    Some(total)
}

fn decimal(digits: &str) -> Option<Option<i64>> {
    let valid = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    valid.then(|| digits.parse().ok())
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(
        unsigned,
        ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN"
    ) {
        return true;
    }
    let digits = unsigned.replace('_', "");
    digits.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && digits.contains(['.', 'e', 'E'])
        && digits.parse::<f64>().is_ok()
}

/// `2020-01-01`, perhaps with a time behind it.
fn is_timestamp(text: &str) -> bool {
    let end = text.find(['T', 't', ' ', '\t']).unwrap_or(text.len());
    let (date, time) = text.split_at(end);
    let groups: Vec<&str> = date.split('-').collect();
    let [year, month, day] = groups.as_slice() else {
        return false;
    };
    let shortest = if time.is_empty() { 2 } else { 1 };
    is_number(year, 4, 4)
        && is_number(month, shortest, 2)
        && is_number(day, shortest, 2)
        && (time.is_empty() || is_time(time))
}

fn is_number(text: &str, shortest: usize, longest: usize) -> bool {
    (shortest..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_time(text: &str) -> bool {
    let text = text.trim_start_matches(['T', 't', ' ', '\t']);
    let clock = |byte: u8| byte.is_ascii_digit() || b":.+-Z ".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_digit())
        && text.contains(':')
        && text.bytes().all(clock)
}
