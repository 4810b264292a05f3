//! YAML and JSON: what is read, and what is reported when it is neither.

use expect_test::expect;
use runbookc::diagnostic::{Code, Diagnostics, render};
use runbookc::source::Source;
use runbookc::syntax;

use crate::{check, findings, read, step};

#[test]
fn json_is_read_as_well() {
    let text = "\u{feff}{\r\n\t\"schemaVersion\": \"0.3\",\r\n\t\"mainSteps\": [{\"name\": \"a\", \"action\": \"aws:pause\", \
                \"inputs\": {\"s\": \"\\ud83d\\ude00 {{ x.y }}\\n\"}}]\r\n}\r\n";
    let (source, document, diagnostics) = read(text);
    assert!(diagnostics.is_empty());
    let scalar = document.steps[0].inputs[0].1.as_scalar().unwrap();
    let placeholder = scalar.template.references().next().unwrap();
    assert_eq!(source.slice(placeholder.name.span), "x.y");
}

#[test]
fn a_long_key_is_read_in_json_and_named_in_yaml() {
    let key = "k".repeat(1200);
    let json = format!(
        "{{\"schemaVersion\": \"0.3\", \"mainSteps\": [{{\"name\": \"a\", \"action\": \"aws:pause\", \"inputs\": {{\"{key}\": 1}}}}]}}"
    );
    let (_, document, diagnostics) = read(&json);
    assert!(diagnostics.is_empty());
    assert_eq!(document.steps[0].inputs[0].0.value, key);

    for (text, place) in [
        (format!("a:\n  b: 1\n  {key}: 2\n"), "3:3"),
        (format!("a:\n  - {key}: 2\n"), "2:5"),
        (format!("a: {{b: 1, '{key} k': 2}}\n"), "1:11"),
    ] {
        let expected = "error RB0101: the YAML is not well-formed: a key of more than 1024 characters; YAML takes no key that is so long\n";
        assert_eq!(findings(&text), format!("{place} {expected}"));
    }
}

