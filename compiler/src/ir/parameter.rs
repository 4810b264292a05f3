//! Parameters and variables: what an execution starts from.

use super::Data;
use crate::document::Type;

/// A parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The name as written.
    pub name: String,
    /// `description`; empty if there is none.
    pub description: String,
    /// The type of its values.
    pub kind: Type,
    /// `type` as written, which may be a resource type.
    pub written_type: String,
    /// `default`, of the type [`Parameter::kind`]; a parameter without one is required.
    pub default: Option<serde_json::Value>,
    /// What the default takes from Parameter Store.
    pub stored: Vec<StoredDefault>,
    /// `allowedValues`; empty if there are none.
    pub allowed_values: Vec<serde_json::Value>,
    /// `allowedPattern`.
    pub allowed_pattern: Option<String>,
    /// `minItems` and `maxItems`.
    pub items: Bounds,
    /// `minChars` and `maxChars`.
    pub chars: Bounds,
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// How it is declared, which is as parameters are.
    pub declaration: Parameter,
    /// Its value at the start, with references to parameters and system variables inside.
    pub default: Option<Data>,
}

/// A reference to Parameter Store in a default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDefault {
    /// The name in Parameter Store.
    pub name: String,
    /// The line of the document where it stands, from 1.
    pub line: usize,
}

/// An inclusive range; an end that is `None` is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The smallest number allowed.
    pub min: Option<u64>,
    /// The largest number allowed.
    pub max: Option<u64>,
}
