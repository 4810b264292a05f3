//! What answers become: the outputs of each type, and desired values (spec 3.7).

use runbook_runtime::selector::{Segment, Select, Selector};
use runbook_runtime::value::{Document, FromSelected, Map, OutputError, Type, matches_desired};
use serde_json::json;

use crate::{map, row, text, texts};

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

#[test]
fn the_table_of_outputs() {
    let object = r#"{"a":1}"#;
    for (have, expected) in [
        (json!("x"), json!(["x", null, null, ["x"], null, null])),
        (json!("5"), json!(["5", 5, null, ["5"], null, null])),
        (
            json!("true"),
            json!(["true", null, true, ["true"], null, null]),
        ),
        (json!(5), json!(["5", 5, null, ["5"], null, null])),
        (json!(1.5), json!(["1.5", null, null, null, null, null])),
        (
            json!(true),
            json!(["true", null, true, ["true"], null, null]),
        ),
        (json!(["x"]), json!(["x", null, null, ["x"], null, null])),
        (json!([5]), json!(["5", 5, null, ["5"], null, null])),
        (
            json!([true]),
            json!(["true", null, true, ["true"], null, null]),
        ),
        (
            json!(["a", 1]),
            json!([null, null, null, ["a", "1"], null, null]),
        ),
        (
            json!({"a": 1}),
            json!([object, null, null, null, {"a": 1}, null]),
        ),
        (
            json!([{"a": 1}]),
            json!([null, null, null, [object], null, [{"a": 1}]]),
        ),
        (
            json!([{"a": 1}, 2]),
            json!([null, null, null, [object, "2"], null, null]),
        ),
        (json!(null), json!([null, null, null, null, null, null])),
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
        row(converted, &expected, &have);
    }
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
