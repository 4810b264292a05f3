//! Where something stands in a scenario file.
//!
//! What is read of a file is data without places. Only where something is wrong is the file read once more, up to the
//! path of that, and stopped by an error, which tells the line and the column.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::fields::join;

/// A line and a column of a scenario file, both from 1: `12:5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// The places in a scenario file; a scenario that is put together in Rust has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    text: Option<Arc<str>>,
}

/// Which part of a member is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Name,
    Value,
}

impl Places {
    pub(super) fn of(text: &str) -> Self {
        Self {
            text: Some(text.into()),
        }
    }

    /// Where something of this path begins: `expect.steps[2].stop`. Of what is not there, where the nearest is that it would
    /// be in.
    pub(crate) fn find(&self, path: &str, part: Part) -> Option<Place> {
        self.exact(path, part).or_else(|| {
            let (outer, _) = path.rsplit_once(['.', '['])?;
            let inside = !outer.is_empty();
            inside.then(|| self.find(outer, part)).flatten()
        })
    }

    /// The same of what is there.
    pub(super) fn exact(&self, path: &str, part: Part) -> Option<Place> {
        search(self.text.as_deref()?, path, part)
    }
}

fn search(text: &str, wanted: &str, part: Part) -> Option<Place> {
    let found = Cell::new(false);
    let search = Search {
        path: String::new(),
        wanted,
        part,
        found: &found,
    };
    let stopped = search.deserialize(serde_yaml::Deserializer::from_str(text));
    let location = stopped.err()?.location().filter(|_| found.get())?;
    Some(Place {
        line: location.line(),
        column: location.column(),
    })
}

/// Goes through a document to what is wanted.
struct Search<'a> {
    /// Where it is now.
    path: String,
    wanted: &'a str,
    part: Part,
    found: &'a Cell<bool>,
}

impl Search<'_> {
    fn is_there(&self) -> bool {
        self.path == self.wanted
    }

    /// Whether what is wanted is this value, or may be inside of it.
    fn is_near(&self) -> bool {
        let rest = self.wanted.strip_prefix(&self.path);
        rest.is_some_and(|rest| {
            self.path.is_empty() || rest.is_empty() || rest.starts_with(['.', '['])
        })
    }

    fn at(&self, path: String) -> Self {
        Self { path, ..*self }
    }

    /// The end of the search, or nothing, of a value.
    fn value<E: Error>(&self) -> Result<(), E> {
        match self.is_there() {
            true => Err(self.stop()),
            false => Ok(()),
        }
    }

    fn stop<E: Error>(&self) -> E {
        self.found.set(true);
        E::custom("this is the place")
    }
}

impl<'de> DeserializeSeed<'de> for Search<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.is_near() {
            true => deserializer.deserialize_any(self),
            false => deserializer.deserialize_ignored_any(IgnoredAny).map(drop),
        }
    }
}

impl<'de> Visitor<'de> for Search<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        self.value()?;
        while let Some(path) = members.next_key_seed(Name(&self))? {
            members.next_value_seed(self.at(path))?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        self.value()?;
        let mut index = 0;
        let element = |index| self.at(format!("{}[{index}]", self.path));
        while elements.next_element_seed(element(index))?.is_some() {
            index += 1;
        }
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.value()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.value()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.value()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.value()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.value()
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.value()
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.value()
    }
}

/// Reads the name of a member, as the path of the member.
struct Name<'s, 'a>(&'s Search<'a>);

impl<'de> DeserializeSeed<'de> for Name<'_, '_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        // Whatever it looks like, a name is a text.
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_, '_> {
    type Value = String;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<String, E> {
        let member = self.0.at(join(&self.0.path, name));
        match member.is_there() && member.part == Part::Name {
            true => Err(member.stop()),
            false => Ok(member.path),
        }
    }
}
