//! What targets give to the runbook that is started for each of them (spec 6.3).

use super::{Start, Target};
use crate::check::actions;
use crate::check::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Value, ValueKind};
use crate::source::Spanned;
use crate::syntax::Reference;

/// The members of a mapping.
type Members = [(Spanned<String>, Value)];

impl Start<'_> {
    /// Checks what the targets give, beside the parameters that are `given` to all of them.
    pub(super) fn targets(&self, given: &[&str], scope: &Scope<'_>, diagnostics: &mut Diagnostics) {
        match self.target {
            Target::None => {}
            Target::Parameter(name, values) => {
                if let Some(name) = literal(name) {
                    self.parameter(&name, given, diagnostics);
                    self.values(&name, values, scope, diagnostics);
                }
            }
            Target::Maps(maps) => {
                for (name, value) in maps_of(maps).into_iter().flatten().flatten() {
                    self.given(name, value, scope, diagnostics);
                }
            }
        }
    }

    /// The parameters that every target gives; nothing if that is not known.
    pub(super) fn given_by_targets(&self) -> Option<Vec<&str>> {
        match self.target {
            Target::None => Some(Vec::new()),
            Target::Parameter(name, _) => Some(vec![name.as_scalar()?.text()]),
            Target::Maps(maps) => {
                let maps = maps_of(maps)?;
                let (first, others) = maps.split_first()?;
                let names = first.iter().map(|(name, _)| name.value.as_str());
                let in_all = |name: &&str| {
                    let has = |map: &&Members| map.iter().any(|(known, _)| known.value == *name);
                    others.iter().all(has)
                };
                Some(names.filter(in_all).collect())
            }
        }
    }

    /// `TargetParameterName` has to be a parameter too, and gets its values from the targets alone.
    fn parameter(&self, name: &Spanned<String>, given: &[&str], diagnostics: &mut Diagnostics) {
        if self.declared(&name.value).is_none() {
            diagnostics.push(self.unknown(name));
        } else if self.is_role(&name.value) {
            let child = &self.child.source.document;
            let message = format!("`{name}` is the role of runbook `{child}`, and no target");
            diagnostics.push(
                Diagnostic::error(Code::ChildParameter, name.span, message)
                    .label("refused when the runbook starts")
                    .help("name the parameter that says what the runbook works on"),
            );
        } else if given.contains(&name.value.as_str()) {
            let message = format!("`{name}` is given, and the targets give it too");
            diagnostics.push(
                Diagnostic::warning(Code::ChildParameter, name.span, message)
                    .label("its values come from the targets")
                    .help("remove it from `RuntimeParameters`"),
            );
        }
    }

    /// Whether a parameter says as whom the child runs.
    fn is_role(&self, name: &str) -> bool {
        let role = self.child.document.assume_role.as_ref();
        let whole = role.and_then(|role| role.value.whole());
        whole.is_some_and(
            |placeholder| matches!(&placeholder.name.value, Reference::Parameter(known) if known == name),
        )
    }

    fn values(
        &self,
        name: &Spanned<String>,
        values: Option<&Value>,
        scope: &Scope<'_>,
        diagnostics: &mut Diagnostics,
    ) {
        let values = values.and_then(Value::as_list).unwrap_or_default();
        for value in values {
            // A whole reference may stand for several values.
            let is_literal = value
                .as_scalar()
                .is_some_and(|scalar| scalar.template.is_literal());
            if is_literal && self.declared(&name.value).is_some() {
                self.given(name, value, scope, diagnostics);
            }
        }
    }
}

/// A name that is written out.
fn literal(value: &Value) -> Option<Spanned<String>> {
    let scalar = value.as_scalar()?;
    let text = || Spanned::new(scalar.text().to_owned(), actions::text_span(scalar));
    scalar.template.is_literal().then(text)
}

/// The members of maps, if all of these are written out.
fn maps_of(maps: &Value) -> Option<Vec<&Members>> {
    match &maps.kind {
        ValueKind::Map(members) => Some(vec![members]),
        ValueKind::List(maps) => maps.iter().map(Value::as_map).collect(),
        _ => None,
    }
}
