//! Constraints of parameters and variables: whether they can be applied, and whether the default keeps to them
//! (spec 2.1).

use serde_json::Value as Json;

use super::defaults::{self, WrongType};
use super::parameters::{Declaration, Default};
use super::pattern;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Constraints, Type};
use crate::source::{Span, Spanned};

/// Checks the constraints of a declaration, and its default against them; gives the allowed values.
pub(super) fn check(
    declaration: &Declaration<'_>,
    kind: Type,
    constraints: &Constraints,
    default: Option<&Default>,
    diagnostics: &mut Diagnostics,
) -> Vec<Json> {
    let rules = Rules {
        declaration,
        kind,
        constraints,
    };
    rules.bounds(diagnostics);
    rules.pattern(diagnostics);
    let allowed = rules.allowed_values(diagnostics);
    // References inside a default are resolved after the constraints were checked (spec 2.1), on values not known here.
    if let Some(default) = default.filter(|default| !default.has_references) {
        rules.default(default, &allowed, diagnostics);
    }
    allowed
}

/// The place of a constraint that certainly refuses a scalar of this type.
pub(super) fn refusing(constraints: &Constraints, text: &str, kind: Type) -> Option<Span> {
    let listed = constraints.allowed_values.as_ref().filter(|listed| {
        let allowed = listed.value.iter();
        let texts = allowed.filter_map(|value| value.as_scalar().map(|scalar| scalar.text()));
        !listed.value.is_empty() && texts.into_iter().all(|allowed| allowed != text)
    });
    let is_text = kind == Type::String;
    let pattern = constraints.allowed_pattern.as_ref();
    let pattern = pattern.filter(|pattern| is_text && pattern::refuses(&pattern.value, text));
    let count = u64::try_from(text.chars().count()).ok();
    let short = constraints
        .min_chars
        .filter(|min| is_text && count < Some(min.value));
    let long = constraints
        .max_chars
        .filter(|max| is_text && count > Some(max.value));
    let bounds = short.or(long).map(|bound| bound.span);
    listed
        .map(|listed| listed.span)
        .or(pattern.map(|pattern| pattern.span))
        .or(bounds)
}

struct Rules<'a> {
    declaration: &'a Declaration<'a>,
    kind: Type,
    constraints: &'a Constraints,
}

