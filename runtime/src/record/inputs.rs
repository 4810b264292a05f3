//! The inputs of a step, as the record tells them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::name::Named;

/// Inputs by name, each as JSON text: those that stand in the program, then those that were resolved or read.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    constant: &'static [(&'static str, &'static str)],
    resolved: Named<Box<str>>,
}

impl Inputs {
    /// Those that are the same in every run of the step, and those that are not.
    pub(crate) const fn new(
        constant: &'static [(&'static str, &'static str)],
        resolved: Named<Box<str>>,
    ) -> Self {
        Self { constant, resolved }
    }

    /// The JSON text of an input.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, json)| json)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let resolved = self.resolved.iter();
        let resolved = resolved.map(|(name, json)| (name, json.as_ref()));
        self.constant.iter().copied().chain(resolved)
    }
}

/// Where they stand makes no difference.
impl PartialEq for Inputs {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Inputs {}

impl Serialize for Inputs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Inputs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&[], Named::deserialize(deserializer)?))
    }
}
