//! From text to a tree with a place for every key and value.
//!
//! The tree keeps scalars as text and style: what `yes` or `0123` means depends on
//! who reads it (spec 1.4). Templates and selectors are the two small languages
//! inside scalars.

pub mod incomplete;
mod malformed;
pub mod node;
pub mod origin;
#[cfg(feature = "python")]
pub(crate) mod python;
mod repair;
pub mod scalar;
pub mod selector;
pub mod template;
mod yaml;

pub use node::{Entry, Node, NodeKind};
pub use scalar::{Scalar, Style};
pub use selector::{Selector, SelectorError, SelectorSegment};
pub(crate) use template::reference;
pub use template::{Part, Placeholder, Reference, Template};
pub use yaml::parse;
pub(crate) use yaml::{Margin, margin};
