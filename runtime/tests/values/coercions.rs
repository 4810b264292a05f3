//! What references become where inputs want another type (spec 3.3).

use runbook_runtime::value::{Document, InputError, Map, Required, Type, Wanted, coerce};
use serde_json::json;

use crate::{map, row, text, texts};

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
fn the_table_of_coercions() {
    let object = r#"{"a":1}"#;
    let objects = r#"[{"a":1}]"#;
    for (have, expected) in [
        (json!("x"), json!(["x", null, null, ["x"], null, null])),
        (json!("5"), json!(["5", 5, null, ["5"], null, null])),
        (
            json!("True"),
            json!(["True", null, true, ["True"], null, null]),
        ),
        (
            json!(object),
            json!([object, null, null, [object], {"a": 1}, null]),
        ),
        (
            json!(objects),
            json!([objects, null, null, [objects], null, [{"a": 1}]]),
        ),
        (json!(5), json!(["5", 5, null, ["5"], null, null])),
        (
            json!(true),
            json!(["true", null, true, ["true"], null, null]),
        ),
        (json!(["x"]), json!(["x", null, null, ["x"], null, null])),
        (json!(["5"]), json!(["5", 5, null, ["5"], null, null])),
        (
            json!(["false"]),
            json!(["false", null, false, ["false"], null, null]),
        ),
        (
            json!(["a", "b"]),
            json!([null, null, null, ["a", "b"], null, null]),
        ),
        (json!([]), json!([null, null, null, [], null, []])),
        (
            json!({"a": 1}),
            json!([object, null, null, null, {"a": 1}, [{"a": 1}]]),
        ),
        (
            json!([{"a": 1}]),
            json!([null, null, null, [object], null, [{"a": 1}]]),
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
        row(coerced, &expected, &have);
    }
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

#[track_caller]
fn mismatch<W: Wanted + std::fmt::Debug>(have: Document) {
    let error = coerce::<W>(&have, "a.b").unwrap_err();
    assert!(
        matches!(error, InputError::Mismatch { want, .. } if want == W::TYPE),
        "{error}"
    );
}
