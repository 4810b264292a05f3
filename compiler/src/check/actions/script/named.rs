//! Values of parameters that name something: what they can be, as far as the declaration tells.

use crate::check::scope::Scope;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{Scalar, Value};
use crate::source::{Span, Spanned};
use crate::syntax::Reference;

/// The values that are known of what a reference names.
pub(super) struct Named {
    values: Vec<Spanned<String>>,
    /// Whether there are no others.
    complete: bool,
    /// The reference.
    place: Span,
}

impl Named {
    /// What is known of a reference to a parameter: its allowed values, else its default.
    pub(super) fn of(scalar: &Scalar, scope: &Scope<'_>) -> Self {
        let place = scalar.inner_span();
        let unknown = Self {
            values: Vec::new(),
            complete: false,
            place,
        };
        let Some(placeholder) = scalar.template.whole() else {
            return unknown;
        };
        let Reference::Parameter(name) = &placeholder.name.value else {
            return unknown;
        };
        let Some((_, parameter)) = scope.parameter(name) else {
            return unknown;
        };
        let allowed = parameter.constraints.allowed_values.as_ref();
        match allowed.map(|allowed| texts(&allowed.value)) {
            Some(Some(values)) if !values.is_empty() => Self {
                values,
                complete: true,
                place,
            },
            _ => Self {
                values: texts(parameter.default.as_slice()).unwrap_or_default(),
                complete: false,
                place,
            },
        }
    }

    /// The values that are right, if there are no others than those that are known; reports the wrong ones. It is an
    /// error if no value that there can be is right.
    pub(super) fn right<T>(
        &self,
        read: impl Fn(&str) -> Option<T>,
        report: impl Fn(&Spanned<String>) -> Diagnostic,
        diagnostics: &mut Diagnostics,
    ) -> Option<Vec<T>> {
        let right: Vec<T> = self
            .values
            .iter()
            .filter_map(|name| read(&name.value))
            .collect();
        let wrong = self
            .values
            .iter()
            .filter(|name| read(&name.value).is_none());
        let severity = match self.complete && right.is_empty() {
            true => Severity::Error,
            false => Severity::Warning,
        };
        diagnostics.extend(wrong.map(|name| Diagnostic {
            severity,
            ..report(name).context(self.place, "what is referred to here")
        }));
        self.complete.then_some(right)
    }
}

/// The texts of values, if all of them are without references.
fn texts(values: &[Value]) -> Option<Vec<Spanned<String>>> {
    let text = |value: &Value| {
        let scalar = value.as_scalar()?;
        let text = || Spanned::new(scalar.text().to_owned(), scalar.inner_span());
        scalar.template.is_literal().then(text)
    };
    values.iter().map(text).collect()
}
