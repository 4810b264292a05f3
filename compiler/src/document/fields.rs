//! The keys of a mapping: which are known, which must be there.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Near, similar};
use crate::document::scalars::wrong_kind;
use crate::habits::{self, Habits};
use crate::source::{Span, Spanned};
use crate::syntax::{Entry, Node, NodeKind};

/// What a mapping describes, in the words of reports.
pub(super) struct Subject<'text> {
    /// The kind of thing: `a step`.
    pub(super) kind: &'static str,
    /// The thing itself: ``the step `look` ``.
    pub(super) name: &'text str,
    /// Whether the service tolerates keys that it does not know.
    pub(super) open: bool,
    /// Its keys as other languages call them.
    pub(super) habits: &'static Habits,
    /// Keys of other languages, and how the same is said here.
    pub(super) strangers: &'static Habits,
}

/// A mapping with a fixed set of keys.
pub(super) struct Fields<'node> {
    entries: Vec<(&'static str, &'node Entry)>,
    /// The place to report missing keys at.
    head: Span,
}

impl<'node> Fields<'node> {
    /// Takes a mapping and reports its unknown keys; anything else is reported as a
    /// whole. A key that is only misspelled counts as the one it resembles.
    pub(super) fn read(
        node: &'node Node,
        subject: &Subject<'_>,
        known: &[&'static str],
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let NodeKind::Mapping(entries) = &node.kind else {
            diagnostics.extend(wrong_kind(node, subject.name, "a mapping"));
            return None;
        };
        let head = entries.first().map_or(node.span, |entry| entry.key.span);
        let mut fields = Self {
            entries: Vec::new(),
            head,
        };
        let (right, wrong): (Vec<&Entry>, Vec<&Entry>) = entries
            .iter()
            .partition(|entry| known.contains(&entry.key.value.as_str()));
        for entry in right {
            fields.add(known, &entry.key.value, entry);
        }
        for entry in wrong {
            let key = &entry.key;
            if let Some(near) = similar(&key.value, known.iter().copied()) {
                fields.add(known, &near, entry);
                diagnostics.push(misspelt(key, subject, near));
            } else if let Some(name) = fields.habit(key, subject) {
                fields.add(known, name, entry);
                let title = format!("the key is called `{name}`");
                let report = unknown(key, subject, subject.open);
                diagnostics.push(report.edit(key.span, name, title));
            } else {
                diagnostics.push(unknown_key(key, subject, known));
            }
        }
        Some(fields)
    }

    /// The value of a key; an empty value is as good as none.
    pub(super) fn get(&self, key: &str) -> Option<&'node Node> {
        let mut entries = self.entries.iter();
        let (_, entry) = entries.find(|(name, _)| *name == key)?;
        Some(&entry.value).filter(|value| !value.is_null())
    }

    /// A key that has a value.
    pub(super) fn key(&self, key: &str) -> Option<&'node Spanned<String>> {
        let mut entries = self.entries.iter();
        let (_, entry) = entries.find(|(name, _)| *name == key)?;
        Some(&entry.key).filter(|_| !entry.value.is_null())
    }

    /// The value of a key that must be there.
    pub(super) fn require(
        &self,
        key: &str,
        subject: &Subject<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<&'node Node> {
        let value = self.get(key);
        if value.is_none() {
            let message = format!("{} has no `{key}`", subject.name);
            diagnostics.push(
                Diagnostic::error(Code::MissingKey, self.head, message)
                    .label(format!("`{key}` is missing here"))
                    .help(format!("add `{key}: {}`", example(key))),
            );
        }
        value
    }

    /// The key that is called otherwise elsewhere, unless it is given, too.
    fn habit(&self, key: &Spanned<String>, subject: &Subject<'_>) -> Option<&'static str> {
        let name = habits::meant(subject.habits, &key.value)?;
        let given = self.entries.iter().any(|(given, _)| *given == name);
        (!given).then_some(name)
    }

    fn add(&mut self, known: &[&'static str], key: &str, entry: &'node Entry) {
        let taken = self.entries.iter().any(|(name, _)| *name == key);
        let name = known.iter().find(|name| **name == key);
        if let Some(name) = name.filter(|_| !taken) {
            self.entries.push((name, entry));
        }
    }
}

/// A value of a key, as an example.
fn example(key: &str) -> &'static str {
    match key {
        "schemaVersion" => "'0.3'",
        _ => "…",
    }
}

fn misspelt(key: &Spanned<String>, subject: &Subject<'_>, near: Near) -> Diagnostic {
    unknown(key, subject, false).suggest(key.span, "a key", Some(near))
}

fn unknown_key(key: &Spanned<String>, subject: &Subject<'_>, known: &[&str]) -> Diagnostic {
    let report = unknown(key, subject, subject.open);
    if let Some(help) = habits::meant(subject.strangers, &key.value) {
        return report.help(help);
    }
    let keys: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
    report.help(format!("{} has the keys {}", subject.kind, keys.join(", ")))
}

fn unknown(key: &Spanned<String>, subject: &Subject<'_>, tolerated: bool) -> Diagnostic {
    let message = format!("unknown key `{key}` in {}", subject.name);
    let report = if tolerated {
        Diagnostic::warning(Code::UnknownKey, key.span, message).note("the key has no effect")
    } else {
        Diagnostic::error(Code::UnknownKey, key.span, message)
    };
    report.label(format!("{} has no such key", subject.kind))
}
