//! Values against the shapes of an API, the way Boto3 validates its parameters (spec 5.12).
//!
//! Walking a value both reports what is wrong with it and yields its translation; `None` says that something was
//! reported. There is no action schema here: Boto3 is strict about types (spec 3.3).

mod limits;
mod references;
mod scalars;

use std::collections::HashMap;
use std::sync::Arc;

use super::actions::{self, listed, some_of};
use super::scope::Scope;
use crate::catalogue::{List, Map, Member, Operation, Service, ShapeId, ShapeKind, Structure};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Near};
use crate::document::{STEP_PROPERTIES, Scalar, Type, Value, ValueKind};
use crate::habits;
use crate::ir::{ApiEntry, ApiField, ApiItem, ApiValue, Expression};
use crate::source::{Span, Spanned};
use crate::syntax::Style;

/// The operation whose input is checked.
pub(super) struct Operand<'a> {
    /// What references resolve in.
    pub(super) scope: &'a Scope<'a>,
    /// The service.
    pub(super) service: &'a Arc<Service>,
    /// The operation.
    pub(super) operation: &'a Operation,
    /// Where members that are missing at the top are reported.
    pub(super) place: Span,
    /// Whether all members are known, so that something can be said about missing ones.
    pub(super) complete: bool,
    /// Whether numbers and truth values may be written as text, and one value instead of a list of one: actions convert
    /// what Boto3 would refuse (spec 3.3).
    pub(super) converts: bool,
}

/// Checks the members of an operation's input, and gives them in the order of the model.
pub(super) fn input(
    operand: &Operand<'_>,
    members: &[&(Spanned<String>, Value)],
    diagnostics: &mut Diagnostics,
) -> Option<Vec<ApiField>> {
    let none = Structure::default();
    let shape = operand
        .operation
        .input
        .and_then(|shape| operand.service.structure(shape));
    let mut walk = Walk {
        operand,
        diagnostics,
        path: Vec::new(),
    };
    walk.members(
        members,
        shape.unwrap_or(&none),
        operand.place,
        operand.complete,
    )
}

/// Checks one value that becomes a member of an operation's input; `name` is what reports call it.
pub(super) fn value(
    operand: &Operand<'_>,
    name: &str,
    value: &Value,
    shape: ShapeId,
    diagnostics: &mut Diagnostics,
) -> Option<ApiValue> {
    let mut walk = Walk {
        operand,
        diagnostics,
        path: vec![name.to_owned()],
    };
    walk.value(value, shape)
}

/// Reports a literal that is outside what the model of its member says.
pub(super) fn literal(
    operand: &Operand<'_>,
    name: &str,
    value: &Value,
    literal: &Expression,
    shape: ShapeId,
    diagnostics: &mut Diagnostics,
) {
    let mut walk = Walk {
        operand,
        diagnostics,
        path: vec![name.to_owned()],
    };
    match (literal, &operand.service.shape(shape).kind) {
        (Expression::String(text), ShapeKind::String(string)) => {
            let span = value.as_scalar().map_or(value.span, actions::text_span);
            walk.check_text(text, string, span);
        }
        (Expression::Integer(number), ShapeKind::Integer(bounds) | ShapeKind::Long(bounds)) => {
            walk.check_number(*number, *bounds, value.span);
        }
        _ => {}
    }
}

/// Reports literals in a list of texts that are shorter or longer than the model of its elements says.
pub(super) fn elements(
    operand: &Operand<'_>,
    name: &str,
    value: &Value,
    shape: ShapeId,
    diagnostics: &mut Diagnostics,
) {
    let ShapeKind::List(list) = &operand.service.shape(shape).kind else {
        return;
    };
    let ShapeKind::String(string) = &operand.service.shape(list.member.shape).kind else {
        return;
    };
    let elements = value.as_list().unwrap_or_default().iter().enumerate();
    for (position, scalar) in elements.filter_map(|(at, value)| Some((at, value.as_scalar()?))) {
        if scalar.template.is_literal() {
            let mut walk = Walk {
                operand,
                diagnostics,
                path: vec![format!("{name}[{position}]")],
            };
            walk.check_length(scalar.text(), string.length, actions::text_span(scalar));
        }
    }
}

