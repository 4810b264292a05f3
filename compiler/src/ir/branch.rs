//! `aws:branch`: choices and their conditions.

use super::{Expression, StepId};
use crate::document::Type;

/// One of the `Choices` of a branch.
#[derive(Clone, Debug)]
pub struct Choice {
    /// When it is taken.
    pub condition: Condition,
    /// Where it leads.
    pub next_step: StepId,
}

/// When a choice is taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// All of these hold.
    And(Vec<Condition>),
    /// One of these holds.
    Or(Vec<Condition>),
    /// This does not hold.
    Not(Box<Condition>),
    /// A comparison. Both sides have the type that the operator wants, but for a list that `Contains` looks into; a
    /// value that is not there makes it false.
    Compare {
        /// `Variable`.
        variable: Expression,
        /// The operator.
        operator: Operator,
        /// What it is compared with.
        operand: Expression,
    },
}

/// The operators of a branch (spec 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Equal text.
    StringEquals,
    /// Equal text, upper and lower case alike.
    EqualsIgnoreCase,
    /// The text begins with the operand.
    StartsWith,
    /// The text ends with the operand.
    EndsWith,
    /// The text holds the operand, or the list has such an element.
    Contains,
    /// Equal numbers.
    NumericEquals,
    /// Greater than the operand.
    NumericGreater,
    /// Less than the operand.
    NumericLesser,
    /// Greater than the operand or equal.
    NumericGreaterOrEquals,
    /// Less than the operand or equal.
    NumericLesserOrEquals,
    /// Equal truth values.
    BooleanEquals,
}

impl Operator {
    /// All operators.
    pub const ALL: [Self; 11] = [
        Self::StringEquals,
        Self::EqualsIgnoreCase,
        Self::StartsWith,
        Self::EndsWith,
        Self::Contains,
        Self::NumericEquals,
        Self::NumericGreater,
        Self::NumericLesser,
        Self::NumericGreaterOrEquals,
        Self::NumericLesserOrEquals,
        Self::BooleanEquals,
    ];

    /// Its name in a runbook.
    pub const fn name(self) -> &'static str {
        match self {
            Self::StringEquals => "StringEquals",
            Self::EqualsIgnoreCase => "EqualsIgnoreCase",
            Self::StartsWith => "StartsWith",
            Self::EndsWith => "EndsWith",
            Self::Contains => "Contains",
            Self::NumericEquals => "NumericEquals",
            Self::NumericGreater => "NumericGreater",
            Self::NumericLesser => "NumericLesser",
            Self::NumericGreaterOrEquals => "NumericGreaterOrEquals",
            Self::NumericLesserOrEquals => "NumericLesserOrEquals",
            Self::BooleanEquals => "BooleanEquals",
        }
    }

    /// The type of both of its sides.
    pub const fn operand_type(self) -> Type {
        match self {
            Self::StringEquals
            | Self::EqualsIgnoreCase
            | Self::StartsWith
            | Self::EndsWith
            | Self::Contains => Type::String,
            Self::NumericEquals
            | Self::NumericGreater
            | Self::NumericLesser
            | Self::NumericGreaterOrEquals
            | Self::NumericLesserOrEquals => Type::Integer,
            Self::BooleanEquals => Type::Boolean,
        }
    }
}
