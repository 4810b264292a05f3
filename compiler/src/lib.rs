//! runbookc.
pub mod catalogue;
pub mod diagnostic;
pub mod document;
pub mod source;
pub mod syntax;
