//! Parameters as supplied: names, types, constraints, defaults (spec 2.1-2.3).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may panic"
)]

use expect_test::{Expect, expect};
use runbook_runtime::parameters::{Checked, check};
use runbook_runtime::pattern::Pattern;
use runbook_runtime::runbook::{Bounds, Definition, ParameterDefinition};
use runbook_runtime::value::{Map, Type};
use serde_json::{Value, json};

const PLAIN: ParameterDefinition = ParameterDefinition {
    name: "Plain",
    kind: Type::String,
    written_type: "String",
    description: "",
    default: Some("\"\""),
    allowed_values: &[],
    allowed_pattern: None,
    items: Bounds {
        min: None,
        max: None,
    },
    chars: Bounds {
        min: None,
        max: None,
    },
};

fn definition(parameters: Vec<ParameterDefinition>) -> Definition {
    Definition {
        name: "test",
        file: "test.yaml",
        hash: "",
        description: "",
        parameters: parameters.leak(),
        variables: &[],
        children: &[],
        steps: &[],
        assume_role: None,
        outputs: &[],
    }
}

fn map(value: Value) -> Map {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no map"),
    }
}

fn accepted(parameters: Vec<ParameterDefinition>, supplied: Value) -> Checked {
    check(&definition(parameters), &map(supplied)).unwrap()
}

fn refused(parameters: Vec<ParameterDefinition>, supplied: Value, expected: Expect) {
    let errors = check(&definition(parameters), &map(supplied)).unwrap_err();
    expected.assert_eq(&errors.to_string());
}

fn pattern(pattern: &'static str) -> Vec<ParameterDefinition> {
    vec![ParameterDefinition {
        allowed_pattern: Some(Pattern::new(pattern)),
        ..PLAIN
    }]
}

#[track_caller]
fn matches(allowed: &'static str, text: &str, expected: bool) {
    let outcome = check(&definition(pattern(allowed)), &map(json!({"Plain": text})));
    assert_eq!(
        outcome.is_ok(),
        expected,
        "{allowed} on {text:?}: {outcome:?}"
    );
}

#[test]
fn defaults_fill_in_what_is_not_supplied() {
    let count = ParameterDefinition {
        name: "Count",
        kind: Type::Integer,
        default: Some("3"),
        ..PLAIN
    };
    let tags = ParameterDefinition {
        name: "Tags",
        kind: Type::StringMap,
        default: Some("\"{}\""),
        ..PLAIN
    };
    let checked = accepted(vec![PLAIN, count, tags], json!({"Plain": "x"}));
    assert_eq!(
        checked.values,
        map(json!({"Plain": "x", "Count": 3, "Tags": {}}))
    );
    assert_eq!(checked.supplied, map(json!({"Plain": "x"})));
}

#[test]
fn values_become_typed() {
    let parameters = vec![
        ParameterDefinition {
            name: "Count",
            kind: Type::Integer,
            ..PLAIN
        },
        ParameterDefinition {
            name: "Ids",
            kind: Type::StringList,
            ..PLAIN
        },
        ParameterDefinition {
            name: "DryRun",
            kind: Type::Boolean,
            ..PLAIN
        },
    ];
    let checked = accepted(
        parameters,
        json!({"Count": ["7"], "Ids": ["a", "b"], "DryRun": "true"}),
    );
    assert_eq!(
        checked.values,
        map(json!({"Count": 7, "Ids": ["a", "b"], "DryRun": true}))
    );
}

