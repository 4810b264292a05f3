//! Selectors find what RFC 9535 says, wherever the dialect of the service (spec 3.7, Jayway JsonPath) and the RFC mean
//! the same: random paths over random documents, through the compiler's parser and the runtime's evaluation, compared
//! with a crate that knows nothing but the RFC.
//!
//! Left out, because there the dialect is another one:
//!
//! - `&&`, `||` and `!` in filters, and steps of slices: the service has none, so they are not parsed.
//! - `.length()`, which the RFC does not have.
//! - Several keys at the end of a path: in Jayway one object that holds them. Before the end they are compared.
//! - Slices of one bound from the front and one from the back: in Jayway each index counts by itself, so that `[1:-1]`
//!   is empty.
//! - A filter that meets an object: Jayway asks the object itself, the RFC its values. Behind `..` that is always so.
//! - `<=` and `>=` with `true`, `false` or `null`: the RFC calls equal values ordered, Jayway does not.
//! - Texts that read as numbers: in Jayway `'1'` equals `1`.

use jsonpath_rust::JsonPath;
use proptest::prelude::{BoxedStrategy, Just, Strategy, prop_assert_eq, prop_oneof, proptest};
use proptest::test_runner::{Config, RngSeed};
use runbook_runtime::selector::{Filter, FilterTest, Literal, Matches, Segment, Select, Selector};
use runbookc::diagnostic::Diagnostics;
use runbookc::source::{Source, Spanned};
use runbookc::syntax::selector as parsed;
use runbookc::{document, syntax};
use serde_json::{Value, json};

proptest! {
    #![proptest_config(Config { cases: 8_000, failure_persistence: None, rng_seed: RngSeed::Fixed(9_535), ..Config::default() })]

    #[test]
    fn random_selectors_find_what_the_rfc_says(document in value(5), path in path()) {
        if path.meets_an_object(&document) {
            return Ok(());
        }
        let expected = by_the_rfc(&document, &path.text());
        prop_assert_eq!(sorted(ours(&document, &path.text())), sorted(expected), "{}", path.text());
    }
}

/// The paths of published runbooks, and those of every kind of segment, over one document.
#[test]
fn selectors_of_every_kind_find_what_the_rfc_says() {
    let document = json!({
        "Reservations": [
            { "Instances": [
                { "InstanceId": "i-1", "State": { "Name": "running" }, "Tags": [{ "Key": "team", "Value": "a" }] },
                { "InstanceId": "i-2", "State": { "Name": "stopped" }, "Platform": null },
            ] },
            { "Instances": [] },
        ],
        "a.b": { "c d": [0, 1, 2, 3, 4] },
    });
    for path in [
        "$",
        "$.Reservations[0].Instances[0].InstanceId",
        "$.Reservations[-1].Instances",
        "$.Reservations[7].Instances",
        "$.Reservations..InstanceId",
        "$..Tags[0].Value",
        "$..Tags..Key",
        "$.Reservations[*].Instances[*].State.Name",
        "$.Reservations[0].Instances[?(@.State.Name == 'running')].InstanceId",
        "$.Reservations[0].Instances[?(@.State.Name != 'running')].InstanceId",
        "$.Reservations[0].Instances[?(@.Platform)].InstanceId",
        "$.Reservations[0].Instances[?(@.Platform == null)].InstanceId",
        "$['a.b']['c d'][1:3]",
        "$['a.b']['c d'][-2:]",
        "$['a.b']['c d'][:-2]",
        "$['a.b']['c d'][:2]",
        "$['a.b']['c d'][3:9]",
        "$['a.b']['c d'][0,-1,9]",
        "$['a.b']['c d'][?(@ > 2)]",
        "$['a.b'][*][1]",
        "$..*",
    ] {
        assert_eq!(
            sorted(ours(&document, path)),
            sorted(by_the_rfc(&document, path)),
            "{path}"
        );
    }
}

/// One or two segments as they are written, and whether they are a filter.
#[derive(Clone, Debug)]
struct Written {
    text: String,
    is_filter: bool,
}

/// A path as it is written.
#[derive(Clone, Debug)]
struct Path(Vec<Written>);

impl Path {
    fn text(&self) -> String {
        let segments = self.0.iter().map(|segment| segment.text.as_str());
        std::iter::once("$").chain(segments).collect()
    }

    /// Whether a filter is asked of an object in this document.
    fn meets_an_object(&self, document: &Value) -> bool {
        let filters = self.0.iter().enumerate();
        let mut filters = filters.filter(|(_, segment)| segment.is_filter);
        filters.any(|(position, _)| {
            let before = Self(self.0.iter().take(position).cloned().collect());
            by_the_rfc(document, &before.text())
                .iter()
                .any(Value::is_object)
        })
    }
}

