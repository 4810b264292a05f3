//! Values in texts and in the record, and the names of types.

use runbook_runtime::value::{Encode, Map, Text, Type};
use serde_json::json;

use crate::{map, text, texts};

#[test]
fn types_have_the_names_of_the_language() {
    assert_eq!(Type::StringList.to_string(), "StringList");
    assert_eq!(
        serde_json::to_value(Type::MapList).unwrap(),
        json!("MapList")
    );
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
