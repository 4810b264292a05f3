//! runbookc.
pub mod catalogue;