const KEYS: [&str; 3] = ["a", "Id", "c d"];

fn key() -> BoxedStrategy<String> {
    proptest::sample::select(&KEYS[..])
        .prop_map(str::to_owned)
        .boxed()
}

fn scalar() -> BoxedStrategy<Value> {
    prop_oneof![
        Just(Value::Null),
        proptest::bool::ANY.prop_map(Value::from),
        (-3_i64..4).prop_map(Value::from),
        Just(json!(1.5)),
        Just(json!(-0.25)),
        proptest::sample::select(&["", "x", "xy", "Z"][..]).prop_map(Value::from),
    ]
    .boxed()
}

/// A document, whose lists and maps are small and deep, so that paths lead somewhere.
fn value(depth: u32) -> BoxedStrategy<Value> {
    let Some(deeper) = depth.checked_sub(1) else {
        return scalar();
    };
    let inner = value(deeper);
    let list = proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from);
    let map = proptest::collection::btree_map(key(), inner, 0..4);
    let map = map.prop_map(|map| Value::Object(map.into_iter().collect()));
    prop_oneof![1 => scalar(), 4 => list, 5 => map].boxed()
}

fn path() -> BoxedStrategy<Path> {
    let segments = proptest::collection::vec(segment(), 0..4);
    (segments, ending())
        .prop_map(|(mut segments, ending)| {
            segments.extend(ending);
            Path(segments)
        })
        .boxed()
}

/// What can stand anywhere.
fn segment() -> BoxedStrategy<Written> {
    let plain = |text: BoxedStrategy<String>| {
        text.prop_map(|text| Written {
            text,
            is_filter: false,
        })
    };
    let scan = key().prop_map(|key| Written {
        text: format!("..['{key}']"),
        is_filter: false,
    });
    let filter = filter().prop_map(|text| Written {
        text,
        is_filter: true,
    });
    prop_oneof![
        4 => plain(key().prop_map(|key| format!("['{key}']")).boxed()),
        2 => plain(Just(".a".to_owned()).boxed()),
        3 => plain((-2_i64..3).prop_map(|index| format!("[{index}]")).boxed()),
        1 => plain(indexes()),
        1 => plain(slice()),
        2 => plain(Just("[*]".to_owned()).boxed()),
        2 => scan,
        1 => plain(Just("..*".to_owned()).boxed()),
        2 => filter,
    ]
    .boxed()
}

/// What can stand only before another segment, with that segment; or nothing.
fn ending() -> BoxedStrategy<Vec<Written>> {
    let plain = |text: String| Written {
        text,
        is_filter: false,
    };
    let keys =
        (key(), key(), key()).prop_filter("each key once", |(first, second, _)| first != second);
    let keys = keys.prop_map(move |(first, second, after)| {
        vec![
            plain(format!("['{first}','{second}']")),
            plain(format!("['{after}']")),
        ]
    });
    let deep = prop_oneof![
        (-3_i64..4).prop_map(|index| format!("..[{index}]")),
        slice().prop_map(|slice| format!("..{slice}")),
    ];
    prop_oneof![
        4 => Just(Vec::new()),
        1 => keys,
        1 => deep.prop_map(move |text| vec![plain(text)]),
    ]
    .boxed()
}

fn indexes() -> BoxedStrategy<String> {
    proptest::collection::vec(-3_i64..4, 2..4)
        .prop_map(|indexes| {
            let indexes: Vec<String> = indexes.iter().map(i64::to_string).collect();
            format!("[{}]", indexes.join(","))
        })
        .boxed()
}

fn slice() -> BoxedStrategy<String> {
    prop_oneof![
        (0_i64..4, 0_i64..5).prop_map(|(from, to)| format!("[{from}:{to}]")),
        (-4_i64..0, -4_i64..0).prop_map(|(from, to)| format!("[{from}:{to}]")),
        (-4_i64..4).prop_map(|from| format!("[{from}:]")),
        (-4_i64..4).prop_map(|to| format!("[:{to}]")),
    ]
    .boxed()
}

fn filter() -> BoxedStrategy<String> {
    let left = prop_oneof![
        Just("@".to_owned()),
        key().prop_map(|key| format!("@['{key}']")),
        Just("@.a".to_owned()),
        (key(), key()).prop_map(|(first, second)| format!("@['{first}']['{second}']")),
        (-2_i64..3).prop_map(|index| format!("@[{index}]")),
    ];
    let compared = prop_oneof![
        comparison(
            &["==", "!="],
            &["true", "false", "null", "'x'", "'Z'", "1", "1.5", "-2"]
        ),
        comparison(
            &["<", ">"],
            &["'x'", "'Z'", "1", "1.5", "-2", "true", "null"]
        ),
        comparison(&["<=", ">="], &["'x'", "'Z'", "1", "1.5", "-2"]),
    ];
    let test = prop_oneof![1 => Just(String::new()), 5 => compared];
    (left, test)
        .prop_map(|(left, test)| format!("[?({left}{test})]"))
        .boxed()
}

