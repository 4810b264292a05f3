//! What people see of an execution: live progress, and a summary at its end.
//!
//! Both are made for reading only; tools read the [record](crate::record). Whatever is simulated says so, line by line.

mod progress;
mod reasons;
mod summary;
mod words;

pub use progress::{Form, Progress};
pub use summary::Summary;
pub use words::{cause, human};