/// A value on its way through the shapes.
struct Walk<'a, 'd> {
    operand: &'a Operand<'a>,
    diagnostics: &'d mut Diagnostics,
    /// The way from the input to the value, for reports: `Filters`, `[0]`, `.Name`.
    path: Vec<String>,
}

impl<'a> Walk<'a, '_> {
    /// A value, whatever its shape is.
    fn value(&mut self, value: &Value, shape: ShapeId) -> Option<ApiValue> {
        let service: &'a Service = self.operand.service;
        if is_whole_reference(value) {
            return self.reference(value, shape);
        }
        match &service.shape(shape).kind {
            ShapeKind::Structure(structure) if structure.event_stream => {
                self.unsupported(value, "a stream of events")
            }
            ShapeKind::Document => {
                let data = actions::data(value, self.operand.scope, self.diagnostics)?;
                Some(ApiValue::Whole(shape, data))
            }
            ShapeKind::Structure(structure) => self.structure(value, shape, structure),
            ShapeKind::List(list) => self.list(value, shape, list),
            ShapeKind::Map(map) => self.map(value, shape, map),
            _ => self.scalar(value, shape),
        }
    }

    fn structure(
        &mut self,
        value: &Value,
        shape: ShapeId,
        structure: &'a Structure,
    ) -> Option<ApiValue> {
        let ValueKind::Map(entries) = &value.kind else {
            return self.wrong_kind(value, "a mapping");
        };
        let entries: Vec<&(Spanned<String>, Value)> = entries.iter().collect();
        let place = entries.first().map_or(value.span, |(key, _)| key.span);
        self.report_union(&entries, structure, place);
        let fields = self.members(&entries, structure, place, true)?;
        Some(ApiValue::Structure(shape, fields))
    }

    /// The members of a structure, those that are null left out, in the order of the model.
    fn members(
        &mut self,
        entries: &[&(Spanned<String>, Value)],
        structure: &'a Structure,
        place: Span,
        complete: bool,
    ) -> Option<Vec<ApiField>> {
        let mut fields: HashMap<&str, Option<ApiField>> = HashMap::new();
        let mut meant = Vec::new();
        let mut sound = true;
        for (key, value) in entries
            .iter()
            .copied()
            .filter(|(_, value)| value.kind != ValueKind::Null)
        {
            let Some(member) = structure.member(&key.value) else {
                meant.extend(self.unknown_member(key, value, structure));
                sound = false;
                continue;
            };
            fields.insert(&member.name, self.member(key, value, member));
        }
        // What is written as pairs lacks no names of theirs.
        let nothing_fits = !sound && fields.is_empty() && meant.is_empty();
        if complete && !(nothing_fits && self.pair(structure).is_some()) {
            let there = |name: &str| {
                fields.contains_key(name) || meant.iter().any(|other| other.as_str() == name)
            };
            sound &= self.report_missing(there, structure, place);
        }
        let ordered = structure
            .members
            .iter()
            .filter_map(|member| fields.remove(member.name.as_str()));
        let ordered: Option<Vec<ApiField>> = ordered.collect();
        ordered.filter(|_| sound)
    }

    fn member(
        &mut self,
        key: &Spanned<String>,
        value: &Value,
        member: &'a Member,
    ) -> Option<ApiField> {
        let step = if self.path.is_empty() {
            key.value.clone()
        } else {
            format!(".{key}")
        };
        self.path.push(step);
        let value = if member.streaming {
            self.unsupported(value, "a stream")
        } else {
            self.value(value, member.shape)
        };
        self.path.pop();
        Some(ApiField {
            name: member.name.clone(),
            value: value?,
        })
    }

    fn list(&mut self, value: &Value, shape: ShapeId, list: &'a List) -> Option<ApiValue> {
        let elements = match &value.kind {
            ValueKind::List(elements) => elements.as_slice(),
            ValueKind::Scalar(_) if self.operand.converts => std::slice::from_ref(value),
            _ => return self.no_list(value, list),
        };
        let mut items = Vec::new();
        for (position, element) in elements
            .iter()
            .enumerate()
            .filter(|(_, element)| element.kind != ValueKind::Null)
        {
            self.path.push(format!("[{position}]"));
            items.push(self.item(element, list.member.shape));
            self.path.pop();
        }
        let items: Vec<ApiItem> = items.into_iter().collect::<Option<_>>()?;
        if !items.iter().any(|item| matches!(item, ApiItem::Splice(_))) {
            self.check_items(items.len(), list.length, value.span);
        }
        Some(ApiValue::List(shape, items))
    }

    /// An element; a reference to a list stands for all elements of that (spec 3.3).
    fn item(&mut self, element: &Value, shape: ShapeId) -> Option<ApiItem> {
        let service: &'a Service = self.operand.service;
        let takes_list = matches!(service.shape(shape).kind, ShapeKind::List(_));
        if is_whole_reference(element) && !takes_list {
            return self.item_reference(element, shape);
        }
        self.value(element, shape).map(ApiItem::One)
    }

    fn map(&mut self, value: &Value, shape: ShapeId, map: &'a Map) -> Option<ApiValue> {
        let ValueKind::Map(entries) = &value.kind else {
            return self.wrong_kind(value, "a mapping");
        };
        let mut found = Vec::new();
        for (key, value) in entries
            .iter()
            .filter(|(_, value)| value.kind != ValueKind::Null)
        {
            self.check_key(key, map);
            self.path.push(format!(".{key}"));
            let value = self.value(value, map.value.shape);
            self.path.pop();
            found.push(value.map(|value| ApiEntry {
                key: key.value.clone(),
                value,
            }));
        }
        Some(ApiValue::Map(
            shape,
            found.into_iter().collect::<Option<_>>()?,
        ))
    }

    /// Keys of a map may be restricted to listed values too.
    fn check_key(&mut self, key: &Spanned<String>, map: &Map) {
        if let ShapeKind::String(string) = &self.operand.service.shape(map.key.shape).kind {
            let catalogue = self.operand.scope.catalogue;
            let what = format!("`{}` has no key", self.name());
            let report =
                actions::unknown_value(&key.value, key.span, &what, &string.enumeration, catalogue);
            self.diagnostics.extend(report);
        }
    }

    /// Reports a member that there is not, and gives the one that was probably meant.
    fn unknown_member(
        &mut self,
        key: &Spanned<String>,
        value: &Value,
        structure: &Structure,
    ) -> Option<Near> {
        actions::references(value, self.operand.scope, self.diagnostics);
        let owner = if self.path.is_empty() {
            self.operation()
        } else {
            format!("`{}`", self.path.concat())
        };
        let message = format!("{owner} has no member `{key}`");
        let report = Diagnostic::error(Code::UnknownMember, key.span, message)
            .label("no member has this name");
        let near = crate::diagnostic::similar(
            &key.value,
            structure.members.iter().map(|member| member.name.as_str()),
        )
        .or_else(|| {
            let near = structure.similar_member(&key.value)?;
            let names = structure.members.iter().map(|member| member.name.as_str());
            Some(Near::chosen(&key.value, near, names.chain([near])))
        });
        let names: Vec<&str> = structure
            .members
            .iter()
            .map(|member| member.name.as_str())
            .collect();
        let is_property = self.path.is_empty() && STEP_PROPERTIES.contains(&key.value.as_str());
        self.diagnostics.push(match &near {
            _ if is_property => report.help("this property belongs beside `inputs`, not into them"),
            Some(near) => report.edit(
                key.span,
                near.clone(),
                "a member with a similar name exists",
            ),
            None if names.is_empty() => report.help("it takes no input"),
            None if self.path.is_empty() && holds_members(value, structure) => report.help(
                format!("what stands below `{key}` stands here itself, beside `Service` and `Api`"),
            ),
            None => match self.pair(structure) {
                Some((name, value)) => report.help(format!(
                    "write each pair as an element of the list: `{{{name}: {key}, {value}: …}}`"
                )),
                _ => report.help(some_of(&required_first(structure), "members")),
            },
        });
        near
    }

    /// The members of a key and its value, where elements of a list have them.
    fn pair(&self, structure: &Structure) -> Option<(&'static str, &'static str)> {
        let names = structure.members.iter().map(|member| member.name.as_str());
        let names: Vec<&str> = names.collect();
        habits::pair(&names).filter(|_| !self.path.is_empty())
    }

    /// Reports required members that are not given; those that Boto3 fills in are not required.
    fn report_missing(
        &mut self,
        there: impl Fn(&str) -> bool,
        structure: &Structure,
        place: Span,
    ) -> bool {
        let required = structure
            .members
            .iter()
            .filter(|member| member.required && !member.filled);
        let missing: Vec<&Member> = required.filter(|member| !there(&member.name)).collect();
        if missing.is_empty() {
            return true;
        }
        let owner = if self.path.is_empty() {
            self.operation()
        } else {
            format!("`{}`", self.path.concat())
        };
        let names: Vec<&str> = missing.iter().map(|member| member.name.as_str()).collect();
        let message = format!("{owner} needs {}", listed(&names));
        let label = if missing.len() == 1 {
            "a required member is missing"
        } else {
            "required members are missing"
        };
        let additions: Vec<String> = missing.iter().map(|member| self.addition(member)).collect();
        self.diagnostics.push(
            Diagnostic::error(Code::MissingInput, place, message)
                .label(label)
                .help(format!("add {}", additions.join(", and "))),
        );
        false
    }

    /// What to write for a member: "`tasks: …`, a list of strings".
    fn addition(&self, member: &Member) -> String {
        let service = self.operand.service;
        let kind = &service.shape(member.shape).kind;
        let element = match kind {
            ShapeKind::List(list) => several(&service.shape(list.member.shape).kind),
            _ => "",
        };
        format!("`{}: …`, {}{element}", member.name, wanted(kind))
    }

    /// A list is wanted; one value alone is probably meant as its only element.
    fn no_list(&mut self, value: &Value, list: &List) -> Option<ApiValue> {
        let element = &self.operand.service.shape(list.member.shape).kind;
        if let (Some(entries), ShapeKind::Structure(structure)) = (value.as_map(), element)
            && let Some(pair) = self.pair(structure)
            && !entries
                .iter()
                .any(|(key, _)| structure.member(&key.value).is_some())
        {
            self.no_pairs(value, entries, pair);
            return None;
        }
        if !matches!(value.kind, ValueKind::Scalar(_)) {
            return self.wrong_kind(value, "a list");
        }
        actions::references(value, self.operand.scope, self.diagnostics);
        let message = format!(
            "`{}` takes a list, but {} is given",
            self.path.concat(),
            value.describe()
        );
        let report = Diagnostic::error(Code::WrongValueType, value.span, message)
            .label("a list is expected here");
        self.diagnostics.push(in_brackets(report, value));
        None
    }

    /// Reports a mapping of keys to values where a list has both by their names.
    fn no_pairs(
        &mut self,
        value: &Value,
        entries: &[(Spanned<String>, Value)],
        pair: (&str, &str),
    ) {
        actions::references(value, self.operand.scope, self.diagnostics);
        let (name, held) = pair;
        let path = self.path.concat();
        let message = format!("`{path}` takes a list, but a mapping is given");
        let example = entries.first().map_or("…", |(key, _)| key.value.as_str());
        self.diagnostics.push(
            Diagnostic::error(Code::WrongValueType, value.span, message)
                .label("this is a mapping")
                .help(format!(
                    "write each pair as an element of the list: `- {{{name}: {example}, {held}: …}}`"
                )),
        );
    }

    fn wrong_kind<T>(&mut self, value: &Value, expected: &str) -> Option<T> {
        actions::references(value, self.operand.scope, self.diagnostics);
        self.diagnostics
            .extend(actions::wrong_kind(value, &self.path.concat(), expected));
        None
    }

    fn unsupported<T>(&mut self, value: &Value, what: &str) -> Option<T> {
        actions::references(value, self.operand.scope, self.diagnostics);
        let message = format!(
            "`{}` takes {what}, which is not supported yet",
            self.path.concat()
        );
        self.diagnostics.push(
            Diagnostic::error(Code::UnsupportedFeature, value.span, message)
                .label("not supported yet")
                .help("let a Lambda function make the call, and run that with `aws:invokeLambdaFunction`"),
        );
        None
    }

    /// The operation in reports.
    fn operation(&self) -> String {
        format!(
            "`{}` of `{}`",
            self.operand.operation.name, self.operand.service.name
        )
    }

    /// The value in reports.
    fn name(&self) -> String {
        self.path.concat()
    }
}

