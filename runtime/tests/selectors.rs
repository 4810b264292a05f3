//! Selectors with the semantics of Jayway JsonPath (spec 3.7).

#![allow(clippy::panic, reason = "helpers of tests may panic")]

use runbook_runtime::selector::{
    Filter, FilterTest, Literal, Matches, Segment, Select, Selected, Selector,
};
use runbook_runtime::value::Document;
use serde_json::json;

use FilterTest::*;
use Segment::*;

fn document() -> Document {
    json!({
        "R": [
            {"I": [{"S": {"N": "on"}, "P": 80, "Id": "i-1"}]},
            {"I": [{"S": {"N": "off"}, "P": 443, "Id": "i-2", "Old": null}]},
        ],
        "list": [0, 1, 2, 3, 4],
        "map": {"a": 1, "b": [2], "c": null},
        "text": "t",
    })
}

fn find(segments: &'static [Segment], check: impl FnOnce(&Selected)) {
    check(&document().select(&Selector::new("$", segments)));
}

#[track_caller]
fn one(segments: &'static [Segment], expected: Document) {
    find(segments, |selected| match &selected.matches {
        Matches::One(value) => assert_eq!(**value, expected),
        other => panic!("{other:?} instead of {expected}"),
    });
}

#[track_caller]
fn many(segments: &'static [Segment], expected: Document) {
    find(segments, |selected| {
        assert!(
            matches!(selected.matches, Matches::Many(_)),
            "{:?}",
            selected.matches
        );
        assert_eq!(*selected.document(), expected);
    });
}

#[track_caller]
fn nothing(segments: &'static [Segment]) {
    find(segments, |selected| {
        assert_eq!(selected.matches, Matches::None)
    });
}

const INSTANCES: [Segment; 3] = [Key("R"), Descend, Key("I")];

#[test]
fn the_empty_path_is_the_document() {
    one(&[], document());
}

#[test]
fn a_definite_path_finds_one_value() {
    one(
        &[Key("R"), Index(0), Key("I"), Index(0), Key("S"), Key("N")],
        json!("on"),
    );
    one(&[Key("map"), Key("c")], json!(null));
    one(&[Key("list"), Index(-1)], json!(4));
    one(&[Key("list"), Index(-5)], json!(0));
}

#[test]
fn a_definite_path_without_a_match_finds_nothing() {
    nothing(&[Key("R"), Index(5), Key("I")]);
    nothing(&[Key("list"), Index(-6)]);
    nothing(&[Key("list"), Index(i64::MIN)]);
    nothing(&[Key("list"), Index(i64::MAX)]);
    nothing(&[Key("list"), Key("length")]);
    nothing(&[Key("text"), Index(0)]);
    nothing(&[Key("map"), Key("c"), Key("d")]);
}

#[test]
fn a_definite_part_that_is_missing_ends_an_indefinite_path() {
    nothing(&[Key("missing"), AnyChild, Key("Id")]);
    nothing(&[Key("missing"), Descend, Key("Id")]);
    nothing(&[
        Key("text"),
        Slice {
            start: None,
            end: None,
        },
    ]);
}

#[test]
fn a_missing_element_leaves_an_indefinite_path_an_empty_list() {
    many(&[Key("R"), Index(9), Key("I"), AnyChild], json!([]));
}

#[test]
fn a_deep_scan_finds_a_list() {
    many(&[Key("R"), Descend, Key("N")], json!(["on", "off"]));
    many(
        &[
            INSTANCES[0],
            INSTANCES[1],
            INSTANCES[2],
            Index(0),
            Key("Id"),
        ],
        json!(["i-1", "i-2"]),
    );
    many(&[Descend, Key("nowhere")], json!([]));
    many(&[Descend, Key("c")], json!([null]));
}