impl Rules<'_> {
    fn bounds(&self, diagnostics: &mut Diagnostics) {
        let Constraints {
            min_items,
            max_items,
            min_chars,
            max_chars,
            ..
        } = self.constraints;
        self.order("minItems", *min_items, "maxItems", *max_items, diagnostics);
        self.order("minChars", *min_chars, "maxChars", *max_chars, diagnostics);
        let counted = matches!(
            self.kind,
            Type::StringList | Type::StringMap | Type::MapList
        );
        let spelled = matches!(self.kind, Type::String | Type::StringList | Type::StringMap);
        let all = [
            ("minItems", *min_items, counted),
            ("maxItems", *max_items, counted),
            ("minChars", *min_chars, spelled),
            ("maxChars", *max_chars, spelled),
        ];
        for (name, bound, applies) in all {
            if let Some(bound) = bound.filter(|_| !applies) {
                diagnostics.push(self.inapplicable(name, bound.span));
            }
        }
    }

    /// A smallest number above the largest one leaves no value.
    fn order(
        &self,
        min_name: &str,
        min: Option<Spanned<u64>>,
        max_name: &str,
        max: Option<Spanned<u64>>,
        diagnostics: &mut Diagnostics,
    ) {
        let (Some(min), Some(max)) = (min, max) else {
            return;
        };
        if min.value > max.value {
            let Declaration { name, what, .. } = self.declaration;
            let message =
                format!("no value of {what} `{name}` satisfies both `{min_name}` and `{max_name}`");
            let report = Diagnostic::error(Code::InvalidConstraint, max.span, message)
                .label("the most")
                .context(min.span, "the least")
                .help(format!("raise `{max_name}`, or lower `{min_name}`"));
            diagnostics.push(report);
        }
    }

    fn inapplicable(&self, constraint: &str, span: Span) -> Diagnostic {
        let Declaration { name, what, .. } = self.declaration;
        let message = format!(
            "`{constraint}` of {what} `{name}` does not apply to its type, {}",
            self.kind
        );
        let applies = if constraint.ends_with("Items") {
            "lists and maps"
        } else {
            "text"
        };
        Diagnostic::warning(Code::InvalidConstraint, span, message)
            .label("without effect")
            .help("remove it")
            .note(format!("`{constraint}` applies to {applies}"))
    }

    fn pattern(&self, diagnostics: &mut Diagnostics) {
        let Some(pattern) = &self.constraints.allowed_pattern else {
            return;
        };
        if let Some(fault) = pattern::fault(&pattern.value) {
            let Declaration { name, what, .. } = self.declaration;
            let message =
                format!("`allowedPattern` of {what} `{name}` is not a regular expression");
            let report = Diagnostic::error(Code::InvalidConstraint, pattern.span, message);
            diagnostics.push(report.label(fault.to_string()).help(fault.way_out()));
        }
    }

    fn allowed_values(&self, diagnostics: &mut Diagnostics) -> Vec<Json> {
        let values = self.constraints.allowed_values.as_ref();
        let mut allowed = Vec::new();
        for value in values.map_or(&[][..], |values| values.value.as_slice()) {
            match defaults::allowed(value, self.kind) {
                Ok(converted) => allowed.extend(converted),
                Err(WrongType) => {
                    let Declaration { name, what, .. } = self.declaration;
                    let message = format!(
                        "an allowed value of {what} `{name}` is not of its type, {}",
                        self.kind
                    );
                    let report = Diagnostic::warning(Code::InvalidConstraint, value.span, message);
                    diagnostics.push(
                        report
                            .label(format!("this is {}", value.describe()))
                            .help("correct or remove it: it can never be passed"),
                    );
                }
            }
        }
        allowed
    }

    fn default(&self, default: &Default, allowed: &[Json], diagnostics: &mut Diagnostics) {
        let Constraints {
            allowed_values,
            allowed_pattern,
            ..
        } = self.constraints;
        if let Some(listed) = allowed_values.as_ref().filter(|_| !allowed.is_empty())
            && !is_allowed(&default.value, allowed)
        {
            diagnostics.push(self.violation(
                default,
                "is not one of its allowed values",
                listed.span,
            ));
        }
        if let Some(pattern) = allowed_pattern
            && defaults::texts(&default.value)
                .iter()
                .any(|text| pattern::refuses(&pattern.value, text))
        {
            diagnostics.push(self.violation(default, "does not match its pattern", pattern.span));
        }
        self.default_bounds(default, diagnostics);
    }

    fn default_bounds(&self, default: &Default, diagnostics: &mut Diagnostics) {
        let Constraints {
            min_items,
            max_items,
            min_chars,
            max_chars,
            ..
        } = self.constraints;
        let (items, chars) = sizes(&default.value);
        let below = |size: Option<u64>, min: &Option<Spanned<u64>>| {
            min.filter(|min| size.is_some_and(|size| size < min.value))
        };
        let above = |size: Option<u64>, max: &Option<Spanned<u64>>| {
            max.filter(|max| size.is_some_and(|size| size > max.value))
        };
        let violated = [
            (below(items, min_items), "has too few elements"),
            (above(items, max_items), "has too many elements"),
            (below(chars, min_chars), "is too short"),
            (above(chars, max_chars), "is too long"),
        ];
        for (bound, problem) in violated {
            if let Some(bound) = bound {
                diagnostics.push(self.violation(default, problem, bound.span));
            }
        }
    }

    fn violation(&self, default: &Default, problem: &str, constraint: Span) -> Diagnostic {
        let Declaration { name, what, .. } = self.declaration;
        let message = format!("the default of {what} `{name}` {problem}");
        // An empty default mostly stands for what is not given, and nobody wants to pass that.
        let create = match is_empty(&default.value) {
            true => Diagnostic::hint,
            false => Diagnostic::warning,
        };
        create(Code::DefaultViolatesConstraint, default.span, message)
            .label("works as a default, but is refused when passed")
            .context(constraint, "the constraint")
            .help("change the default or the constraint")
    }
}

/// Whether a value, or each element of a list, is an allowed one.
fn is_allowed(value: &Json, allowed: &[Json]) -> bool {
    let elements = |value: &Json| match value {
        Json::Array(elements) => elements.iter().all(|element| allowed.contains(element)),
        _ => false,
    };
    allowed.contains(value) || elements(value)
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::String(text) => text.is_empty(),
        Json::Array(elements) => elements.is_empty(),
        Json::Object(entries) => entries.is_empty(),
        _ => false,
    }
}

/// The number of elements of a list or map, and of characters of a text.
fn sizes(value: &Json) -> (Option<u64>, Option<u64>) {
    let size = |count: usize| u64::try_from(count).ok();
    match value {
        Json::Array(elements) => (size(elements.len()), None),
        Json::Object(entries) => (size(entries.len()), None),
        Json::String(text) => (None, size(text.chars().count())),
        _ => (None, None),
    }
}