#[test]
fn all_problems_are_told_at_once() {
    let parameters = vec![
        ParameterDefinition {
            name: "Cluster",
            default: None,
            description: "The cluster to run in.",
            ..PLAIN
        },
        ParameterDefinition {
            name: "Count",
            kind: Type::Integer,
            ..PLAIN
        },
        ParameterDefinition {
            name: "Mode",
            allowed_values: &["\"fast\"", "\"safe\""],
            ..PLAIN
        },
        ParameterDefinition {
            name: "Name",
            allowed_pattern: Some(Pattern::new("^[a-z]+$")),
            ..PLAIN
        },
    ];
    // What is misspelt is not missing, too.
    refused(
        parameters,
        json!({"cluster": "c", "Colour": 1, "Count": "many", "Mode": "Fast", "Name": "a b"}),
        expect![[r#"
            the runbook has no parameter `cluster`; did you mean `Cluster`?
            the runbook has no parameter `Colour`
            `Count`: the text "many" is not an Integer in decimal digits
            `Mode` cannot be the text "Fast"; allowed are "fast", "safe"
            `Name` is the text "a b", which the pattern `^[a-z]+$` does not match"#]],
    );
}

#[test]
fn constraints_hold_for_every_element_of_a_list() {
    let ids = ParameterDefinition {
        name: "Ids",
        kind: Type::StringList,
        allowed_pattern: Some(Pattern::new("i-[0-9a-f]+")),
        items: Bounds {
            min: None,
            max: Some(2),
        },
        ..PLAIN
    };
    refused(
        vec![ids],
        json!({"Ids": ["i-1", "x", "i-3"]}),
        expect![[r#"
            `Ids` is the text "x", which the pattern `i-[0-9a-f]+` does not match
            `Ids` has 3 elements, but at most 2 are allowed"#]],
    );
}

#[test]
fn lengths_are_counted_in_characters() {
    let name = || ParameterDefinition {
        chars: Bounds {
            min: Some(2),
            max: Some(3),
        },
        ..PLAIN
    };
    accepted(vec![name()], json!({"Plain": "äöü"}));
    refused(
        vec![name()],
        json!({"Plain": "ä"}),
        expect!["`Plain` has 1 character, but 2 to 3 are allowed"],
    );
}

#[test]
fn a_default_need_not_keep_the_constraints() {
    let name = ParameterDefinition {
        default: Some("\"\""),
        allowed_values: &["\"a\""],
        allowed_pattern: Some(Pattern::new("a")),
        chars: Bounds {
            min: Some(1),
            max: None,
        },
        ..PLAIN
    };
    assert_eq!(
        accepted(vec![name], json!({})).values,
        map(json!({"Plain": ""}))
    );
}

#[test]
fn allowed_values_admit_a_value_by_its_text() {
    let flag = ParameterDefinition {
        name: "Flag",
        kind: Type::Boolean,
        allowed_values: &["\"true\""],
        ..PLAIN
    };
    assert_eq!(
        accepted(vec![flag], json!({"Flag": true})).values,
        map(json!({"Flag": true}))
    );
}

#[test]
fn a_pattern_must_match_the_whole_raw_text() {
    matches("[a-z]+", "abc", true);
    matches("[a-z]+", "abc1", false);
    matches("a|b", "ab", false);
    matches("^$|x", "", true);
    matches(
        r"^\{\{ global:ACCOUNT_ID \}\}$",
        "{{ global:ACCOUNT_ID }}",
        true,
    );
}

#[test]
fn patterns_mean_what_they_mean_in_java() {
    matches(r"\d+", "12", true);
    matches(r"\d+", "١٢", false);
    matches(r"[\w-.]+", "a-b.c", true);
    matches(r"[a-z0-9-_]+", "a-_", true);
    matches(r"\p{Alnum}+", "aZ9", true);
    matches(r"[\p{Alpha}_]+", "a_Z", true);
    matches(r"[\p{L}]+", "äz", true);
    matches(
        r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*",
        "a 😀\n",
        true,
    );
    matches(r"\Qa.b\E", "a.b", true);
    matches(r"\Qa.b\E", "axb", false);
    matches(r"(?!x)[^]x]+", "ab", true);
    matches(r"^(?=.{3,5}$)(a|b)++$", "abab", true);
}

#[test]
fn a_pattern_that_cannot_be_used_is_told_only_when_it_is_needed() {
    accepted(pattern("("), json!({}));
    let errors = check(&definition(pattern("(")), &map(json!({"Plain": "x"}))).unwrap_err();
    assert!(
        errors
            .to_string()
            .starts_with("`Plain` cannot be checked: its pattern `(` cannot be used")
    );
}
