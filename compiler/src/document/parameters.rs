//! Parameters and variables (spec 2.1, 3.5).

use crate::diagnostic::{Code, Diagnostic, Diagnostics, similar};
use crate::document::fields::{Fields, Subject};
use crate::document::form;
use crate::document::scalars::{misshapen, number, text, wrong_kind};
use crate::document::{Constraints, Parameter, ParameterType, Type, Value, Variable};
use crate::habits;
use crate::source::Spanned;
use crate::syntax::scalar::Reading;
use crate::syntax::{Entry, Node, NodeKind, Scalar};

const KEYS: [&str; 11] = [
    "type",
    "description",
    "default",
    "allowedValues",
    "allowedPattern",
    "minItems",
    "maxItems",
    "minChars",
    "maxChars",
    "displayType",
    "interpolationType",
];

/// Reads `parameters`.
pub(super) fn parameters(node: Option<&Node>, diagnostics: &mut Diagnostics) -> Vec<Parameter> {
    let Some(node) = node else { return Vec::new() };
    let entries = form::by_name(node, "parameters", diagnostics);
    if let Some(entry) = entries.get(MOST) {
        diagnostics.push(too_many(entries.len(), entry));
    }
    entries
        .iter()
        .map(|entry| parameter(entry, diagnostics))
        .collect()
}

/// How many parameters can be given when a runbook is started, and how long their names may be (spec 2.3).
const MOST: usize = 200;
const LONGEST: usize = 50;

fn too_many(count: usize, beyond: &Entry) -> Diagnostic {
    let message = format!("the document has {count} parameters");
    Diagnostic::warning(Code::DocumentTooLarge, beyond.key.span, message)
        .label(format!("no more than {MOST} can be given at once"))
        .help("put several of them into one StringMap")
}

fn too_long(name: &Spanned<String>) -> Diagnostic {
    let message = format!(
        "the name of a parameter has {} characters",
        name.value.chars().count()
    );
    Diagnostic::warning(Code::InvalidName, name.span, message)
        .label(format!(
            "one of more than {LONGEST} cannot be given a value"
        ))
        .help("shorten it here and wherever it is used")
}

/// Reads `variables`.
pub(super) fn variables(node: Option<&Node>, diagnostics: &mut Diagnostics) -> Vec<Variable> {
    let Some(node) = node else { return Vec::new() };
    let entries = form::by_name(node, "variables", diagnostics);
    entries
        .iter()
        .map(|entry| variable(entry, diagnostics))
        .collect()
}

fn parameter(entry: &Entry, diagnostics: &mut Diagnostics) -> Parameter {
    let name = entry.key.clone();
    if name.value.is_empty() || !name.value.chars().all(|next| next.is_ascii_alphanumeric()) {
        diagnostics.push(invalid_name(&name, "parameter", "letters and digits"));
    }
    if name.value.chars().count() > LONGEST {
        diagnostics.push(too_long(&name));
    }
    let title = format!("the parameter `{name}`");
    let definition = Definition::read(&entry.value, "a parameter", &title, diagnostics);
    let kind = definition
        .kind
        .and_then(|kind| parameter_type(&kind, diagnostics));
    Parameter {
        name,
        description: definition.description,
        kind,
        default: definition.default,
        constraints: definition.constraints,
    }
}

fn variable(entry: &Entry, diagnostics: &mut Diagnostics) -> Variable {
    let name = entry.key.clone();
    let fits = |next: char| next.is_ascii_alphanumeric() || next == '_';
    if name.value.is_empty() || !name.value.chars().all(fits) {
        diagnostics.push(invalid_name(&name, "variable", "letters, digits and `_`"));
    }
    let title = format!("the variable `{name}`");
    let definition = Definition::read(&entry.value, "a variable", &title, diagnostics);
    let kind = definition
        .kind
        .and_then(|kind| plain_type(&kind, diagnostics));
    Variable {
        name,
        description: definition.description,
        kind,
        default: definition.default,
        constraints: definition.constraints,
    }
}

/// What parameters and variables have in common.
#[derive(Default)]
struct Definition {
    kind: Option<Spanned<String>>,
    description: Option<Spanned<String>>,
    default: Option<Value>,
    constraints: Constraints,
}