/// Offers to make one value the only element of a list, unless brackets would take it apart.
fn in_brackets(report: Diagnostic, value: &Value) -> Diagnostic {
    let fits = |scalar: &Scalar| match scalar.style() {
        Style::SingleQuoted | Style::DoubleQuoted => true,
        Style::Plain => !scalar.text().contains([',', '[', ']', '{', '}']),
        Style::Literal | Style::Folded => false,
    };
    if !value.as_scalar().is_some_and(fits) {
        return report.help("a list of one element is written `[element]`");
    }
    let Span { start, end } = value.span;
    let brackets = [
        (Span::at(start), "[".to_owned()),
        (Span::at(end), "]".to_owned()),
    ];
    report.edits(brackets, "make it a list of one element")
}

/// Whether a mapping holds members of the structure that it stands in.
fn holds_members(value: &Value, structure: &Structure) -> bool {
    let mut entries = value.as_map().unwrap_or_default().iter();
    entries.any(|(key, _)| structure.member(&key.value).is_some())
}

fn is_whole_reference(value: &Value) -> bool {
    value
        .as_scalar()
        .is_some_and(|scalar| scalar.template.whole().is_some())
}

/// The names of the members, those that must be given before the others.
fn required_first(structure: &Structure) -> Vec<&str> {
    let mut members: Vec<&Member> = structure.members.iter().collect();
    members.sort_by_key(|member| !member.required);
    members.iter().map(|member| member.name.as_str()).collect()
}

