//! rt

pub mod decode;
pub mod duration;
pub mod selector;
pub mod value;
