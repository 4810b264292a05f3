//! Reading the members of a scenario: every one of them known, each of its kind, all mistakes collected.

use crate::similar::did_you_mean;
use crate::value::{Document, Map, describe};

use super::problem::ScenarioProblem;

/// Collects what is wrong while a scenario is read.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) problems: Vec<ScenarioProblem>,
}

impl Reader {
    /// The members of a value that must be a map and may have these and no others.
    pub(super) fn members(&mut self, path: &str, value: Document, known: &[&str]) -> Map {
        let members = self.map(path, value);
        for name in members
            .keys()
            .filter(|name| !known.contains(&name.as_str()))
        {
            self.problems.push(ScenarioProblem::Unknown {
                path: join(path, name),
                hint: match did_you_mean(name, known.iter().copied()) {
                    none if none.is_empty() => {
                        format!("; what it can say here: {}", known.join(", "))
                    }
                    hint => hint,
                },
            });
        }
        members
    }

    /// A map with any keys; nothing at all is an empty one.
    pub(super) fn map(&mut self, path: &str, value: Document) -> Map {
        match value {
            Document::Object(members) => members,
            Document::Null => Map::new(),
            other => self.wrong(path, &other, "a map").unwrap_or_default(),
        }
    }

    /// A list; `wanted` says which.
    pub(super) fn list(
        &mut self,
        path: &str,
        value: Document,
        wanted: &'static str,
    ) -> Vec<Document> {
        match value {
            Document::Array(elements) => elements,
            other => self.wrong(path, &other, wanted).unwrap_or_default(),
        }
    }

    /// A text; a number stands for its digits.
    pub(super) fn text(&mut self, path: &str, value: Document) -> Option<String> {
        match value {
            Document::String(text) => Some(text),
            Document::Number(number) => Some(number.to_string()),
            other => self.wrong(path, &other, "a text"),
        }
    }

    /// A text that means something.
    pub(super) fn parsed<T, E>(
        &mut self,
        path: &str,
        value: Document,
        wanted: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(path, value)?;
        parse(&text)
            .ok()
            .or_else(|| self.wrong(path, &Document::String(text), wanted))
    }

    /// A map with one entry: `ecs: Failed`; `wanted` says which.
    pub(super) fn pair(
        &mut self,
        path: &str,
        value: Document,
        wanted: &'static str,
    ) -> Option<(String, Document)> {
        match value {
            Document::Object(members) if members.len() == 1 => members.into_iter().next(),
            other => self.wrong(path, &other, wanted),
        }
    }

    /// Records that a value is not what it should be.
    pub(super) fn wrong<T>(
        &mut self,
        path: &str,
        value: &Document,
        wanted: &'static str,
    ) -> Option<T> {
        let found = describe(value);
        self.problems.push(ScenarioProblem::Wrong {
            path: path.to_owned(),
            found,
            wanted,
        });
        None
    }
}

/// A member's path.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// Takes a member out, if it is there.
pub(super) fn take(members: &mut Map, name: &str) -> Option<Document> {
    members.shift_remove(name)
}
