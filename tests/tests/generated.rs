//! Generated documents: none makes the compiler panic, findings stand inside of the text, and what has no error is
//! emitted as Rust that parses.
//!
//! Unlike the mutations of real runbooks (`corpus.rs`) these are made from the grammars of the language, so that the rare
//! forms come as often as the common ones: of templates, selectors, branches and values, in YAML of every style.

use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof, proptest};
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed};
use runbookc::catalogue::Catalogue;
use runbookc::diagnostic::{Diagnostics, render};
use runbookc::source::Source;
use runbookc::{compile, emit};
use serde_json::{Map, Value, json};

/// The same documents in every run.
fn config(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x5eed),
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn runbooks_of_the_grammar_are_checked_and_emitted(document in runbook()) {
        expect_verdict(&Source::new("generated.json", document.to_string()));
    }

    #[test]
    fn texts_of_yaml_are_checked(text in yaml()) {
        expect_verdict(&Source::new("generated.yaml", text));
    }

    #[test]
    fn texts_of_templates_and_selectors_are_checked(template in noise(), selector in noise()) {
        let document = json!({
            "schemaVersion": "0.3",
            "assumeRole": template,
            "parameters": { "P": { "type": "String", "default": template } },
            "mainSteps": [{
                "name": "a",
                "action": "aws:executeAwsApi",
                "inputs": { "Service": "ecs", "Api": "RunTask", "taskDefinition": template, "cluster": [template] },
                "outputs": [{ "Name": "o", "Selector": selector, "Type": "StringList" }],
            }, {
                "name": "b",
                "action": "aws:branch",
                "inputs": { "Choices": [{ "NextStep": "a", "Variable": template, "StringEquals": template }] },
                "isEnd": true,
            }],
            "outputs": [template],
        });
        expect_verdict(&Source::new("generated.json", document.to_string()));
    }
}

/// As many of the documents above are right that emission is tested too.
#[test]
fn many_generated_runbooks_have_no_error() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::new(config(1));
    let sound = (0..300).filter(|_| {
        let document = runbook()
            .new_tree(&mut runner)
            .expect("a document")
            .current();
        let source = Source::new("generated.json", document.to_string());
        compile(&source, Catalogue::embedded()).runbook.is_some()
    });
    let sound = sound.count();
    assert!(sound > 30, "{sound} of 300");
}

fn expect_verdict(source: &Source) {
    let compiled = compile(source, Catalogue::embedded());
    expect_places(source, &compiled.diagnostics);
    assert_eq!(
        compiled.runbook.is_some(),
        !compiled.diagnostics.has_errors(),
        "{}",
        source.text
    );
    if let Some(runbook) = compiled.runbook {
        for file in emit::krate(&runbook, &source.text) {
            if file.path.ends_with(".rs") {
                let parsed = syn::parse_file(&file.text);
                assert!(
                    parsed.is_ok(),
                    "{}: {:?}\n{}",
                    file.path,
                    parsed.err(),
                    source.text
                );
            }
        }
    }
}

/// Whatever is pointed at is in the text, and everything can be shown.
fn expect_places(source: &Source, diagnostics: &Diagnostics) {
    for found in diagnostics.iter() {
        let edits = found
            .suggestions
            .iter()
            .flat_map(|suggestion| &suggestion.edits);
        let spans = edits.map(|edit| edit.span);
        let context = found.context.iter().map(|(span, _)| *span);
        for span in spans.chain(context).chain([found.span]) {
            let text = source.text.get(span.start..span.end);
            assert!(text.is_some(), "{found:?} in {}", source.text);
        }
    }
    render::human(source, diagnostics, false);
    render::json(&[(source, diagnostics)]);
}

// Runbooks

const STEPS: [&str; 4] = ["first", "second", "third", "last"];

fn runbook() -> BoxedStrategy<Value> {
    let steps = (step(0), step(1), step(2), step(3));
    (steps, vec(output_name(), 0..3))
        .prop_map(|((first, second, third, last), outputs)| {
            json!({
                "schemaVersion": "0.3",
                "parameters": {
                    "Text": { "type": "String", "default": "a" },
                    "Choice": { "type": "String", "default": "b", "allowedValues": ["b", "c"] },
                    "Number": { "type": "Integer", "default": 1 },
                    "Truth": { "type": "Boolean", "default": true },
                    "Texts": { "type": "StringList", "default": ["a"] },
                    "Map": { "type": "StringMap", "default": { "a": "b" } },
                    "Maps": { "type": "MapList", "default": [{ "Key": "a" }] },
                },
                "mainSteps": [first, second, third, last],
                "outputs": outputs,
            })
        })
        .boxed()
}

