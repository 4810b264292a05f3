//! Scripts that no person would write: the compiler looks at them and goes on.
#![cfg(feature = "python")]

use runbookc::catalogue::Catalogue;
use runbookc::compile;
use runbookc::source::Source;

#[test]
fn scripts_that_are_nested_too_deeply_are_left_alone() {
    for piece in [
        "(",
        "[",
        "{",
        "-",
        "not ",
        "lambda:",
        "a**",
        "a if b else ",
        "f(",
        "'{",
    ] {
        let text = format!("x = {}1", piece.repeat(5_000));
        assert_eq!(findings(&text), Vec::<String>::new(), "{piece}");
    }
    let blocks: Vec<String> = (0..250)
        .map(|depth| format!("{}if x:", " ".repeat(depth)))
        .collect();
    assert_eq!(findings(&blocks.join("\n")), Vec::<String>::new());
}

#[test]
fn scripts_that_are_no_python_are_told_once() {
    for text in [
        "def def",
        "\u{0}",
        "'",
        "\"\"\"",
        "x = (",
        "\t\tx\n x",
        "é = ☕",
        "class",
    ] {
        let found = findings(text);
        assert_eq!(found, ["RB0414"], "{text:?}");
    }
}

/// The codes that are found, without the one about the handler.
fn findings(script: &str) -> Vec<String> {
    let script = serde_json::Value::from(format!("{script}\n\ndef handler(events, context): pass"));
    let text = format!(
        r#"{{"schemaVersion": "0.3", "mainSteps": [{{"name": "run", "action": "aws:executeScript", "inputs":
        {{"Runtime": "python3.11", "Handler": "handler", "Script": {script}}}}}]}}"#
    );
    let source = Source::new("script.json", text);
    let compiled = compile(&source, Catalogue::embedded());
    let found = compiled.diagnostics.iter();
    found
        .filter(|found| found.code.as_str() != "RB0109")
        .map(|found| found.code.to_string())
        .collect()
}
