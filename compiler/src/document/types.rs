//! The types of the document language (spec 2.2).

use std::fmt;

/// A type of parameters, variables and outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// Text.
    String,
    /// A list of texts.
    StringList,
    /// An integral number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A mapping.
    StringMap,
    /// A list of mappings.
    MapList,
}

impl Type {
    /// Whether it is a list.
    pub const fn is_list(self) -> bool {
        matches!(self, Self::StringList | Self::MapList)
    }

    /// Every type.
    pub const ALL: [Self; 6] = [
        Self::String,
        Self::StringList,
        Self::Integer,
        Self::Boolean,
        Self::StringMap,
        Self::MapList,
    ];

    /// The name in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::StringList => "StringList",
            Self::Integer => "Integer",
            Self::Boolean => "Boolean",
            Self::StringMap => "StringMap",
            Self::MapList => "MapList",
        }
    }

    /// The type of this name; case matters.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The type of a parameter: one of the six, or text that names an AWS resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ParameterType {
    /// One of the six types.
    Plain(Type),
    /// `AWS::EC2::Instance::Id`: a String.
    Resource(String),
    /// `List<AWS::EC2::Instance::Id>`: a StringList of the resource named here.
    ResourceList(String),
}

impl ParameterType {
    /// The type its values have.
    pub const fn base(&self) -> Type {
        match self {
            Self::Plain(kind) => *kind,
            Self::Resource(_) => Type::String,
            Self::ResourceList(_) => Type::StringList,
        }
    }

    /// The type of this name; case matters.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(kind) = Type::parse(text) {
            return Some(Self::Plain(kind));
        }
        let element = text
            .strip_prefix("List<")
            .and_then(|rest| rest.strip_suffix('>'));
        let resource = element.unwrap_or(text);
        let parts: Vec<&str> = resource.split("::").collect();
        let word = |part: &&str| !part.is_empty() && part.chars().all(char::is_alphanumeric);
        if parts.len() < 3 || parts.first() != Some(&"AWS") || !parts.iter().all(word) {
            return None;
        }
        Some(match element {
            Some(resource) => Self::ResourceList(resource.to_owned()),
            None => Self::Resource(resource.to_owned()),
        })
    }
}

impl fmt::Display for ParameterType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(kind) => kind.fmt(formatter),
            Self::Resource(resource) => formatter.write_str(resource),
            Self::ResourceList(resource) => write!(formatter, "List<{resource}>"),
        }
    }
}