fn output_name() -> BoxedStrategy<String> {
    let names = select(&["one", "many", "number", "OutputPayload", "nothing"][..]);
    (select(&STEPS[..]), names)
        .prop_map(|(step, name)| format!("{step}.{name}"))
        .boxed()
}

fn step(position: usize) -> BoxedStrategy<Value> {
    let later: Vec<&'static str> = STEPS.iter().copied().skip(position + 1).collect();
    let jump = match later.is_empty() {
        true => Just(None).boxed(),
        false => proptest::option::weighted(0.3, select(later.clone())).boxed(),
    };
    let properties = (
        jump.clone(),
        jump,
        proptest::option::weighted(0.2, any::<bool>()),
        proptest::option::weighted(0.2, 1_u32..4),
    );
    let earlier = STEPS.iter().copied().take(position).collect();
    (work(later, earlier), properties)
        .prop_map(move |(work, (next, on_failure, is_critical, attempts))| {
            let Value::Object(mut step) = work else {
                return work;
            };
            let jumps = step.get("action") == Some(&json!("aws:branch"));
            step.insert("name".to_owned(), json!(STEPS[position]));
            if let Some(next) = next.filter(|_| !jumps) {
                step.insert("nextStep".to_owned(), json!(next));
            }
            if let Some(target) = on_failure {
                step.insert("onFailure".to_owned(), json!(format!("step:{target}")));
            }
            if let Some(is_critical) = is_critical {
                step.insert("isCritical".to_owned(), json!(is_critical));
            }
            if let Some(attempts) = attempts {
                step.insert("maxAttempts".to_owned(), json!(attempts));
            }
            Value::Object(step)
        })
        .boxed()
}

fn work(later: Vec<&'static str>, earlier: Vec<&'static str>) -> BoxedStrategy<Value> {
    let call = (inputs(earlier.clone()), outputs()).prop_map(|(mut inputs, outputs)| {
        inputs.insert("Service".to_owned(), json!("ecs"));
        inputs.insert("Api".to_owned(), json!("RunTask"));
        json!({ "action": "aws:executeAwsApi", "inputs": inputs, "outputs": outputs })
    });
    let sleep = select(&["PT1S", "PT0.5S", "P1D", "{{ Text }}"][..])
        .prop_map(|duration| json!({ "action": "aws:sleep", "inputs": { "Duration": duration } }));
    let invoke = (text(earlier.clone()), value(2, earlier.clone())).prop_map(|(name, payload)| {
        let inputs = json!({ "FunctionName": name, "InputPayload": { "payload": payload } });
        json!({ "action": "aws:invokeLambdaFunction", "inputs": inputs })
    });
    match later.is_empty() {
        true => prop_oneof![call, sleep, invoke].boxed(),
        false => {
            prop_oneof![3 => call, 1 => sleep, 1 => invoke, 3 => branch(later, earlier)].boxed()
        }
    }
}

fn branch(later: Vec<&'static str>, earlier: Vec<&'static str>) -> BoxedStrategy<Value> {
    let choice = (condition(2, earlier), select(later.clone())).prop_map(|(condition, next)| {
        let Value::Object(mut choice) = condition else {
            return condition;
        };
        choice.insert("NextStep".to_owned(), json!(next));
        Value::Object(choice)
    });
    (vec(choice, 1..3), proptest::option::of(select(later)))
        .prop_map(|(choices, default)| {
            let mut inputs = json!({ "Choices": choices });
            if let Some(default) = default {
                inputs["Default"] = json!(default);
            }
            json!({ "action": "aws:branch", "inputs": inputs })
        })
        .boxed()
}

