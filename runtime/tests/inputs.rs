//! Values that are handed whole to an API: what is taken, and Boto3's words about the rest.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use runbook_runtime::input::{
    BLOB, BOOLEAN, DOCUMENT, FLOAT, INTEGER, Member, STRING, Shape, TIMESTAMP,
};
use runbook_runtime::value::Document;
use serde_json::json;

static RULES: Shape = Shape::List(&RULE, 1);
static RULE: Shape = Shape::Structure(&[
    Member::required("Name", &NAME),
    Member::new("Weight", &WEIGHT),
    Member::new("Share", &SHARE),
    Member::new("Enabled", &BOOLEAN),
    Member::new("Since", &TIMESTAMP),
    Member::new("Body", &BLOB),
    Member::new("Any", &DOCUMENT),
    Member::new("Count", &INTEGER),
    Member::new("Rate", &FLOAT),
    Member::new("Labels", &LABELS),
    Member::new("Target", &TARGET),
    Member::new("Rules", &RULES),
]);
static NAME: Shape = Shape::String(2);
static WEIGHT: Shape = Shape::Integer(0);
static SHARE: Shape = Shape::Float(0.5);
static LABELS: Shape = Shape::Map(&NAME, &STRING);
static TARGET: Shape = Shape::Union(&[Member::new("Arn", &STRING), Member::new("Id", &STRING)]);

fn accept(value: Document) -> Result<Document, String> {
    RULES
        .accept("Rules", value)
        .map_err(|error| error.to_string())
}

fn convert(value: Document) -> Result<Document, String> {
    RULES
        .convert("Rules", value)
        .map_err(|error| error.to_string())
}

/// The problem of one member beside a name that is right.
#[track_caller]
fn refuses(member: &str, value: Document, problem: &str) {
    let rule = json!([{ "Name": "ab", member: value }]);
    let expected = format!("Parameter validation failed:\n{problem}");
    assert_eq!(accept(rule), Err(expected));
}

#[test]
fn what_fits_is_taken_as_it_is() {
    let rules = json!([{
        "Name": "ab",
        "Weight": 0,
        "Share": 1,
        "Enabled": true,
        "Since": "2026-01-02T03:04:05Z",
        "Body": "bytes",
        "Any": [null, { "a": 1 }],
        "Count": -1,
        "Rate": -0.25,
        "Labels": { "ab": "" },
        "Target": { "Id": "t" },
        "Rules": [{ "Name": "cd", "Since": 1_767_323_045 }],
    }]);
    assert_eq!(accept(rules.clone()), Ok(rules));
}

#[test]
fn actions_convert_what_spells_another_type() {
    let rules = json!({
        "Name": 12,
        "Weight": " 3 ",
        "Share": "0.75",
        "Enabled": "True",
        "Any": { "a": "1" },
        "Labels": { "ab": false, "cd": null },
        "Target": { "Id": 7 },
        "Rules": { "Name": "ef", "Count": null, "Weight": "4" },
    });
    let converted = json!([{
        "Name": "12",
        "Weight": 3,
        "Share": 0.75,
        "Enabled": true,
        "Any": { "a": "1" },
        "Labels": { "ab": "false" },
        "Target": { "Id": "7" },
        "Rules": [{ "Name": "ef", "Weight": 4 }],
    }]);
    assert_eq!(convert(rules), Ok(converted));
}

#[test]
fn what_spells_nothing_is_refused_in_the_words_of_boto3() {
    let problems = convert(json!([{ "Name": "ab", "Weight": "heavy", "Enabled": 1 }]));
    let expected = "Parameter validation failed:\n\
        Invalid type for parameter Rules[0].Weight, value: heavy, type: <class 'str'>, valid types: <class 'int'>\n\
        Invalid type for parameter Rules[0].Enabled, value: 1, type: <class 'int'>, valid types: <class 'bool'>";
    assert_eq!(
        convert(json!([{ "Name": "ab" }])),
        Ok(json!([{ "Name": "ab" }]))
    );
    assert_eq!(problems, Err(expected.to_owned()));
}

