//! Things with names, in the form of others: `parameters` as a list, a step below its name.
//!
//! Parameters, variables and files stand in a mapping, by their names; steps and outputs in a list, each with its name
//! as a value. Who takes one for the other is told so once. What was meant is plain, so it is read all the same, and no
//! other finding follows from it.

use std::borrow::Cow;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, similar};
use crate::document::scalars::{misshapen, wrong_kind};
use crate::habits::{self, Habits};
use crate::source::{Span, Spanned};
use crate::syntax::origin::Origin;
use crate::syntax::{Entry, Node, NodeKind, Scalar, Style};

/// The entries of a mapping by name.
pub(super) fn by_name<'node>(
    node: &'node Node,
    key: &str,
    diagnostics: &mut Diagnostics,
) -> Cow<'node, [Entry]> {
    let name = format!("`{key}`");
    let elements = match &node.kind {
        NodeKind::Mapping(entries) => return Cow::Borrowed(entries),
        NodeKind::Sequence(elements) => elements.as_slice(),
        _ => &[],
    };
    let entries: Vec<Entry> = elements.iter().flat_map(entries_of).collect();
    let report = match entries.first() {
        None => wrong_kind(node, &name, "a mapping"),
        Some(first) => misshapen(node, &name, "a mapping").map(|report| {
            report.help(format!(
                "write the name of each as a key, without a dash: `{}:`, with the rest below it",
                first.key
            ))
        }),
    };
    diagnostics.extend(report);
    Cow::Owned(entries)
}

/// What an element of a list says in a mapping by name: `- name: a` with its keys, or `- a:` with its keys below.
fn entries_of(element: &Node) -> Vec<Entry> {
    let NodeKind::Mapping(entries) = &element.kind else {
        return Vec::new();
    };
    let names = |entry: &&Entry| entry.key.value.eq_ignore_ascii_case("name");
    let name = entries.iter().find(names);
    if let Some(name) = name.and_then(|entry| entry.value.as_scalar()) {
        let rest = entries.iter().filter(|entry| !names(entry));
        return vec![Entry {
            key: Spanned::new(name.text.clone(), name.inner_span()),
            value: mapping(element.span, rest.cloned().collect()),
        }];
    }
    let is_below = |entry: &Entry| matches!(entry.value.kind, NodeKind::Mapping(_));
    match entries.iter().all(is_below) {
        true => entries.clone(),
        false => Vec::new(),
    }
}

/// The steps of a list.
pub(super) fn steps<'node>(
    node: &'node Node,
    key: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Cow<'node, [Node]>> {
    const EXPECTED: &str = "a list of steps";
    let name = format!("`{key}`");
    let entries = match &node.kind {
        NodeKind::Sequence(nodes) => return Some(Cow::Borrowed(nodes)),
        NodeKind::Mapping(entries) => entries.as_slice(),
        _ => &[],
    };
    if node.get("action").and_then(Node::as_scalar).is_some() {
        let report = misshapen(node, &name, EXPECTED).map(|report| {
            report.help(
                "a step begins with a dash: `- name: …`, with its other keys in the same column",
            )
        });
        diagnostics.extend(report);
        return Some(Cow::Owned(vec![node.clone()]));
    }
    let steps = entries
        .iter()
        .filter(|entry| matches!(entry.value.kind, NodeKind::Mapping(_)))
        .map(|entry| with_name(entry, "name", Vec::new()));
    let steps: Vec<Node> = steps.collect();
    let report = match entries.first().filter(|_| !steps.is_empty()) {
        None => wrong_kind(node, &name, EXPECTED),
        Some(first) => misshapen(node, &name, EXPECTED).map(|report| {
            report.help(format!(
                "write each with a dash and its name: `- name: {}`, with the rest below it",
                first.key
            ))
        }),
    };
    diagnostics.extend(report);
    (!steps.is_empty()).then_some(Cow::Owned(steps))
}

/// The outputs of a step.
pub(super) fn outputs<'node>(
    node: &'node Node,
    form: &Form,
    diagnostics: &mut Diagnostics,
) -> Cow<'node, [Node]> {
    let entries = match &node.kind {
        NodeKind::Sequence(nodes) => return Cow::Borrowed(nodes),
        // The documentation of the service once shows a single one.
        NodeKind::Mapping(entries) if entries.iter().any(|entry| form.has(entry)) => {
            return Cow::Borrowed(std::slice::from_ref(node));
        }
        NodeKind::Mapping(entries) => entries.as_slice(),
        _ => &[],
    };
    let outputs = entries
        .iter()
        .filter_map(|entry| form.meant(entry, Vec::new()));
    let outputs: Vec<Node> = outputs.collect();
    let report = match entries.first() {
        None => wrong_kind(node, "`outputs`", "a list"),
        Some(first) => misshapen(node, "`outputs`", "a list").map(|report| {
            report.help(format!(
                "write each with a dash and its name: `- {}: {}`, with its other keys below",
                form.name, first.key
            ))
        }),
    };
    diagnostics.extend(report);
    Cow::Owned(outputs)
}

