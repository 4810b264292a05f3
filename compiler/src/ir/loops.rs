//! Loops (spec 5.15).

use super::{Condition, Data, Expression};
use crate::document::Type;

/// What a loop does. Which steps are inside, they tell themselves.
#[derive(Clone, Debug)]
pub struct Loop {
    /// What decides about its iterations.
    pub turns: Turns,
    /// `MaxIterations`: an Integer.
    pub most: Option<Expression>,
}

/// What decides about the iterations of a loop.
#[derive(Clone, Debug)]
pub enum Turns {
    /// One for each item of a list.
    Each {
        /// `Iterators`: a list, or an expression of a list type.
        items: Data,
        /// The type of the items: `IteratorDataType`.
        kind: Type,
    },
    /// One, and others as long as `LoopCondition` holds.
    While(Condition),
}
