//! Conversion, coercion, text, encoding, parameters, desired values, durations and instants.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests may panic"
)]

use std::time::Duration;

use runbook_runtime::duration::{TimeError, parse_duration, parse_instant};
use runbook_runtime::selector::{Segment, Select, Selector};
use runbook_runtime::value::{
    Document, Encode, FromSelected, InputError, Map, OutputError, Required, Text, Type, Wanted,
    coerce, matches_desired, parse_parameter,
};
use serde_json::json;

const X: Selector = Selector::new("$.x", &[Segment::Key("x")]);
const DEEP: Selector = Selector::new("$..y", &[Segment::Descend, Segment::Key("y")]);

fn convert<T: FromSelected>(value: Document) -> Result<Option<T>, OutputError> {
    json!({ "x": value }).select(&X).convert()
}

#[track_caller]
fn converts<T: FromSelected + PartialEq + std::fmt::Debug>(value: Document, expected: T) {
    assert_eq!(convert::<T>(value), Ok(Some(expected)));
}

#[track_caller]
fn refuses<T: FromSelected + std::fmt::Debug>(value: Document) {
    assert_eq!(convert::<T>(value).unwrap_err().wanted, T::TYPE);
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}

fn map(value: Document) -> Map {
    value.as_object().unwrap().clone()
}

#[test]
fn types_have_the_names_of_the_language() {
    assert_eq!(Type::StringList.to_string(), "StringList");
    assert_eq!(
        serde_json::to_value(Type::MapList).unwrap(),
        json!("MapList")
    );
}