#[test]
fn a_deep_scan_gives_parents_before_children() {
    const SCAN: Selector = Selector::new("$..a", &[Descend, Key("a")]);
    let nested = json!({"x": {"a": 1}, "a": {"a": [2, {"a": 3}]}});
    assert_eq!(
        *nested.select(&SCAN).document(),
        json!([{"a": [2, {"a": 3}]}, 1, [2, {"a": 3}], 3])
    );
}

#[test]
fn deep_any_finds_every_value() {
    many(&[Key("map"), Descend, AnyChild], json!([1, [2], null, 2]));
}

#[test]
fn a_scan_takes_indexes_of_every_list() {
    many(
        &[Key("R"), Descend, Index(0)],
        json!([
            {"I": [{"S": {"N": "on"}, "P": 80, "Id": "i-1"}]},
            {"S": {"N": "on"}, "P": 80, "Id": "i-1"},
            {"S": {"N": "off"}, "P": 443, "Id": "i-2", "Old": null},
        ]),
    );
    many(&[Key("list"), Descend, Indexes(&[0, 3])], json!([0, 3]));
}

#[test]
fn a_scan_asks_every_object_once_and_no_list() {
    const HAS_ID: Filter = Filter::new(&[Key("Id")], Exists);
    many(
        &[Descend, Segment::Filter(HAS_ID), Key("Id")],
        json!(["i-1", "i-2"]),
    );
    const HAS_R: Filter = Filter::new(&[Key("R")], Exists);
    many(
        &[Descend, Segment::Filter(HAS_R), Key("text")],
        json!(["t"]),
    );
}

#[test]
fn a_scan_for_several_keys_wants_all_of_them_in_one_object() {
    many(
        &[Descend, Keys(&["Id", "Old"])],
        json!([{"Id": "i-2", "Old": null}]),
    );
    many(
        &[Descend, Keys(&["Id", "S"]), Key("N")],
        json!(["on", "off"]),
    );
}

#[test]
fn filters_in_a_row_must_all_pass() {
    const NAMED: Filter = Filter::new(&[Key("S"), Key("N")], NotEqual(Literal::String("no")));
    const LOW: Filter = Filter::new(&[Key("P")], Less(Literal::Integer(100)));
    many(
        &[
            INSTANCES[0],
            INSTANCES[1],
            INSTANCES[2],
            Segment::Filter(NAMED),
            Segment::Filter(LOW),
            Key("Id"),
        ],
        json!(["i-1"]),
    );
}

#[test]
fn any_child_finds_elements_and_values() {
    many(
        &[Key("R"), AnyChild, Key("I"), AnyChild, Key("Id")],
        json!(["i-1", "i-2"]),
    );
    many(&[Key("map"), AnyChild], json!([1, [2], null]));
    many(&[Key("text"), AnyChild], json!([]));
    many(&[Key("R"), AnyChild, Key("missing")], json!([]));
}

#[test]
fn slices_count_from_both_ends() {
    let slice = |start, end, expected| {
        let segments: &'static [Segment] = vec![Key("list"), Slice { start, end }].leak();
        many(segments, expected);
    };
    slice(Some(1), Some(3), json!([1, 2]));
    slice(None, Some(2), json!([0, 1]));
    slice(Some(3), None, json!([3, 4]));
    slice(Some(-2), None, json!([3, 4]));
    slice(None, Some(-3), json!([0, 1]));
    slice(Some(-3), Some(-1), json!([2, 3]));
    slice(Some(-9), None, json!([0, 1, 2, 3, 4]));
    slice(Some(0), Some(9), json!([0, 1, 2, 3, 4]));
    slice(Some(3), Some(1), json!([]));
    slice(Some(1), Some(-1), json!([]));
    slice(Some(-2), Some(1), json!([3, 4, 0]));
    slice(None, Some(-9), json!([]));
    slice(Some(9), None, json!([]));
    slice(None, None, json!([0, 1, 2, 3, 4]));
    slice(
        Some(i64::MIN),
        Some(i64::MAX),
        json!([0, 1, 2, 3, 4, 0, 1, 2, 3, 4]),
    );
    slice(None, Some(i64::MIN), json!([]));
}