/// The elements of a list, in the words of reports.
const fn several(kind: &ShapeKind) -> &'static str {
    match kind {
        ShapeKind::Structure(_) | ShapeKind::Map(_) => " of mappings",
        ShapeKind::List(_) => " of lists",
        ShapeKind::String(_) => " of strings",
        ShapeKind::Integer(_) | ShapeKind::Long(_) => " of integers",
        _ => "",
    }
}

/// What a shape takes, in the words of reports.
const fn wanted(kind: &ShapeKind) -> &'static str {
    match kind {
        ShapeKind::Structure(_) | ShapeKind::Map(_) => "a mapping",
        ShapeKind::List(_) => "a list",
        ShapeKind::String(_) => "a string",
        ShapeKind::Integer(_) | ShapeKind::Long(_) => "an integer",
        ShapeKind::Float(_) | ShapeKind::Double(_) => "a number",
        ShapeKind::Boolean => "a Boolean",
        ShapeKind::Blob(_) => "text or bytes",
        ShapeKind::Timestamp(_) => "a timestamp",
        ShapeKind::Document => "any value",
    }
}

/// The document type that the values of a shape have.
const fn type_of(kind: &ShapeKind) -> Type {
    match kind {
        ShapeKind::Structure(_) | ShapeKind::Map(_) | ShapeKind::Document => Type::StringMap,
        ShapeKind::List(_) => Type::StringList,
        ShapeKind::String(_) | ShapeKind::Blob(_) | ShapeKind::Timestamp(_) => Type::String,
        ShapeKind::Integer(_) | ShapeKind::Long(_) | ShapeKind::Float(_) | ShapeKind::Double(_) => {
            Type::Integer
        }
        ShapeKind::Boolean => Type::Boolean,
    }
}