impl Definition {
    fn read(node: &Node, kind: &'static str, name: &str, diagnostics: &mut Diagnostics) -> Self {
        let subject = Subject {
            kind,
            name,
            open: true,
            habits: habits::PARAMETER_KEYS,
            strangers: habits::NO_PARAMETER_KEYS,
        };
        if let Some(written) = node.as_scalar()
            && ParameterType::parse(&written.text).is_some()
        {
            let report = misshapen(node, name, "a mapping").map(|report| {
                let mapping = format!("{{type: {}}}", written.text);
                report.edit(node.span, mapping, "write the type after its key")
            });
            diagnostics.extend(report);
            return Self {
                kind: Some(Spanned::new(written.text.clone(), written.inner_span())),
                ..Self::default()
            };
        }
        if let Some(kind) = node.as_scalar().and_then(kind_of) {
            diagnostics.extend(misshapen(node, name, "a mapping").map(|report| {
                report.help(format!(
                    "write its type, and this as its default: `{{type: {kind}, default: …}}`"
                ))
            }));
            return Self {
                kind: Some(Spanned::new(kind.to_owned(), node.span)),
                default: Some(Value::read(node, diagnostics)),
                ..Self::default()
            };
        }
        let Some(fields) = Fields::read(node, &subject, &KEYS, diagnostics) else {
            return Self::default();
        };
        let kind = fields.require("type", &subject, diagnostics);
        Self {
            kind: kind.and_then(|node| text(node, "type", diagnostics)),
            description: fields
                .get("description")
                .and_then(|node| text(node, "description", diagnostics)),
            default: fields
                .get("default")
                .map(|node| Value::read(node, diagnostics)),
            constraints: constraints(&fields, diagnostics),
        }
    }
}

/// The type of a value that stands in the place of a definition.
fn kind_of(value: &Scalar) -> Option<&'static str> {
    match value.reading() {
        _ if value.is_null() => None,
        Reading::Boolean(_) => Some("Boolean"),
        _ if value.as_integer().is_some() => Some("Integer"),
        _ => Some("String"),
    }
}

fn constraints(fields: &Fields<'_>, diagnostics: &mut Diagnostics) -> Constraints {
    let mut bound = |key| {
        fields
            .get(key)
            .and_then(|node| number(node, key, diagnostics))
    };
    Constraints {
        min_items: bound("minItems"),
        max_items: bound("maxItems"),
        min_chars: bound("minChars"),
        max_chars: bound("maxChars"),
        allowed_values: fields
            .get("allowedValues")
            .and_then(|node| allowed_values(node, diagnostics)),
        allowed_pattern: fields
            .get("allowedPattern")
            .and_then(|node| text(node, "allowedPattern", diagnostics)),
    }
}

fn allowed_values(node: &Node, diagnostics: &mut Diagnostics) -> Option<Spanned<Vec<Value>>> {
    let NodeKind::Sequence(elements) = &node.kind else {
        diagnostics.extend(wrong_kind(node, "`allowedValues`", "a list"));
        return None;
    };
    let values = elements
        .iter()
        .map(|element| Value::read(element, diagnostics));
    Some(Spanned::new(values.collect(), node.span))
}

fn parameter_type(
    name: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<ParameterType>> {
    let kind = ParameterType::parse(&name.value);
    if kind.is_none() {
        diagnostics.push(unknown_type(name));
    }
    kind.map(|kind| Spanned::new(kind, name.span))
}

/// One of the six types; anything else is reported.
pub(super) fn plain_type(
    name: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<Type>> {
    let kind = Type::parse(&name.value);
    if kind.is_none() {
        diagnostics.push(unknown_type(name));
    }
    kind.map(|kind| Spanned::new(kind, name.span))
}

fn unknown_type(name: &Spanned<String>) -> Diagnostic {
    let names = Type::ALL.map(Type::as_str);
    let diagnostic = Diagnostic::error(
        Code::UnknownType,
        name.span,
        format!("unknown type `{name}`"),
    )
    .label("no type has this name");
    if name.value.starts_with("AWS::SSM::Parameter::") {
        return diagnostic.help("write `String` or `StringList`, and `default: '{{ssm:NAME}}'`, which is read from Parameter Store when the runbook starts");
    }
    match habits::meant(habits::TYPES, &name.value) {
        Some(habit) => diagnostic.edit(name.span, habit, format!("the type is called `{habit}`")),
        None => match similar(&name.value, names) {
            Some(similar) => diagnostic.suggest(name.span, "a type", Some(similar)),
            None => diagnostic.help(format!("the types are {}", names.join(", "))),
        },
    }
}

/// The report of a name with characters that the service refuses.
pub(super) fn invalid_name(name: &Spanned<String>, kind: &str, allowed: &str) -> Diagnostic {
    let message = format!("the {kind} name `{name}` is not valid");
    let report = Diagnostic::error(Code::InvalidName, name.span, message)
        .label(format!("only {allowed} are allowed"));
    match habits::without_quotes(&name.value) {
        Some(plain) => report.edit(name.span, plain, "for YAML, curved quotes are letters"),
        None => report.help(format!("rename the {kind} here and wherever it is used")),
    }
}