#[test]
fn bad_yaml_is_reported_once() {
    let mut reports = String::new();
    for text in [
        "a:\n\tb: 1\n",
        "a: \"x\n",
        // What is wrong stands before or behind the place where the parser notices.
        "a:\n  b: 1\n\tc: 2\n",
        "a: 'x\nb: 'y'\nc: 'z'\n",
        "a: \"x\nb: \"y\"\n",
        "a: 'x\nb: ''\nc: 'y'\n",
        "a: \"x\nb: \\\"y\nc: \"z\"\n",
        "a:\n  b: [x, {c: y}\n  d: z\n",
        "a:\n  b: [\nc:\n  - d\n",
        "a:\n  - {b: x\n  - {b: y}\n",
        "a:\n  - [x,\n     y: z: 1]\n",
        "a:\n  - {b: 'it''s {', c: d\n  - {e: f}\n",
        "{\n  \"a\": {\n    \"b\": [\"}\", 1\n  },\n  \"c\": 2\n}\n",
        "{\n  \"a\": {\n    \"b\": {,\n    \"c\": 2\n  }\n}\n",
        "a:\n  - {b: c\n    d: e\n  f: [g]\n  - h\n",
        "{\n  \"a\": \"b,\n  \"c\": [1, 2]\n}\n",
        "onFailure: step: x\n",
        "onFailure: step:x\n\tisEnd: true\n",
        "onFailure: step:x\nisCritical false\nisEnd: true\n",
        "a: 'to: {{ b }}'\n  c: d\n",
        "a: 'to: {{ b }}'\nc 'd'\n",
        "a: *nowhere\n",
        "{\n  \"a\": 1\n  \"b\": 2\n}\n",
    ] {
        reports += &format!("{text:?}\n  {}", findings(text));
    }
    expect![[r#"
        "a:\n\tb: 1\n"
          2:1 error RB0101: the YAML is not well-formed: a tab in the indentation; here
        "a: \"x\n"
          1:4 error RB0101: the YAML is not well-formed: a quote is not closed; here
        "a:\n  b: 1\n\tc: 2\n"
          3:1 error RB0101: the YAML is not well-formed: a tab in the indentation; here
        "a: 'x\nb: 'y'\nc: 'z'\n"
          1:4 error RB0101: the YAML is not well-formed: a quote is not closed; opened here
        "a: \"x\nb: \"y\"\n"
          1:4 error RB0101: the YAML is not well-formed: a quote is not closed; opened here
        "a: 'x\nb: ''\nc: 'y'\n"
          1:4 error RB0101: the YAML is not well-formed: a quote is not closed; opened here
        "a: \"x\nb: \\\"y\nc: \"z\"\n"
          1:4 error RB0101: the YAML is not well-formed: a quote is not closed; opened here
        "a:\n  b: [x, {c: y}\n  d: z\n"
          2:6 error RB0101: the YAML is not well-formed: a bracket is not closed; opened here
        "a:\n  b: [\nc:\n  - d\n"
          2:6 error RB0101: the YAML is not well-formed: a bracket is not closed; opened here
        "a:\n  - {b: x\n  - {b: y}\n"
          2:5 error RB0101: the YAML is not well-formed: a bracket is not closed; here
        "a:\n  - [x,\n     y: z: 1]\n"
          3:10 error RB0101: the YAML is not well-formed: `,` or `}` expected; here
        "a:\n  - {b: 'it''s {', c: d\n  - {e: f}\n"
          2:5 error RB0101: the YAML is not well-formed: a bracket is not closed; here
        "{\n  \"a\": {\n    \"b\": [\"}\", 1\n  },\n  \"c\": 2\n}\n"
          3:10 error RB0101: the JSON is not well-formed: a bracket is not closed; opened here
        "{\n  \"a\": {\n    \"b\": {,\n    \"c\": 2\n  }\n}\n"
          3:10 error RB0101: the JSON is not well-formed: a bracket is not closed; opened here
        "a:\n  - {b: c\n    d: e\n  f: [g]\n  - h\n"
          2:5 error RB0101: the YAML is not well-formed: a bracket is not closed; opened here
        "{\n  \"a\": \"b,\n  \"c\": [1, 2]\n}\n"
          2:8 error RB0101: the JSON is not well-formed: a quote is not closed; opened here
        "onFailure: step: x\n"
          1:12 error RB0101: the YAML is not well-formed: a blank behind `step:`; with the blank this is another key [step: x -> step:x]
        "onFailure: step:x\n\tisEnd: true\n"
          2:1 error RB0101: the YAML is not well-formed: a tab in the indentation; here
        "onFailure: step:x\nisCritical false\nisEnd: true\n"
          2:1 error RB0101: the YAML is not well-formed: `key: value` expected; here
        "a: 'to: {{ b }}'\n  c: d\n"
          2:3 error RB0101: the YAML is not well-formed: `key: value` expected; here
        "a: 'to: {{ b }}'\nc 'd'\n"
          2:1 error RB0101: the YAML is not well-formed: `key: value` expected; here
        "a: *nowhere\n"
          1:4 error RB0101: the YAML is not well-formed: an alias without its anchor; here
        "{\n  \"a\": 1\n  \"b\": 2\n}\n"
          3:3 error RB0101: the JSON is not well-formed: expected `,` or `}`; here
    "#]]
    .assert_eq(&reports);
    check(
        &"[".repeat(300),
        expect![[r#"
            1:101 error RB0101: the YAML is not well-formed: nested too deeply; here
        "#]],
    );
}

#[test]
fn what_ends_a_value_within_brackets_is_to_be_quoted() {
    let text = "mainSteps:\n  - {name: look, Selector: $.a[0].b}\n";
    let (source, _, found) = read(text);
    expect![[r#"
        error[RB0101]: the YAML is not well-formed: `,` or `}` expected
         --> runbook.yaml:2:31
          |
        2 |   - {name: look, Selector: $.a[0].b}
          |                               ^ here
          |
          = help: put a comma between entries; within brackets, quote a value that contains one of `,`, `[`, `]`, `{`, `}`, `: ` or ` #`
    "#]].assert_eq(&render::human(&source, &found, false));
}

#[test]
fn blanks_that_are_none_for_yaml_are_made_visible() {
    check(
        "schemaVersion: '0.3'\nmainSteps:\n\u{a0}\u{a0}- name: a\n\u{a0} \u{a0} action: aws:pause\n",
        expect![[r#"
            3:1 error RB0101: the YAML is not well-formed: lines are indented by blanks that are none for YAML; this is U+00A0 [  ->  ] [  ->  ] [  ->  ] [  ->  ]
        "#]],
    );
    check(
        "a:\n  - action:\u{a0}aws:sleep\n    b: c\n",
        expect![[r#"
            2:12 error RB0101: the YAML is not well-formed: a blank that is none for YAML; this is U+00A0 [  ->  ]
        "#]],
    );
    check(
        "a:\n  - onCancel: step: tidy # then\n",
        expect![[r#"
            2:15 error RB0101: the YAML is not well-formed: a blank behind `step:`; with the blank this is another key [step: tidy -> step:tidy]
        "#]],
    );
    // Inside of texts they are what they are.
    let text = step("description: |\n      \u{a0}first\n      a: \u{a0}b");
    assert!(read(&text).2.is_empty());
}

#[test]
fn a_file_that_is_called_json_is_json() {
    let text = "{\"schemaVersion\": \"0.3\", \"mainSteps\": [{\"name\": \"a\", \"action\": \"aws:pause\"},]}";
    let reports = |name: &str| {
        let source = Source::new(name, text);
        let mut found = Diagnostics::default();
        syntax::parse(&source, &mut found);
        render::human(&source, &found, false)
    };
    assert_eq!(reports("runbook.yaml"), "");
    expect![[r#"
        warning[RB0101]: the JSON is not well-formed: trailing comma
         --> runbook.json:1:77
          |
        1 | {"schemaVersion": "0.3", "mainSteps": [{"name": "a", "action": "aws:pause"},]}
          |                                                                             ^ here
          |
          = help: the service takes it as YAML only; with `DocumentFormat: JSON`, the default, it refuses it
    "#]].assert_eq(&reports("runbook.json"));
}

#[test]
fn one_file_holds_one_document_without_tags() {
    check(
        "schemaVersion: '0.3'\nassumeRole: !Ref Role\nmainSteps: [{name: a, action: 'aws:pause'}]\n---\nb: 1\n",
        expect![[r#"
            2:13 error RB0101: the tag `!Ref` means nothing in a runbook; the service refuses it
            4:1 error RB0101: a second document begins in this file; everything from here on is ignored
        "#]],
    );
    check(
        "",
        expect![[r#"
            1:1 error RB0105: the runbook is empty, but a mapping is expected; a mapping is expected here
        "#]],
    );
    check(
        "- a\n",
        expect![[r#"
        1:3 error RB0105: the runbook is a list, but a mapping is expected; a mapping is expected here
    "#]],
    );
}

#[test]
fn aliases_and_merge_keys_are_expanded_within_bounds() {
    let (_, document, diagnostics) = read(
        "schemaVersion: '0.3'\nmainSteps:\n  - &base {name: a, action: aws:pause, isEnd: false}\n  - {<<: *base, name: b}\n",
    );
    assert!(diagnostics.is_empty());
    assert_eq!(document.steps[1].name.value, "b");
    assert_eq!(document.steps[1].action.value, "aws:pause");

    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, inner) in [('b', 'a'), ('c', 'b'), ('d', 'c'), ('e', 'd'), ('f', 'e')] {
        let aliases = vec![format!("*{inner}"); 10].join(", ");
        bomb += &format!("{name}: &{name} [{aliases}]\n");
    }
    let (_, _, diagnostics) = read(&bomb);
    assert!(
        diagnostics
            .iter()
            .any(|found| found.code == Code::DocumentTooLarge)
    );

    check(
        "a: &x [*x]\n",
        expect![[r#"
        1:1 error RB0104: unknown key `a` in the runbook; a runbook has no such key
        1:1 error RB0106: the runbook has no `schemaVersion`; `schemaVersion` is missing here
        1:1 error RB0106: the runbook has no `mainSteps`; `mainSteps` is missing here
        1:8 error RB0101: an alias stands inside its own anchor; this would go on forever
    "#]],
    );
}

#[test]
fn scalars_read_differently_by_yaml_1_1_are_known() {
    let service = |text: &str| {
        let (_, document, _) = read(&step(&format!("inputs: {{a: {text}}}")));
        document.steps[0].inputs[0]
            .1
            .as_scalar()
            .map(|scalar| scalar.source.service_text())
    };
    assert_eq!(service("yes"), Some(Some("true".to_owned())));
    assert_eq!(service("'yes'"), Some(None));
    assert_eq!(service("True"), Some(None));
    assert_eq!(service("0123"), Some(Some("83".to_owned())));
    assert_eq!(service("0189"), Some(None));
    assert_eq!(service("1:30"), Some(Some("90".to_owned())));
    assert_eq!(service("1_000"), Some(Some("1000".to_owned())));
    assert_eq!(service("1.10"), Some(Some("1.1".to_owned())));
    assert_eq!(service("i-0123"), Some(None));
    assert_eq!(service("~"), None);
    check(
        "schemaVersion: '0.3'\nmainSteps:\n  - {name: 2020-01-01, action: 'aws:pause', nextStep: 010}\n",
        expect![[r#"
            3:12 warning RB0108: the service reads `2020-01-01` as a timestamp; without quotes this is no text [2020-01-01 -> '2020-01-01']
            3:12 error RB0201: the step name `2020-01-01` is not valid; only letters, digits and `_` are allowed
            3:55 warning RB0108: the service reads `010` as the number 8; without quotes this is no text [010 -> '010']
        "#]],
    );
}
