//! Expressions: literals and references with their types (spec 3.3).

use super::{OutputId, ParameterId, StepId, VariableId};
use crate::document::Type;

/// A value that is known now, or once earlier steps have run.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// Text.
    String(String),
    /// A whole number.
    Integer(i64),
    /// A truth value.
    Boolean(bool),
    /// One reference: the referenced value, in its own type.
    Reference(Reference),
    /// Text with references in it: a String.
    Text(Vec<Part>),
    /// A value that the step itself makes, by the name that generated code gives it: out of an earlier answer, or of its
    /// other inputs.
    Told(&'static str, Type),
    /// A value that several requests of the step have in common, by the name that generated code gives it.
    Shared(&'static str, Type),
    /// A value that has to become another type first, by the table of spec 3.3. Never to its own type.
    Coerce(Box<Expression>, Type),
}

/// A piece of a text with references in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text.
    Text(String),
    /// The text form of what is referenced.
    Reference(Reference),
}

/// A list of strings.
#[derive(Clone, Debug, PartialEq)]
pub enum Texts {
    /// Its elements, one after the other.
    List(Vec<TextItem>),
    /// All of it: a StringList.
    Whole(Expression),
}

/// An element of a list of strings.
#[derive(Clone, Debug, PartialEq)]
pub enum TextItem {
    /// One string.
    One(Expression),
    /// All elements of another list (spec 3.3).
    All(Expression),
}

/// What is referenced, and the type it has.
#[derive(Clone, Debug, PartialEq)]
pub enum Reference {
    /// A parameter.
    Parameter(ParameterId, Type),
    /// An output of a step.
    Output(StepId, OutputId, Type),
    /// A variable.
    Variable(VariableId, Type),
    /// A system variable: a String.
    System(SystemVariable),
}

/// The system variables (spec 3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemVariable {
    /// `global:ACCOUNT_ID`.
    AccountId,
    /// `global:REGION`.
    Region,
    /// `global:AWS_PARTITION`.
    Partition,
    /// `global:DATE`.
    Date,
    /// `global:DATE_TIME`.
    DateTime,
    /// `automation:EXECUTION_ID`.
    ExecutionId,
}

impl SystemVariable {
    /// All system variables.
    pub const ALL: [Self; 6] = [
        Self::AccountId,
        Self::Region,
        Self::Partition,
        Self::Date,
        Self::DateTime,
        Self::ExecutionId,
    ];

    /// Its name in a reference.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccountId => "global:ACCOUNT_ID",
            Self::Region => "global:REGION",
            Self::Partition => "global:AWS_PARTITION",
            Self::Date => "global:DATE",
            Self::DateTime => "global:DATE_TIME",
            Self::ExecutionId => "automation:EXECUTION_ID",
        }
    }
}

impl Reference {
    /// The type of what is referenced.
    pub const fn kind(&self) -> Type {
        match self {
            Self::Parameter(_, kind) | Self::Output(_, _, kind) | Self::Variable(_, kind) => *kind,
            Self::System(_) => Type::String,
        }
    }
}

impl Expression {
    /// A text of these parts; one without references is just a String.
    pub fn of_parts(parts: Vec<Part>) -> Self {
        let texts = parts.iter().map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Reference(_) => None,
        });
        match texts.collect::<Option<String>>() {
            Some(text) => Self::String(text),
            None => Self::Text(parts),
        }
    }

    /// The type of the value.
    pub const fn kind(&self) -> Type {
        match self {
            Self::String(_) | Self::Text(_) => Type::String,
            Self::Integer(_) => Type::Integer,
            Self::Boolean(_) => Type::Boolean,
            Self::Reference(reference) => reference.kind(),
            Self::Told(_, kind) | Self::Shared(_, kind) | Self::Coerce(_, kind) => *kind,
        }
    }
}

/// A JSON value with references inside: an `InputPayload`.
#[derive(Clone, Debug)]
pub enum Data {
    /// `null`.
    Null,
    /// A boolean.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Another number, as written.
    Number(f64),
    /// Text, or one whole reference of any type.
    Expression(Expression),
    /// A list; an element that is a whole reference to a list is spliced in (spec 3.3).
    List(Vec<Data>),
    /// A map.
    Map(Vec<(String, Data)>),
}
