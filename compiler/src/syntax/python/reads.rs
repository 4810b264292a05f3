//! The keys that a function needs of the map that is its first argument.

use std::collections::HashSet;
use std::ops::Range;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{CmpOp, Expr, ExprCall, ExprContext, Parameter, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::range;

/// Functions and methods that do nothing to a map that they are given.
const HARMLESS: [&str; 15] = [
    "print",
    "str",
    "repr",
    "len",
    "type",
    "isinstance",
    "dict",
    "list",
    "sorted",
    "dumps",
    "pformat",
    "info",
    "debug",
    "warning",
    "error",
];

/// Methods of a map that leave it as it is.
const LOOKS: [&str; 5] = ["get", "keys", "values", "items", "copy"];

/// Every key that the function looks up and that must be there, and where; nothing where the map may get keys meanwhile.
/// A key whose absence the function looks after is none of them, nor is one inside of `try`.
pub(super) fn reads(function: &StmtFunctionDef) -> Option<Vec<(String, Range<usize>)>> {
    let parameters = &function.parameters;
    let first = parameters
        .posonlyargs
        .iter()
        .chain(&parameters.args)
        .next()?;
    let mut reads = Reads {
        name: first.name().as_str(),
        found: Vec::new(),
        minded: HashSet::new(),
        open: false,
        tries: 0,
    };
    reads.visit_body(&function.body);
    let Reads {
        mut found,
        minded,
        open,
        ..
    } = reads;
    found.retain(|(key, _)| !minded.contains(key));
    (!open).then_some(found)
}

struct Reads<'a> {
    name: &'a str,
    found: Vec<(String, Range<usize>)>,
    minded: HashSet<String>,
    open: bool,
    tries: usize,
}

impl Reads<'_> {
    fn is_map(&self, expression: &Expr) -> bool {
        matches!(expression, Expr::Name(name) if name.id.as_str() == self.name)
    }

    /// `events.get("key")`, or `print(events)`.
    fn call(&mut self, call: &ExprCall) {
        let word = match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) if self.is_map(&attribute.value) => {
                self.minded
                    .extend(call.arguments.args.first().and_then(text));
                self.open |= !LOOKS.contains(&attribute.attr.as_str());
                ""
            }
            Expr::Attribute(attribute) => {
                self.visit_expr(&attribute.value);
                attribute.attr.as_str()
            }
            other => {
                self.visit_expr(other);
                ""
            }
        };
        let values = call.arguments.keywords.iter().map(|keyword| &keyword.value);
        for argument in call.arguments.args.iter().chain(values) {
            if !(HARMLESS.contains(&word) && self.is_map(argument)) {
                self.visit_expr(argument);
            }
        }
    }
}

impl<'a> Visitor<'a> for Reads<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let Stmt::Try(found) = statement else {
            return walk_stmt(self, statement);
        };
        // What is missing may be caught.
        self.tries += 1;
        self.visit_body(&found.body);
        self.tries -= 1;
        found
            .handlers
            .iter()
            .for_each(|handler| self.visit_except_handler(handler));
        self.visit_body(&found.orelse);
        self.visit_body(&found.finalbody);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Subscript(lookup) if self.is_map(&lookup.value) => {
                self.open |= lookup.ctx != ExprContext::Load;
                match text(&lookup.slice) {
                    Some(key) if self.tries == 0 => {
                        self.found.push((key, range(lookup.slice.range())))
                    }
                    _ => self.visit_expr(&lookup.slice),
                }
            }
            Expr::Compare(comparison)
                if comparison.comparators.iter().any(|side| self.is_map(side)) =>
            {
                let asks = matches!(&*comparison.ops, [CmpOp::In | CmpOp::NotIn]);
                match text(&comparison.left).filter(|_| asks) {
                    Some(key) => drop(self.minded.insert(key)),
                    None => self.open = true,
                }
            }
            Expr::Call(call) => self.call(call),
            // In a formatted text it is only shown.
            Expr::FString(shown) => {
                for element in shown.value.elements() {
                    let interpolation = element.as_interpolation();
                    let value = interpolation.map(|interpolation| &*interpolation.expression);
                    if let Some(value) = value.filter(|value| !self.is_map(value)) {
                        self.visit_expr(value);
                    }
                }
            }
            // Any other use may lead anywhere.
            Expr::Name(_) => self.open |= self.is_map(expression),
            _ => walk_expr(self, expression),
        }
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.open |= parameter.name.as_str() == self.name;
    }
}

fn text(expression: &Expr) -> Option<String> {
    match expression {
        Expr::StringLiteral(literal) => Some(literal.value.to_str().to_owned()),
        _ => None,
    }
}
