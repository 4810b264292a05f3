//! Literals and texts in API inputs: numbers, Booleans and strings as Boto3 takes them (spec 5.12).

use super::{Walk, wanted};
use crate::catalogue::{Bounds, Service, ShapeId, ShapeKind, StringShape};
use crate::check::actions;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Scalar, Value, ValueKind, ambiguous_text};
use crate::ir::{ApiValue, Expression};
use crate::source::Span;
use crate::syntax::scalar::Reading;

impl<'a> Walk<'a, '_> {
    /// A value of a shape without parts.
    pub(super) fn scalar(&mut self, value: &Value, shape: ShapeId) -> Option<ApiValue> {
        let kind = self.kind_of(shape);
        let ValueKind::Scalar(scalar) = &value.kind else {
            return self.no_scalar(value, kind);
        };
        if !scalar.template.is_literal() {
            return self.text_with_references(value, scalar, shape);
        }
        match kind {
            ShapeKind::String(string) => self.string(value, scalar, shape, string),
            ShapeKind::Blob(_) => self.text(value, scalar, shape),
            ShapeKind::Integer(bounds) => self.integer(
                value,
                scalar,
                shape,
                *bounds,
                i32::MIN.into()..=i32::MAX.into(),
            ),
            ShapeKind::Long(bounds) => {
                self.integer(value, scalar, shape, *bounds, i64::MIN..=i64::MAX)
            }
            ShapeKind::Float(bounds) | ShapeKind::Double(bounds) => {
                self.float(value, scalar, shape, *bounds)
            }
            ShapeKind::Boolean => self.boolean(value, scalar, shape),
            ShapeKind::Timestamp(_) => self.timestamp(value, scalar, shape),
            _ => None,
        }
    }

    fn kind_of(&self, shape: ShapeId) -> &'a ShapeKind {
        let service: &'a Service = self.operand.service;
        &service.shape(shape).kind
    }

    /// A list or mapping where one value belongs. A list of one element is a habit from other actions.
    fn no_scalar<T>(&mut self, value: &Value, kind: &ShapeKind) -> Option<T> {
        actions::references(value, self.operand.scope, self.diagnostics);
        let report = actions::wrong_kind(value, &self.name(), wanted(kind));
        let single = value.as_list().is_some_and(|elements| elements.len() == 1);
        self.diagnostics.extend(report.map(|report| match single {
            true => report.help("write the element itself, without a list around it"),
            false => report,
        }));
        None
    }

    /// Text with references in it is a String, whatever the references are.
    fn text_with_references(
        &mut self,
        value: &Value,
        scalar: &Scalar,
        shape: ShapeId,
    ) -> Option<ApiValue> {
        let typed = self
            .operand
            .scope
            .scalar(scalar, value.span, self.diagnostics);
        let kind = self.kind_of(shape);
        match kind {
            ShapeKind::String(_) | ShapeKind::Blob(_) | ShapeKind::Timestamp(_) => {
                Some(ApiValue::Scalar(shape, typed.expression?))
            }
            _ => {
                let message = format!(
                    "`{}` takes {}, but text with references in it is a string",
                    self.name(),
                    wanted(kind)
                );
                self.diagnostics.push(
                    Diagnostic::error(Code::WrongValueType, value.span, message)
                        .label("this is a string")
                        .help(format!("write one reference alone, to {}", wanted(kind))),
                );
                None
            }
        }
    }

    fn string(
        &mut self,
        value: &Value,
        scalar: &Scalar,
        shape: ShapeId,
        string: &StringShape,
    ) -> Option<ApiValue> {
        let text = self.text(value, scalar, shape)?;
        let span = match scalar.text() {
            // Between the quotes there is nothing to point at.
            "" => value.span,
            _ => actions::text_span(scalar),
        };
        self.check_text(scalar.text(), string, span);
        Some(text)
    }

    /// A text against the values and the length that its shape has.
    pub(super) fn check_text(&mut self, text: &str, string: &StringShape, span: Span) {
        let catalogue = self.operand.scope.catalogue;
        let what = format!("`{}` has no value", self.name());
        let unknown = actions::unknown_value(text, span, &what, &string.enumeration, catalogue);
        let known = unknown.is_none();
        self.diagnostics.extend(unknown);
        if known && self.check_length(text, string.length, span) {
            self.check_pattern(text, string, span);
        }
    }

    /// Text. Numbers and Booleans are refused; words that YAML 1.1 alone takes for Booleans are meant as text.
    fn text(&mut self, value: &Value, scalar: &Scalar, shape: ShapeId) -> Option<ApiValue> {
        let word = scalar.text().to_ascii_lowercase();
        match scalar.source.reading() {
            Reading::Boolean(_) if word != "true" && word != "false" => {}
            Reading::Text | Reading::Null | Reading::Timestamp => {}
            _ if self.operand.converts => {}
            Reading::Boolean(_) | Reading::Integer(_) | Reading::Float => {
                let report = self.mismatch(value, "a string");
                let quoted = format!("'{}'", scalar.text());
                self.diagnostics
                    .push(report.repair(value.span, quoted, "quote it"));
                return None;
            }
        }
        self.diagnostics
            .extend(ambiguous_text(&scalar.source, value.span));
        Some(ApiValue::Scalar(
            shape,
            Expression::String(scalar.text().to_owned()),
        ))
    }

    fn integer(
        &mut self,
        value: &Value,
        scalar: &Scalar,
        shape: ShapeId,
        bounds: Bounds<i64>,
        range: std::ops::RangeInclusive<i64>,
    ) -> Option<ApiValue> {
        let spelt = || match self.operand.converts {
            true => scalar.text().trim().parse().ok(),
            false => None,
        };
        let Some(number) = scalar.source.as_integer().or_else(spelt) else {
            return self.unquoted(value, scalar, "an integer", |text| {
                text.parse::<i64>().is_ok()
            });
        };
        if !range.contains(&number) {
            let message = format!(
                "`{}` takes an integer of 32 bits, but {number} needs more",
                self.name()
            );
            let report = Diagnostic::error(Code::ViolatedConstraint, value.span, message)
                .label("too large")
                .help(format!("write at most {}", range.end()));
            self.diagnostics.push(report);
            return None;
        }
        self.check_number(number, bounds, value.span);
        Some(ApiValue::Scalar(shape, Expression::Integer(number)))
    }

    fn float(
        &mut self,
        value: &Value,
        scalar: &Scalar,
        shape: ShapeId,
        bounds: Bounds<f64>,
    ) -> Option<ApiValue> {
        let number = match scalar.source.reading() {
            // Boto3 makes a float of it, too.
            Reading::Integer(Some(number)) => Some(number as f64),
            Reading::Float => scalar
                .text()
                .replace('_', "")
                .parse::<f64>()
                .ok()
                .filter(|number| number.is_finite()),
            _ => None,
        };
        let Some(number) = number else {
            return self.unquoted(value, scalar, "a number", |text| {
                text.parse::<f64>().is_ok()
            });
        };
        self.check_number(number, bounds, value.span);
        Some(ApiValue::Float(shape, number))
    }

    fn boolean(&mut self, value: &Value, scalar: &Scalar, shape: ShapeId) -> Option<ApiValue> {
        let spelt = || match self.operand.converts {
            true => scalar.text().trim().to_ascii_lowercase().parse().ok(),
            false => None,
        };
        let Some(truth) = scalar.source.as_bool().or_else(spelt) else {
            let is_truth =
                |text: &str| ["true", "false"].contains(&text.to_ascii_lowercase().as_str());
            return self.unquoted(value, scalar, "a Boolean", is_truth);
        };
        Some(ApiValue::Scalar(shape, Expression::Boolean(truth)))
    }

    /// A point in time: text that Boto3 can read, or seconds since 1970.
    fn timestamp(&mut self, value: &Value, scalar: &Scalar, shape: ShapeId) -> Option<ApiValue> {
        let text = scalar.text().trim();
        let readable = match scalar.source.reading() {
            Reading::Timestamp | Reading::Integer(_) | Reading::Float => true,
            Reading::Boolean(_) => false,
            _ => is_time(text),
        };
        if readable {
            return Some(ApiValue::Scalar(shape, Expression::String(text.to_owned())));
        }
        let message = format!(
            "`{}` takes a timestamp, but `{text}` is none that can be read",
            self.name()
        );
        let code = match text.contains(|character: char| character.is_ascii_digit()) {
            // Boto3 reads many other forms.
            true => Code::UnsupportedFeature,
            false => Code::InvalidTime,
        };
        let report =
            Diagnostic::error(code, value.span, message).label("not an ISO 8601 timestamp");
        self.diagnostics
            .push(report.help("write it like `2030-01-31T08:00:00Z`"));
        None
    }

    /// Reports a text where a number or Boolean belongs; one in quotes is probably meant without.
    fn unquoted<T>(
        &mut self,
        value: &Value,
        scalar: &Scalar,
        want: &str,
        fits: impl Fn(&str) -> bool,
    ) -> Option<T> {
        let report = self.mismatch(value, want);
        let text = scalar.text().trim();
        let quoted = !scalar.is_plain() && fits(text);
        self.diagnostics.push(match quoted {
            true => report.repair(value.span, text, "write it without quotes"),
            false => report.help(format!(
                "write {want}, for example `{}`",
                self.example(want)
            )),
        });
        None
    }

    /// The value's last name with a value of the wanted type: `weight: 1`.
    fn example(&self, want: &str) -> String {
        let value = match want {
            "an integer" => "1",
            "a Boolean" => "true",
            _ => "0.5",
        };
        match self.path.last().map(|last| last.trim_start_matches('.')) {
            Some(name) if !name.starts_with('[') => format!("{name}: {value}"),
            _ => format!("- {value}"),
        }
    }

    fn mismatch(&self, value: &Value, want: &str) -> Diagnostic {
        let message = format!(
            "`{}` takes {want}, but {} is given",
            self.name(),
            value.describe()
        );
        Diagnostic::error(Code::WrongValueType, value.span, message)
            .label(format!("this is {}", value.describe()))
            .note("Boto3, which makes the call, converts nothing")
    }
}

/// Whether a text is a point in time of ISO 8601 or RFC 2822, a date, or a number of seconds.
fn is_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
        || text.parse::<jiff::civil::DateTime>().is_ok()
        || text.parse::<f64>().is_ok()
        || jiff::fmt::rfc2822::parse(text).is_ok()
}