fn condition(depth: u32, earlier: Vec<&'static str>) -> BoxedStrategy<Value> {
    let texts = select(
        &[
            "StringEquals",
            "EqualsIgnoreCase",
            "StartsWith",
            "EndsWith",
            "Contains",
        ][..],
    );
    let numbers = select(&["NumericEquals", "NumericGreater", "NumericLesserOrEquals"][..]);
    let variable = |parameters: &'static [&str], output: &'static str, earlier: &[&'static str]| {
        let mut names: Vec<String> = parameters.iter().map(|name| (*name).to_owned()).collect();
        names.extend(earlier.iter().map(|step| format!("{step}.{output}")));
        select(names).prop_map(|name| format!("{{{{ {name} }}}}"))
    };
    let compared = prop_oneof![
        (
            texts,
            variable(&["Text", "Choice"], "one", &earlier),
            text(earlier.clone())
        )
            .prop_map(
                |(operator, variable, operand)| json!({ "Variable": variable, operator: operand })
            ),
        (
            numbers,
            variable(&["Number"], "number", &earlier),
            -3_i64..9
        )
            .prop_map(
                |(operator, variable, operand)| json!({ "Variable": variable, operator: operand })
            ),
        any::<bool>()
            .prop_map(|truth| json!({ "Variable": "{{ Truth }}", "BooleanEquals": truth })),
    ];
    let Some(deeper) = depth.checked_sub(1) else {
        return compared.boxed();
    };
    let parts = vec(condition(deeper, earlier.clone()), 1..3);
    prop_oneof![
        3 => compared,
        1 => (select(&["And", "Or"][..]), parts).prop_map(|(word, parts)| json!({ word: parts })),
        1 => condition(deeper, earlier).prop_map(|part| json!({ "Not": part })),
    ]
    .boxed()
}

fn inputs(earlier: Vec<&'static str>) -> BoxedStrategy<Map<String, Value>> {
    let tags = prop_oneof![
        Just(json!("{{ Maps }}")),
        vec(tag(earlier.clone()), 0..3).prop_map(Value::from),
    ];
    let texts = vec(text(earlier.clone()).prop_map(Value::from), 0..3).prop_map(Value::from);
    let subnets = prop_oneof![Just(json!("{{ Texts }}")), texts];
    let count = prop_oneof![
        Just(json!("{{ Number }}")),
        (-1_i64..11).prop_map(Value::from)
    ];
    let overrides = prop_oneof![
        Just(json!("{{ Map }}")),
        Just(json!({ "cpu": "{{ Text }}" })),
        Just(json!(null))
    ];
    let optional = (
        proptest::option::of(tags),
        proptest::option::of(subnets),
        proptest::option::of(count),
        proptest::option::of(overrides),
    );
    (text(earlier), optional)
        .prop_map(|(task, (tags, subnets, count, overrides))| {
            let mut inputs = Map::new();
            inputs.insert("taskDefinition".to_owned(), json!(task));
            let network =
                subnets.map(|subnets| json!({ "awsvpcConfiguration": { "subnets": subnets } }));
            let given = [
                ("tags", tags),
                ("networkConfiguration", network),
                ("count", count),
                ("overrides", overrides),
            ];
            for (name, value) in given {
                inputs.extend(value.map(|value| (name.to_owned(), value)));
            }
            inputs
        })
        .boxed()
}

fn tag(earlier: Vec<&'static str>) -> BoxedStrategy<Value> {
    prop_oneof![
        3 => text(earlier).prop_map(|value| json!({ "key": "k", "value": value })),
        1 => Just(json!("{{ Map }}")),
        1 => Just(json!("{{ Maps }}")),
    ]
    .boxed()
}

fn outputs() -> BoxedStrategy<Value> {
    Just(json!([
        { "Name": "one", "Selector": "$.tasks[0].taskArn", "Type": "String" },
        { "Name": "many", "Selector": "$..containers[*].name", "Type": "StringList" },
        { "Name": "number", "Selector": "$.tasks[?(@.lastStatus == 'STOPPED')].containers[0].exitCode", "Type": "Integer" },
    ]))
    .boxed()
}

/// Text, with references in it or not.
fn text(earlier: Vec<&'static str>) -> BoxedStrategy<String> {
    let mut references: Vec<String> = ["Text", "Choice", "Number", "Truth", "Texts", "Map", "Maps"]
        .map(str::to_owned)
        .to_vec();
    references.extend(
        [
            "global:REGION",
            "global:DATE_TIME",
            "automation:EXECUTION_ID",
        ]
        .map(str::to_owned),
    );
    references.extend(earlier.iter().map(|step| format!("{step}.one")));
    references.extend(earlier.iter().map(|step| format!("{step}.many")));
    let embedded = select(references).prop_map(|name| format!("a {{{{ {name} }}}} \"{{b}}\\"));
    let strange = select(&["", "{}", "{{ .Go }}", "\"\\", "☕", "'", "a\nb", "{", "}}"][..]);
    prop_oneof![
        3 => Just("{{ Text }}".to_owned()),
        3 => embedded,
        1 => strange.prop_map(str::to_owned),
    ]
    .boxed()
}

