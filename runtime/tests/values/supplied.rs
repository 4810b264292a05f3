//! Parameters as they are supplied (spec 2.3).

use runbook_runtime::value::{Document, Type, parse_parameter};
use serde_json::json;

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

#[track_caller]
fn parameter(wanted: Type, supplied: Document, expected: Document) {
    assert_eq!(parse_parameter(wanted, &supplied), Ok(expected));
}

#[track_caller]
fn no_parameter(wanted: Type, supplied: Document) {
    parse_parameter(wanted, &supplied).unwrap_err();
}