#[test]
fn outputs_of_type_string() {
    converts(json!("a"), text("a"));
    converts(json!(3), text("3"));
    converts(json!(u64::MAX), text("18446744073709551615"));
    converts(json!(true), text("true"));
    converts(json!(1.5), text("1.5"));
    converts(json!(1e21), text("1000000000000000000000.0"));
    converts(json!(["a"]), text("a"));
    converts(json!([7]), text("7"));
    converts(json!({"b": 1, "a": [2]}), text(r#"{"b":1,"a":[2]}"#));
    refuses::<String>(json!(["a", "b"]));
    refuses::<String>(json!([]));
    refuses::<String>(json!([{"a": 1}]));
}

#[test]
fn outputs_of_type_integer() {
    converts(json!(3), 3);
    converts(json!("-3"), -3);
    converts(json!([3]), 3);
    converts(json!(1.0), 1);
    converts(json!(-2e3), -2000);
    for value in [
        json!("three"),
        json!(true),
        json!(1.5),
        json!(1e19),
        json!([1, 2]),
        json!({}),
        json!(u64::MAX),
    ] {
        refuses::<i64>(value);
    }
}

#[test]
fn outputs_of_type_boolean() {
    converts(json!(false), false);
    converts(json!("true"), true);
    converts(json!("False"), false);
    converts(json!([true]), true);
    for value in [json!("yes"), json!(1), json!([]), json!({})] {
        refuses::<bool>(value);
    }
}

#[test]
fn outputs_of_type_string_list() {
    converts(json!("a"), texts(&["a"]));
    converts(json!(3), texts(&["3"]));
    converts(json!(true), texts(&["true"]));
    converts(json!([]), texts(&[]));
    converts(
        json!(["a", 1, true, null, {"k": 1}]),
        texts(&["a", "1", "true", r#"{"k":1}"#]),
    );
    refuses::<Vec<String>>(json!({"a": 1}));
    refuses::<Vec<String>>(json!(1.5));
}

#[test]
fn outputs_of_the_map_types() {
    converts(json!({"a": [1]}), map(json!({"a": [1]})));
    converts(json!([{"a": 1}]), vec![map(json!({"a": 1}))]);
    converts(json!([]), Vec::<Map>::new());
    for value in [json!("{}"), json!([{}]), json!(1), json!(true)] {
        refuses::<Map>(value);
    }
    for value in [json!("[]"), json!({}), json!([{}, 1]), json!(1)] {
        refuses::<Vec<Map>>(value);
    }
}

#[test]
fn nothing_found_is_an_absent_output() {
    assert_eq!(convert::<String>(json!(null)), Ok(None));
    let empty = json!({});
    assert_eq!(empty.select(&X).convert::<Map>(), Ok(None));
    assert_eq!(empty.select(&DEEP).convert::<String>(), Ok(None));
    assert_eq!(empty.select(&DEEP).convert::<i64>(), Ok(None));
    assert_eq!(
        empty.select(&DEEP).convert::<Vec<String>>(),
        Ok(Some(vec![]))
    );
}

#[test]
fn an_indefinite_path_with_one_match_gives_the_element() {
    let answer = json!([{"y": "on"}, {"z": "off"}]);
    assert_eq!(
        answer.select(&DEEP).convert::<String>(),
        Ok(Some(text("on")))
    );
}

#[test]
fn an_output_that_is_not_convertible_names_what_was_found() {
    let error = convert::<i64>(json!(["a", "b"])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the selector `$.x` found a list of 2 elements, which cannot become Integer"
    );
}

#[track_caller]
fn mismatch<W: Wanted + std::fmt::Debug>(have: Document) {
    let error = coerce::<W>(&have, "a.b").unwrap_err();
    assert!(
        matches!(error, InputError::Mismatch { want, .. } if want == W::TYPE),
        "{error}"
    );
}

#[test]
fn a_text_is_read_as_what_the_input_wants() {
    let have = |value: &str| value.to_owned();
    assert_eq!(coerce::<String>(&have("a"), "p"), Ok(text("a")));
    assert_eq!(coerce::<i64>(&have("12"), "p"), Ok(12));
    assert_eq!(coerce::<bool>(&have("True"), "p"), Ok(true));
    assert_eq!(coerce::<Vec<String>>(&have("a"), "p"), Ok(texts(&["a"])));
    assert_eq!(
        coerce::<Map>(&have(r#"{"a":1}"#), "p"),
        Ok(map(json!({"a": 1})))
    );
    assert_eq!(
        coerce::<Vec<Map>>(&have(r#"[{"a":1}]"#), "p"),
        Ok(vec![map(json!({"a": 1}))])
    );
    mismatch::<i64>(json!("many"));
    mismatch::<bool>(json!("yes"));
    mismatch::<Map>(json!("[]"));
    mismatch::<Vec<Map>>(json!("[1]"));
}

#[test]
fn numbers_and_booleans_become_text_and_lists_only() {
    assert_eq!(coerce::<String>(&3, "p"), Ok(text("3")));
    assert_eq!(coerce::<Vec<String>>(&3, "p"), Ok(texts(&["3"])));
    assert_eq!(coerce::<String>(&true, "p"), Ok(text("true")));
    assert_eq!(coerce::<Vec<String>>(&true, "p"), Ok(texts(&["true"])));
    assert_eq!(coerce::<i64>(&3, "p"), Ok(3));
    assert_eq!(coerce::<bool>(&false, "p"), Ok(false));
    mismatch::<bool>(json!(1));
    mismatch::<i64>(json!(true));
    mismatch::<Map>(json!(1));
    mismatch::<Vec<Map>>(json!(true));
}

#[test]
fn a_list_with_one_scalar_stands_for_it() {
    assert_eq!(coerce::<String>(&texts(&["a"]), "p"), Ok(text("a")));
    assert_eq!(coerce::<i64>(&texts(&["3"]), "p"), Ok(3));
    assert_eq!(coerce::<bool>(&texts(&["true"]), "p"), Ok(true));
    assert_eq!(
        coerce::<Vec<String>>(&texts(&["a", "b"]), "p"),
        Ok(texts(&["a", "b"]))
    );
    for list in [json!([]), json!(["a", "b"]), json!([{"a": 1}])] {
        mismatch::<String>(list.clone());
        mismatch::<i64>(list.clone());
        mismatch::<bool>(list.clone());
        mismatch::<Map>(list);
    }
    mismatch::<Vec<Map>>(json!(["a"]));
}

#[test]
fn a_map_becomes_json_text_or_a_list_of_itself() {
    let have = map(json!({"b": 1, "a": 2}));
    assert_eq!(coerce::<String>(&have, "p"), Ok(text(r#"{"b":1,"a":2}"#)));
    assert_eq!(coerce::<Map>(&have, "p"), Ok(have.clone()));
    assert_eq!(coerce::<Vec<Map>>(&have, "p"), Ok(vec![have.clone()]));
    assert_eq!(
        coerce::<Vec<Map>>(&vec![have.clone()], "p"),
        Ok(vec![have.clone()])
    );
    mismatch::<i64>(json!(have));
    mismatch::<Vec<String>>(json!(have));
}

#[test]
fn a_mismatch_names_the_reference() {
    let error = coerce::<String>(&texts(&["a", "b", "c"]), "look.Ids").unwrap_err();
    assert_eq!(
        error.to_string(),
        "`look.Ids` is a list of 3 elements, but String is wanted"
    );
    let long = "x".repeat(50);
    let error = coerce::<i64>(&long, "p").unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "`p` is the text \"{}\"…, but Integer is wanted",
            &long[..40]
        )
    );
}

#[test]
fn a_required_value_is_there_or_named() {
    assert_eq!(Some(3).required("a.b"), Ok(&3));
    let error = None::<String>.required("ecs.taskArn").unwrap_err();
    assert_eq!(
        error,
        InputError::Missing {
            reference: text("ecs.taskArn")
        }
    );
    assert_eq!(error.to_string(), "`ecs.taskArn` has no value");
}

#[test]
fn values_inside_text() {
    assert_eq!("a\"b".text(), "a\"b");
    assert_eq!(text("a").text(), "a");
    assert_eq!(3.text(), "3");
    assert_eq!(true.text(), "true");
    assert_eq!(texts(&["a", "b"]).text(), r#"["a","b"]"#);
    assert_eq!(map(json!({"b": 1, "a": "x"})).text(), r#"{"b":1,"a":"x"}"#);
    assert_eq!(vec![map(json!({"a": 1}))].text(), r#"[{"a":1}]"#);
    assert_eq!(json!(null).text(), "null");
}

#[test]
fn values_in_the_record() {
    assert_eq!(text("a").encode(), ["a"]);
    assert_eq!(0.encode(), ["0"]);
    assert_eq!(true.encode(), ["true"]);
    assert_eq!(texts(&["a", "b"]).encode(), ["a", "b"]);
    assert_eq!(map(json!({"a": 1})).encode(), [r#"{"a":1}"#]);
    assert_eq!(
        vec![map(json!({"a": 1})), Map::new()].encode(),
        [r#"{"a":1}"#, "{}"]
    );
    assert_eq!(json!(["a", 1, {"b": 2}]).encode(), ["a", "1", r#"{"b":2}"#]);
    assert_eq!(json!(null).encode(), Vec::<String>::new());
}

#[track_caller]
fn parameter(wanted: Type, supplied: Document, expected: Document) {
    assert_eq!(parse_parameter(wanted, &supplied), Ok(expected));
}

#[track_caller]
fn no_parameter(wanted: Type, supplied: Document) {
    parse_parameter(wanted, &supplied).unwrap_err();
}

#[test]
fn scalar_parameters() {
    parameter(Type::String, json!("a"), json!("a"));
    parameter(Type::String, json!(["a"]), json!("a"));
    parameter(Type::String, json!("[1]"), json!("[1]"));
    no_parameter(Type::String, json!(1));
    parameter(Type::Integer, json!(3), json!(3));
    parameter(Type::Integer, json!("3"), json!(3));
    parameter(Type::Integer, json!(["-3"]), json!(-3));
    no_parameter(Type::Integer, json!("3.5"));
    no_parameter(Type::Integer, json!(3.5));
    parameter(Type::Boolean, json!(true), json!(true));
    parameter(Type::Boolean, json!("FALSE"), json!(false));
    parameter(Type::Boolean, json!(["true"]), json!(true));
    no_parameter(Type::Boolean, json!(1));
    no_parameter(Type::Boolean, json!("yes"));
}

#[test]
fn list_parameters() {
    parameter(Type::StringList, json!(["a", "b"]), json!(["a", "b"]));
    parameter(Type::StringList, json!("a"), json!(["a"]));
    parameter(Type::StringList, json!("[abc]"), json!(["[abc]"]));
    parameter(Type::StringList, json!(r#"["a","b"]"#), json!(["a", "b"]));
    parameter(Type::StringList, json!([r#"["a","b"]"#]), json!(["a", "b"]));
    parameter(Type::StringList, json!([]), json!([]));
    no_parameter(Type::StringList, json!([1]));
    no_parameter(Type::StringList, json!({}));
}

#[test]
fn map_parameters() {
    parameter(Type::StringMap, json!({"a": [1]}), json!({"a": [1]}));
    parameter(Type::StringMap, json!(r#"{"a":1}"#), json!({"a": 1}));
    parameter(Type::StringMap, json!([r#"{"a":1}"#]), json!({"a": 1}));
    no_parameter(Type::StringMap, json!("a"));
    parameter(Type::MapList, json!([{"a": 1}]), json!([{"a": 1}]));
    parameter(Type::MapList, json!({"a": 1}), json!([{"a": 1}]));
    parameter(Type::MapList, json!(r#"[{"a":1}]"#), json!([{"a": 1}]));
    parameter(Type::MapList, json!(r#"{"a":1}"#), json!([{"a": 1}]));
    parameter(
        Type::MapList,
        json!([r#"[{"a":1},{}]"#]),
        json!([{"a": 1}, {}]),
    );
    parameter(
        Type::MapList,
        json!([r#"{"a":1}"#, r#"{"b":2}"#]),
        json!([{"a": 1}, {"b": 2}]),
    );
    parameter(Type::MapList, json!([]), json!([]));
    no_parameter(Type::MapList, json!("a"));
    no_parameter(Type::MapList, json!([1]));
}

#[test]
fn nothing_supplied_is_null() {
    for wanted in [Type::String, Type::Integer, Type::Boolean, Type::StringMap] {
        parameter(wanted, json!([]), json!(null));
        parameter(wanted, json!(null), json!(null));
    }
}

#[test]
fn a_refused_parameter_says_how_it_is_written() {
    let message = |wanted, supplied| parse_parameter(wanted, &supplied).unwrap_err().to_string();
    assert_eq!(
        message(Type::String, json!(5)),
        "the number 5 is not a String (numbers and Booleans need quotes)"
    );
    assert_eq!(
        message(Type::Integer, json!(["1", "2"])),
        "2 values are given, but Integer takes one"
    );
}

#[test]
fn desired_values() {
    let matches = |value: Document, desired: &[&str]| {
        matches_desired(&json!({ "x": value }).select(&X), &texts(desired))
    };
    assert!(matches(json!("running"), &["stopped", "running"]));
    assert!(!matches(json!("Running"), &["running"]));
    assert!(matches(json!(true), &["True"]) && matches(json!(true), &["true"]));
    assert!(!matches(json!(true), &["False"]));
    assert!(matches(json!(80), &["80"]) && matches(json!(1.0), &["1.0"]));
    assert!(matches(json!(["a", "b", "a"]), &["a", "b"]));
    assert!(!matches(json!(["a", "c"]), &["a", "b"]));
    assert!(matches(json!(["a"]), &["a"]));
    assert!(!matches(json!([]), &["a", ""]));
    assert!(matches(json!([]), &["[]"]) && !matches(json!(["a"]), &["[]"]));
    assert!(!matches(json!(null), &["null", "None", ""]));
    assert!(!matches(json!({}), &["{}"]));
    assert!(!matches_desired(
        &json!({}).select(&X),
        &texts(&["null", ""])
    ));
    assert!(!matches_desired(
        &json!({}).select(&DEEP),
        &texts(&["[]", ""])
    ));
}

#[test]
fn durations() {
    let seconds = |text| parse_duration(text).map(|length| length.as_secs_f64());
    assert_eq!(seconds("PT10M"), Ok(600.0));
    assert_eq!(seconds("P1DT2H"), Ok(93_600.0));
    assert_eq!(seconds("PT0S"), Ok(0.0));
    assert_eq!(seconds(" PT1.5S "), Ok(1.5));
    assert_eq!(
        parse_duration("PT604799S"),
        Ok(Duration::from_secs(604_799))
    );
    for text in ["", "P", "10m", "10", "PT", "1h PT1S", "PT1X", "é"] {
        assert_eq!(
            parse_duration(text),
            Err(TimeError::NotADuration(text.to_owned()))
        );
    }
    assert_eq!(
        parse_duration("-PT1S"),
        Err(TimeError::Negative(text("-PT1S")))
    );
    assert_eq!(parse_duration("P1M"), Err(TimeError::Calendar(text("P1M"))));
    assert_eq!(
        parse_duration("P1Y2D"),
        Err(TimeError::Calendar(text("P1Y2D")))
    );
    assert_eq!(parse_duration("P7D"), Err(TimeError::TooLong(text("P7D"))));
    assert_eq!(parse_duration("P2W"), Err(TimeError::TooLong(text("P2W"))));
    assert_eq!(
        parse_duration("PT604799.1S"),
        Err(TimeError::TooLong(text("PT604799.1S")))
    );
}

#[test]
fn instants() {
    let instant = |text| parse_instant(text).map(|instant| instant.to_string());
    assert_eq!(
        instant("2030-01-31T08:00:00Z"),
        Ok(text("2030-01-31T08:00:00Z"))
    );
    assert_eq!(
        instant("2030-01-31T08:00:00+02:00"),
        Ok(text("2030-01-31T06:00:00Z"))
    );
    assert_eq!(
        instant("2030-01-31T08:00:00"),
        Ok(text("2030-01-31T08:00:00Z"))
    );
    assert_eq!(instant("2030-01-31"), Ok(text("2030-01-31T00:00:00Z")));
    for wrong in ["", "tomorrow", "08:00", "2030-13-01T00:00:00Z"] {
        assert_eq!(
            parse_instant(wrong),
            Err(TimeError::NotAnInstant(text(wrong)))
        );
    }
}

/// What a value becomes, type by type in the order of the tables: String, Integer, Boolean, StringList, StringMap,
/// MapList; null where it becomes nothing.
type Row = [Document; 6];

#[track_caller]
fn row(become_of: impl Fn(Type) -> Option<Document>, expected: Row, have: &Document) {
    let types = [
        Type::String,
        Type::Integer,
        Type::Boolean,
        Type::StringList,
        Type::StringMap,
        Type::MapList,
    ];
    for (wanted, expected) in types.into_iter().zip(expected) {
        let found = become_of(wanted).unwrap_or_default();
        assert_eq!(found, expected, "{have} as {wanted}");
    }
}

#[test]
fn the_table_of_coercions() {
    let no = || Document::Null;
    let object = r#"{"a":1}"#;
    let objects = r#"[{"a":1}]"#;
    for (have, expected) in [
        (
            json!("x"),
            [json!("x"), no(), no(), json!(["x"]), no(), no()],
        ),
        (
            json!("5"),
            [json!("5"), json!(5), no(), json!(["5"]), no(), no()],
        ),
        (
            json!("True"),
            [
                json!("True"),
                no(),
                json!(true),
                json!(["True"]),
                no(),
                no(),
            ],
        ),
        (
            json!(object),
            [
                json!(object),
                no(),
                no(),
                json!([object]),
                json!({"a": 1}),
                no(),
            ],
        ),
        (
            json!(objects),
            [
                json!(objects),
                no(),
                no(),
                json!([objects]),
                no(),
                json!([{"a": 1}]),
            ],
        ),
        (
            json!(5),
            [json!("5"), json!(5), no(), json!(["5"]), no(), no()],
        ),
        (
            json!(true),
            [
                json!("true"),
                no(),
                json!(true),
                json!(["true"]),
                no(),
                no(),
            ],
        ),
        (
            json!(["x"]),
            [json!("x"), no(), no(), json!(["x"]), no(), no()],
        ),
        (
            json!(["5"]),
            [json!("5"), json!(5), no(), json!(["5"]), no(), no()],
        ),
        (
            json!(["false"]),
            [
                json!("false"),
                no(),
                json!(false),
                json!(["false"]),
                no(),
                no(),
            ],
        ),
        (
            json!(["a", "b"]),
            [no(), no(), no(), json!(["a", "b"]), no(), no()],
        ),
        (json!([]), [no(), no(), no(), json!([]), no(), json!([])]),
        (
            json!({"a": 1}),
            [
                json!(object),
                no(),
                no(),
                no(),
                json!({"a": 1}),
                json!([{"a": 1}]),
            ],
        ),
        (
            json!([{"a": 1}]),
            [no(), no(), no(), json!([object]), no(), json!([{"a": 1}])],
        ),
    ] {
        let coerced = |wanted| match wanted {
            Type::String => coerce::<String>(&have, "x").ok().map(Document::from),
            Type::Integer => coerce::<i64>(&have, "x").ok().map(Document::from),
            Type::Boolean => coerce::<bool>(&have, "x").ok().map(Document::from),
            Type::StringList => coerce::<Vec<String>>(&have, "x").ok().map(Document::from),
            Type::StringMap => coerce::<Map>(&have, "x").ok().map(Document::from),
            Type::MapList => coerce::<Vec<Map>>(&have, "x").ok().map(Document::from),
        };
        row(coerced, expected, &have);
    }
}

#[test]
fn the_table_of_outputs() {
    let no = || Document::Null;
    let object = r#"{"a":1}"#;
    for (have, expected) in [
        (
            json!("x"),
            [json!("x"), no(), no(), json!(["x"]), no(), no()],
        ),
        (
            json!("5"),
            [json!("5"), json!(5), no(), json!(["5"]), no(), no()],
        ),
        (
            json!("true"),
            [
                json!("true"),
                no(),
                json!(true),
                json!(["true"]),
                no(),
                no(),
            ],
        ),
        (
            json!(5),
            [json!("5"), json!(5), no(), json!(["5"]), no(), no()],
        ),
        (json!(1.5), [json!("1.5"), no(), no(), no(), no(), no()]),
        (
            json!(true),
            [
                json!("true"),
                no(),
                json!(true),
                json!(["true"]),
                no(),
                no(),
            ],
        ),
        (
            json!(["x"]),
            [json!("x"), no(), no(), json!(["x"]), no(), no()],
        ),
        (
            json!([5]),
            [json!("5"), json!(5), no(), json!(["5"]), no(), no()],
        ),
        (
            json!([true]),
            [
                json!("true"),
                no(),
                json!(true),
                json!(["true"]),
                no(),
                no(),
            ],
        ),
        (
            json!(["a", 1]),
            [no(), no(), no(), json!(["a", "1"]), no(), no()],
        ),
        (
            json!({"a": 1}),
            [json!(object), no(), no(), no(), json!({"a": 1}), no()],
        ),
        (
            json!([{"a": 1}]),
            [no(), no(), no(), json!([object]), no(), json!([{"a": 1}])],
        ),
        (
            json!([{"a": 1}, 2]),
            [no(), no(), no(), json!([object, "2"]), no(), no()],
        ),
        (json!(null), [no(), no(), no(), no(), no(), no()]),
    ] {
        let converted = |wanted| match wanted {
            Type::String => convert::<String>(have.clone()).ok()?.map(Document::from),
            Type::Integer => convert::<i64>(have.clone()).ok()?.map(Document::from),
            Type::Boolean => convert::<bool>(have.clone()).ok()?.map(Document::from),
            Type::StringList => convert::<Vec<String>>(have.clone())
                .ok()?
                .map(Document::from),
            Type::StringMap => convert::<Map>(have.clone()).ok()?.map(Document::from),
            Type::MapList => convert::<Vec<Map>>(have.clone()).ok()?.map(Document::from),
        };
        row(converted, expected, &have);
    }
}