#[test]
fn several_indexes_find_those_that_are_there() {
    many(&[Key("list"), Indexes(&[0, -1, 9])], json!([0, 4]));
}

#[test]
fn several_keys_make_an_object_at_the_end_and_a_list_before() {
    one(
        &[Key("map"), Keys(&["b", "a", "z"])],
        json!({"b": [2], "a": 1}),
    );
    many(&[Key("map"), Keys(&["a", "b", "z"]), Index(0)], json!([2]));
    many(
        &[Key("R"), AnyChild, Key("I"), Index(0), Keys(&["Id", "P"])],
        json!([{"Id": "i-1", "P": 80}, {"Id": "i-2", "P": 443}]),
    );
}

#[test]
fn length_counts_elements_members_and_deep_matches() {
    one(&[Key("list"), Length], json!(5));
    one(&[Key("map"), Length], json!(3));
    one(&[Key("text"), Length], json!(null));
    one(&[Descend, Key("Id"), Length], json!(2));
    many(&[Key("R"), AnyChild, Key("I"), Length], json!([1, 1]));
}

#[track_caller]
fn passing(path: &'static [Segment], test: FilterTest, expected: Document) {
    let filter = Segment::Filter(Filter::new(path, test));
    many(
        vec![INSTANCES[0], INSTANCES[1], INSTANCES[2], filter, Key("Id")].leak(),
        expected,
    );
}

#[test]
fn filters_keep_the_elements_that_pass() {
    const NAME: &[Segment] = &[Key("S"), Key("N")];
    const PORT: &[Segment] = &[Key("P")];
    passing(NAME, Equal(Literal::String("on")), json!(["i-1"]));
    passing(NAME, NotEqual(Literal::String("on")), json!(["i-2"]));
    passing(PORT, Equal(Literal::Integer(80)), json!(["i-1"]));
    passing(PORT, Equal(Literal::Float(80.0)), json!(["i-1"]));
    passing(PORT, Less(Literal::Integer(443)), json!(["i-1"]));
    passing(
        PORT,
        LessOrEqual(Literal::Integer(443)),
        json!(["i-1", "i-2"]),
    );
    passing(PORT, Greater(Literal::Float(80.5)), json!(["i-2"]));
    passing(
        PORT,
        GreaterOrEqual(Literal::Integer(80)),
        json!(["i-1", "i-2"]),
    );
    passing(NAME, Less(Literal::String("on")), json!(["i-2"]));
    passing(NAME, Less(Literal::Integer(5)), json!([]));
    passing(NAME, Less(Literal::Boolean(true)), json!([]));
}

#[test]
fn filters_compare_numbers_with_their_text() {
    passing(&[Key("P")], Equal(Literal::String("80")), json!(["i-1"]));
    passing(&[Key("P")], Equal(Literal::String("eighty")), json!([]));
    passing(&[Key("S"), Key("N")], Equal(Literal::Integer(1)), json!([]));
}

#[test]
fn a_missing_value_exists_not_equals_nothing_and_differs_from_all() {
    const OLD: &[Segment] = &[Key("Old")];
    passing(OLD, Exists, json!(["i-2"]));
    passing(OLD, Equal(Literal::Null), json!(["i-2"]));
    passing(OLD, NotEqual(Literal::Null), json!(["i-1"]));
    passing(OLD, NotEqual(Literal::Boolean(true)), json!(["i-1", "i-2"]));
    passing(&[Key("No"), Key("Way")], Exists, json!([]));
}

#[test]
fn a_filter_asks_an_object_itself() {
    let filter = |key: &'static str| {
        let path: &'static [Segment] = vec![Key(key)].leak();
        Segment::Filter(Filter::new(path, Exists))
    };
    many(
        vec![Key("map"), filter("a")].leak(),
        json!([{"a": 1, "b": [2], "c": null}]),
    );
    many(vec![Key("map"), filter("z")].leak(), json!([]));
    nothing(vec![Key("text"), filter("z")].leak());
}