#[test]
fn what_is_null_is_left_out() {
    let rules = json!([null, {
        "Name": "ab",
        "Weight": null,
        "Unknown": null,
        "Labels": { "ab": null },
        "Target": { "Arn": null, "Id": "t" },
        "Any": null,
    }]);
    let without = json!([{ "Name": "ab", "Labels": {}, "Target": { "Id": "t" } }]);
    assert_eq!(accept(rules), Ok(without));
}

#[test]
fn refusals_are_in_the_words_of_boto3() {
    for (member, value, problem) in [
        (
            "Weigth",
            json!(1),
            "Unknown parameter in Rules[0]: \"Weigth\", must be one of: Name, Weight, Share, Enabled, Since, Body, \
             Any, Count, Rate, Labels, Target, Rules",
        ),
        (
            "Weight",
            json!("1"),
            "Invalid type for parameter Rules[0].Weight, value: 1, type: <class 'str'>, valid types: <class 'int'>",
        ),
        (
            "Count",
            json!(1.5),
            "Invalid type for parameter Rules[0].Count, value: 1.5, type: <class 'float'>, valid types: <class 'int'>",
        ),
        (
            "Weight",
            json!(-1),
            "Invalid value for parameter Rules[0].Weight, value: -1, valid min value: 0",
        ),
        (
            "Share",
            json!(0.25),
            "Invalid value for parameter Rules[0].Share, value: 0.25, valid min value: 0.5",
        ),
        (
            "Rate",
            json!("much"),
            "Invalid type for parameter Rules[0].Rate, value: much, type: <class 'str'>, valid types: \
             <class 'float'>, <class 'decimal.Decimal'>, <class 'int'>",
        ),
        (
            "Enabled",
            json!("true"),
            "Invalid type for parameter Rules[0].Enabled, value: true, type: <class 'str'>, valid types: \
             <class 'bool'>",
        ),
        (
            "Since",
            json!("yesterday"),
            "Invalid type for parameter Rules[0].Since, value: yesterday, type: <class 'str'>, valid types: \
             <class 'datetime.datetime'>, timestamp-string",
        ),
        (
            "Body",
            json!({ "a": [true, null, "it's", 1] }),
            "Invalid type for parameter Rules[0].Body, value: {'a': [True, None, \"it's\", 1]}, type: <class 'dict'>, \
             valid types: <class 'bytes'>, <class 'bytearray'>, file-like object",
        ),
        (
            "Labels",
            json!({ "a": "x" }),
            "Invalid length for parameter Rules[0].Labels (key: a), value: 1, valid min length: 2",
        ),
        (
            "Labels",
            json!({ "ab": 1 }),
            "Invalid type for parameter Rules[0].Labels.ab, value: 1, type: <class 'int'>, valid types: <class 'str'>",
        ),
        (
            "Rules",
            json!([]),
            "Invalid length for parameter Rules[0].Rules, value: 0, valid min length: 1",
        ),
        (
            "Rules",
            json!([{}]),
            "Missing required parameter in Rules[0].Rules[0]: \"Name\"",
        ),
        (
            "Target",
            json!({}),
            "Must set one of the following keys for tagged union structure Rules[0].Target: Arn, Id.",
        ),
        (
            "Target",
            json!({ "Arn": "a", "Id": "i" }),
            "Invalid number of parameters set for tagged union structure Rules[0].Target. Can only set one of the \
             following keys: Arn, Id.",
        ),
    ] {
        refuses(member, value, problem);
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let problems = accept(json!([{ "Weight": "1" }, "x"])).unwrap_err();
    let lines: Vec<&str> = problems.lines().collect();
    assert_eq!(
        lines,
        [
            "Parameter validation failed:",
            "Missing required parameter in Rules[0]: \"Name\"",
            "Invalid type for parameter Rules[0].Weight, value: 1, type: <class 'str'>, valid types: <class 'int'>",
            "Invalid type for parameter Rules[1], value: x, type: <class 'str'>, valid types: <class 'dict'>",
        ]
    );
}
