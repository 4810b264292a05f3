//! What does not fit a runbook is no Rust: each of these programs ends with an error, and the text beside it says which.

#[test]
fn what_does_not_fit_a_runbook_does_not_compile() {
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