/// A value of any form.
fn value(depth: u32, earlier: Vec<&'static str>) -> BoxedStrategy<Value> {
    let scalar = prop_oneof![
        text(earlier.clone()).prop_map(Value::from),
        select(
            &[
                "{{ Map }}",
                "{{ Maps }}",
                "{{ Texts }}",
                "{{ Number }}",
                "{{ Truth }}"
            ][..]
        )
        .prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON has no others", |number| number.is_finite())
            .prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    let Some(deeper) = depth.checked_sub(1) else {
        return scalar.boxed();
    };
    let inner = value(deeper, earlier);
    let names = select(&["a", "b c", "\"", "type"][..]);
    let entries = vec((names, inner.clone()), 0..3);
    prop_oneof![
        3 => scalar,
        1 => vec(inner, 0..3).prop_map(Value::from),
        1 => entries.prop_map(|entries| Value::Object(
            entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
        )),
    ]
    .boxed()
}

// Texts

/// What templates and selectors are made of, in any order.
fn noise() -> BoxedStrategy<String> {
    const PIECES: [&str; 50] = [
        "{{ P }}",
        "{{a.o}}",
        "$.tasks",
        "[0].x",
        "{{",
        "}}",
        "{",
        "}",
        " ",
        "a",
        "a.o",
        "P",
        "P.P",
        "global:",
        "global:DATE",
        "automation:X",
        "variable:v",
        "ssm:/p/q",
        ":",
        ".",
        "..",
        "$",
        "$.",
        "@",
        "@.a",
        "[",
        "]",
        "[0]",
        "[-1:",
        "[*]",
        "[?(",
        ")]",
        "==",
        "!=",
        "<=",
        "=~",
        "'",
        "\"",
        "'b'",
        "1",
        "1.5e3",
        "-",
        ",",
        "length()",
        "(",
        "true",
        "null",
        "\\",
        "☕",
        "\n",
    ];
    vec(select(&PIECES[..]), 0..12)
        .prop_map(|pieces| pieces.concat())
        .boxed()
}

/// Lines that look like a runbook in YAML.
fn yaml() -> BoxedStrategy<String> {
    const LINES: [&str; 44] = [
        "schemaVersion: '0.3'",
        "schemaVersion: 0.3",
        "description: |",
        "description: >-",
        "parameters:",
        "parameters: {",
        "  P: {type: String, default: &x '{{ Q }}'}",
        "  Q: {type: StringList, minItems: 1, allowedValues: [a, *x]}",
        "  P: {type: Integer, default: 0x1F}",
        "variables: {v: {type: MapList}}",
        "mainSteps:",
        "mainSteps: []",
        "- name: a",
        "  - name: a",
        "    action: aws:sleep",
        "    action: 'aws:branch'",
        "    action: aws:loop",
        "    action: aws:executeScript",
        "    action: aws:executeAwsApi",
        "    inputs:",
        "    inputs: &i {Duration: PT1S}",
        "    inputs: *i",
        "      <<: *i",
        "      Service: ec2",
        "      Api: describe_instances",
        "      Filters: [{Name: a, Values: ['{{ Q }}']}]",
        "      Choices: [{Variable: '{{ a.b }}', NextStep: a, StringEquals: yes}]",
        "      Iterators: '{{ Q }}'",
        "      Steps: [{name: b, action: 'aws:sleep', inputs: {Duration: PT1S}}]",
        "      Script: |",
        "        def f(e, c): return '{{ P }}'",
        "      Handler: f",
        "      Runtime: python3.11",
        "    outputs: [{Name: b, Selector: $.a..b[0], Type: String}]",
        "    nextStep: a",
        "    onFailure: step:a",
        "    onFailure: Abort",
        "    isEnd: yes",
        "    timeoutSeconds: 1_000",
        "    timeoutSeconds: '{{ P }}'",
        "outputs: [a.b]",
        "...",
        "---",
        "# ☕ comment",
    ];
    vec(select(&LINES[..]), 0..16)
        .prop_map(|lines| lines.join("\n") + "\n")
        .boxed()
}