/// A step whose inputs stand beside `inputs` rather than below it. Keys of steps begin with a small letter, and what has a
/// large one is an input, as is then every other key that no step has.
pub(super) fn inputs_below<'node>(
    node: &'node Node,
    form: &Form,
    diagnostics: &mut Diagnostics,
) -> Cow<'node, Node> {
    let NodeKind::Mapping(entries) = &node.kind else {
        return Cow::Borrowed(node);
    };
    let (known, beside): (Vec<&Entry>, Vec<&Entry>) =
        entries.iter().partition(|entry| form.has(entry));
    let is_input = |entry: &&&Entry| {
        let key = entry.key.value.as_str();
        let is_upper = key.starts_with(|first: char| first.is_ascii_uppercase());
        is_upper || matches!(key, "service" | "api")
    };
    let Some(first) = beside.iter().find(is_input) else {
        return Cow::Borrowed(node);
    };
    let mut below: Vec<Entry> = beside.iter().map(|entry| (*entry).clone()).collect();
    let mut rest = Vec::new();
    for entry in known {
        match &entry.value.kind {
            NodeKind::Mapping(inputs) if entry.key.value == INPUTS => below.extend(inputs.clone()),
            _ if entry.key.value == INPUTS && entry.value.is_null() => {}
            _ => rest.push(entry.clone()),
        }
    }
    if rest.iter().any(|entry| entry.key.value == INPUTS) {
        return Cow::Borrowed(node);
    }
    let span = first.key.span;
    let others = beside.iter().filter(|entry| entry.key.span != span);
    let message = format!("the input `{}` stands beside `{INPUTS}`", first.key);
    let report = Diagnostic::error(Code::UnknownKey, span, message)
        .label("a step has no such key")
        .help(format!("write it below `{INPUTS}:`, further in than that"));
    diagnostics.push(others.fold(report, |report, other| {
        report.context(other.key.span, "nor this")
    }));
    rest.push(Entry {
        key: Spanned::new(INPUTS.to_owned(), span),
        value: mapping(span, below),
    });
    Cow::Owned(mapping(node.span, rest))
}

const INPUTS: &str = "inputs";

/// How the elements of a list of named things are written.
pub(super) struct Form {
    /// One of them, in the words of reports: `a step`.
    pub(super) kind: &'static str,
    /// The key of its name.
    pub(super) name: &'static str,
    /// The key of what might stand in short beside the name: `- Ids: $.Ids`.
    pub(super) short: Option<&'static str>,
    /// All its keys.
    pub(super) keys: &'static [&'static str],
    /// These as other languages call them.
    pub(super) habits: &'static Habits,
}

impl Form {
    /// An element of the list. One that has its name for a key is reported, and taken for what it means.
    pub(super) fn read<'node>(
        &self,
        node: &'node Node,
        diagnostics: &mut Diagnostics,
    ) -> Cow<'node, Node> {
        let NodeKind::Mapping(entries) = &node.kind else {
            return Cow::Borrowed(node);
        };
        let (known, unknown): (Vec<&Entry>, Vec<&Entry>) =
            entries.iter().partition(|entry| self.has(entry));
        let has_name = known.iter().any(|entry| {
            let key = entry.key.value.as_str();
            key == self.name || similar(key, [self.name]).is_some()
        });
        let [named] = unknown.as_slice() else {
            return Cow::Borrowed(node);
        };
        let rest: Vec<Entry> = known.into_iter().cloned().collect();
        let meant = self.meant(named, rest).filter(|_| !has_name);
        let Some(meant) = meant else {
            return Cow::Borrowed(node);
        };
        diagnostics.push(self.name_as_key(named));
        Cow::Owned(meant)
    }

    /// Whether an entry is one of the keys, or misspells one.
    fn has(&self, entry: &Entry) -> bool {
        let key = entry.key.value.as_str();
        self.keys.contains(&key)
            || similar(key, self.keys.iter().copied()).is_some()
            || habits::meant(self.habits, key).is_some()
    }

    /// What an entry means whose key is the name of an element, with further keys of the element.
    fn meant(&self, named: &Entry, rest: Vec<Entry>) -> Option<Node> {
        match (&named.value.kind, self.short) {
            (NodeKind::Mapping(_), _) => Some(with_name(named, self.name, rest)),
            _ if named.value.is_null() => Some(with_name(named, self.name, rest)),
            (NodeKind::Scalar(_), Some(short)) => {
                let key = Spanned::new(short.to_owned(), named.key.span);
                let value = named.value.clone();
                let short = std::iter::once(Entry { key, value });
                Some(with_name(named, self.name, short.chain(rest).collect()))
            }
            _ => None,
        }
    }

    fn name_as_key(&self, named: &Entry) -> Diagnostic {
        let Self { kind, name, .. } = self;
        let key = &named.key;
        let message = format!("unknown key `{key}` in {kind}");
        let beside = match (&named.value.kind, self.short) {
            (NodeKind::Scalar(_), Some(short)) if !named.value.is_null() => {
                format!("`{short}: …` below it")
            }
            _ => "the other keys below it, in the same column".to_owned(),
        };
        Diagnostic::error(Code::UnknownKey, key.span, message)
            .label(format!("{kind} has its name as the value of `{name}`"))
            .help(format!("write `{name}: {key}`, and {beside}"))
    }
}

/// A mapping that says the name which stood before it as a key.
fn with_name(named: &Entry, key: &str, rest: Vec<Entry>) -> Node {
    let span = named.key.span;
    let below = match &named.value.kind {
        NodeKind::Mapping(entries) => entries.as_slice(),
        _ => &[],
    };
    let name = Entry {
        key: Spanned::new(key.to_owned(), span),
        value: Node {
            span,
            kind: NodeKind::Scalar(Scalar {
                text: named.key.value.clone(),
                style: Style::SingleQuoted,
                origin: Origin::whole(span),
            }),
        },
    };
    let below = below.iter().filter(|entry| entry.key.value != key);
    let entries = std::iter::once(name).chain(below.cloned()).chain(rest);
    mapping(span.to(named.value.span), entries.collect())
}

fn mapping(span: Span, entries: Vec<Entry>) -> Node {
    Node {
        span,
        kind: NodeKind::Mapping(entries),
    }
}
