//! A module that another version of the compiler has made.

runbook_runtime::made_by!("0.0.9");

fn main() {}