fn comparison(operators: &'static [&str], literals: &'static [&str]) -> BoxedStrategy<String> {
    let (operators, literals) = (
        proptest::sample::select(operators),
        proptest::sample::select(literals),
    );
    (operators, literals)
        .prop_map(|(operator, literal)| format!(" {operator} {literal}"))
        .boxed()
}

#[track_caller]
fn by_the_rfc(document: &Value, path: &str) -> Vec<Value> {
    let found = document.query(path);
    let found = found.unwrap_or_else(|error| panic!("{path}: {error}"));
    found.into_iter().cloned().collect()
}

/// What a selector of a runbook finds.
#[track_caller]
fn ours(document: &Value, path: &str) -> Vec<Value> {
    let segments = parse(path)
        .into_iter()
        .map(|segment| constant(&segment.value));
    let segments: Vec<Segment> = segments.collect();
    // Selectors are constants in generated code.
    let selector = Selector::new("$", segments.leak());
    match document.select(&selector).matches {
        Matches::None => Vec::new(),
        Matches::One(value) => vec![value.into_owned()],
        Matches::Many(values) => values.into_iter().map(|value| value.into_owned()).collect(),
    }
}

#[track_caller]
fn parse(path: &str) -> Vec<Spanned<parsed::SelectorSegment>> {
    let runbook = json!({
        "schemaVersion": "0.3",
        "mainSteps": [{
            "name": "a",
            "action": "aws:executeAwsApi",
            "inputs": {},
            "outputs": [{ "Name": "b", "Selector": path }],
        }],
    });
    let source = Source::new("selector.json", runbook.to_string());
    let mut diagnostics = Diagnostics::default();
    let tree = syntax::parse(&source, &mut diagnostics).expect("JSON is read");
    let document = document::read(&tree, &mut diagnostics);
    let output = document.steps.first().and_then(|step| step.outputs.first());
    let selector = output.and_then(|output| output.selector.clone());
    let found: Vec<_> = diagnostics.iter().map(|found| &found.label).collect();
    selector
        .unwrap_or_else(|| panic!("{path}: {found:?}"))
        .value
        .segments
}

fn constant(segment: &parsed::SelectorSegment) -> Segment {
    match segment {
        parsed::SelectorSegment::Key(key) => Segment::Key(key.clone().leak()),
        parsed::SelectorSegment::Keys(keys) => {
            let keys = keys.iter().map(|key| &*key.clone().leak());
            Segment::Keys(keys.collect::<Vec<_>>().leak())
        }
        parsed::SelectorSegment::Index(index) => Segment::Index(*index),
        parsed::SelectorSegment::Indexes(indexes) => Segment::Indexes(indexes.clone().leak()),
        parsed::SelectorSegment::Slice { from, to } => Segment::Slice {
            start: *from,
            end: *to,
        },
        parsed::SelectorSegment::AnyChild => Segment::AnyChild,
        parsed::SelectorSegment::Descend => Segment::Descend,
        parsed::SelectorSegment::Filter(filter) => {
            let path = filter.path.iter().map(|segment| constant(&segment.value));
            let path: Vec<Segment> = path.collect();
            Segment::Filter(Filter::new(path.leak(), test(&filter.test)))
        }
        parsed::SelectorSegment::Length => Segment::Length,
    }
}

fn test(test: &parsed::FilterTest) -> FilterTest {
    let parsed::FilterTest::Compare(comparison, operand) = test else {
        return FilterTest::Exists;
    };
    let operand = match &operand.value {
        parsed::Literal::String(text) => Literal::String(text.clone().leak()),
        parsed::Literal::Integer(number) => Literal::Integer(*number),
        parsed::Literal::Float(number) => Literal::Float(*number),
        parsed::Literal::Boolean(flag) => Literal::Boolean(*flag),
        parsed::Literal::Null => Literal::Null,
    };
    match comparison {
        parsed::Comparison::Equal => FilterTest::Equal(operand),
        parsed::Comparison::NotEqual => FilterTest::NotEqual(operand),
        parsed::Comparison::Less => FilterTest::Less(operand),
        parsed::Comparison::LessOrEqual => FilterTest::LessOrEqual(operand),
        parsed::Comparison::Greater => FilterTest::Greater(operand),
        parsed::Comparison::GreaterOrEqual => FilterTest::GreaterOrEqual(operand),
    }
}

/// What is found has no order that the RFC promises behind `..` and in objects.
fn sorted(found: Vec<Value>) -> Vec<String> {
    let mut found: Vec<String> = found.iter().map(Value::to_string).collect();
    found.sort();
    found
}
