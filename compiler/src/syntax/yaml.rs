//! The only file that knows the YAML parser.

use crate::diagnostic::Diagnostics;
use crate::source::Source;
use crate::syntax::node::Node;

/// Reads a YAML or JSON text; `None` when it is not well-formed.
pub fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Option<Node> {
    let _ = (source, diagnostics);
    None
}
