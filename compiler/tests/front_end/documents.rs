//! The document: its keys, steps, parameters and outputs.

use expect_test::expect;
use runbookc::diagnostic::render;
use runbookc::document::{Handler, Timeout, Type};

use crate::{WHOLE, check, read, step};

#[test]
fn a_whole_document_is_read() {
    let (source, document, diagnostics) = read(WHOLE);
    assert!(
        diagnostics.is_empty(),
        "{}",
        render::human(&source, &diagnostics, false)
    );
    assert_eq!(
        document.parameters[1].kind.as_ref().unwrap().value.base(),
        Type::StringList
    );
    let look = &document.steps[0];
    assert_eq!(
        look.timeout_seconds.as_ref().unwrap().value,
        Timeout::Seconds(25)
    );
    assert!(!look.is_critical.unwrap().value);
    let Handler::Step(target) = &look.on_failure.as_ref().unwrap().value else {
        panic!("a jump is expected");
    };
    assert_eq!(source.slice(target.span), "tidy");
    assert_eq!(look.outputs[0].kind.unwrap().value, Type::String);
    let each = &document.steps[1];
    assert!(matches!(
        each.timeout_seconds.as_ref().unwrap().value,
        Timeout::Reference(_)
    ));
    assert_eq!(each.body[0].name.value, "tidy");
    assert_eq!(each.inputs.len(), 1);
    let output = &document.outputs[0];
    assert_eq!(source.slice(output.step.span), "look");
    assert_eq!(source.slice(output.output.span), "state");
}

#[test]
fn keys_are_checked() {
    check(
        &step("nextstep: b\n    foo: 1\n    nextStep: c\n    nextStep: d"),
        expect![[r#"
            5:5 error RB0104: unknown key `nextstep` in the step `look`; a step has no such key [nextstep -> nextStep]
            6:5 error RB0104: unknown key `foo` in the step `look`; a step has no such key
            8:5 error RB0103: the key `nextStep` is given twice; given again here
        "#]],
    );
    check(
        "schemaversion: '0.3'\nmainSteps:\n  - Name: a\n    inputs: {}\n",
        expect![[r#"
            1:1 error RB0104: unknown key `schemaversion` in the runbook; a runbook has no such key [schemaversion -> schemaVersion]
            3:5 error RB0104: unknown key `Name` in a step; a step has no such key [Name -> name]
            3:5 error RB0106: a step has no `action`; `action` is missing here
        "#]],
    );
    check(
        "schemaVersion: 0.3\nmainSteps: []\n",
        expect![[r#"
        1:16 warning RB0107: the schema version is not quoted; without quotes this is a number [0.3 -> '0.3']
        2:12 error RB0106: `mainSteps` has no steps; at least one step is expected here
    "#]],
    );
    check(
        "schemaVersion: '2.2'\nparameters:\n  A: {type: String, minValue: 1}\nmainSteps: {}\n",
        expect![[r#"
            1:16 error RB0107: the schema version is `2.2`, but a runbook has `0.3`; not the version of a runbook
            3:21 warning RB0104: unknown key `minValue` in the parameter `A`; a parameter has no such key
            4:12 error RB0105: `mainSteps` is a mapping, but a list of steps is expected; a list of steps is expected here
        "#]],
    );
}

#[test]
fn steps_are_checked() {
    check(
        &step(
            "isEnd: maybe\n    maxAttempts: 0\n    timeoutSeconds: soon\n    nextStep: '{{ x }}'\n    inputs: {'{{k}}': 1}",
        ),
        expect![[r#"
            5:12 error RB0105: `isEnd` is `maybe`, but `true` or `false` is expected; `true` or `false` is expected here
            6:18 error RB0105: `maxAttempts` is `0`, but a number from 1 on is expected; a number from 1 on is expected here
            7:21 error RB0105: `timeoutSeconds` is `soon`, but a number of seconds is expected; a number of seconds is expected here
            8:16 error RB0212: a reference cannot stand in `nextStep`; only a constant is allowed here
            9:15 error RB0212: a reference cannot stand in the key of a mapping; only a constant is allowed here
        "#]],
    );
    check(
        &step("onFailure: continue\n    onCancel: Continue"),
        expect![[r#"
            5:16 error RB0213: `onFailure` cannot be `continue`; neither `Abort` nor `Continue` nor `step:NAME` [continue -> Continue]
            6:15 error RB0213: `onCancel` cannot be `Continue`; neither `Abort` nor `step:NAME`
        "#]],
    );
    check(
        &step("onFailure: tidy"),
        expect![[r#"
        5:16 error RB0213: `onFailure` cannot be `tidy`; neither `Abort` nor `Continue` nor `step:NAME` [tidy -> step:tidy]
    "#]],
    );
    check(
        &step("onFailure: 'step: tidy'"),
        expect![[r#"
        5:17 error RB0213: `onFailure` cannot be `step: tidy`; neither `Abort` nor `Continue` nor `step:NAME` [step: tidy -> step:tidy]
    "#]],
    );
    check(
        "schemaVersion: '0.3'\nmainSteps:\n  - {name: a-b, action: 'aws:pause'}\n  - {name: on, action: 'aws:pause'}\n  - {name: on, action: 'aws:pause'}\n  - text\n",
        expect![[r#"
            3:12 error RB0201: the step name `a-b` is not valid; only letters, digits and `_` are allowed
            4:12 warning RB0108: the service reads `on` as the Boolean `true`; without quotes this is no text [on -> 'on']
            5:12 warning RB0108: the service reads `on` as the Boolean `true`; without quotes this is no text [on -> 'on']
            5:12 error RB0202: two steps are named `on`; used again here
            6:5 error RB0105: a step is a string, but a mapping is expected; a mapping is expected here
        "#]],
    );
}

#[test]
fn parameters_are_checked() {
    check(
        "schemaVersion: '0.3'\nparameters:\n  a_b: {type: string}\n  B: {type: SecureString, allowedValues: x}\n  C: {default: 1}\n  D: x\nvariables:\n  a_b: {type: 'AWS::S3::Bucket::Name'}\nmainSteps: [{name: a, action: 'aws:pause'}]\n",
        expect![[r#"
            3:3 error RB0201: the parameter name `a_b` is not valid; only letters and digits are allowed
            3:15 error RB0301: unknown type `string`; no type has this name [string -> String]
            4:13 error RB0301: unknown type `SecureString`; no type has this name [SecureString -> String]
            4:42 error RB0105: `allowedValues` is a string, but a list is expected; a list is expected here
            5:7 error RB0106: the parameter `C` has no `type`; `type` is missing here
            6:6 error RB0105: the parameter `D` is a string, but a mapping is expected; a mapping is expected here
            8:16 error RB0301: unknown type `AWS::S3::Bucket::Name`; no type has this name
        "#]],
    );
}

#[test]
fn outputs_are_checked() {
    check(
        &step(
            "outputs:\n      - {Name: a, Selector: $.x, Type: \"Strng\"}\n      - {Name: a, Selector: $.y}\n      - {Selector: $.z}\n      - {Name: c}",
        ),
        expect![[r#"
            6:41 error RB0301: unknown type `Strng`; no type has this name [Strng -> String]
            7:16 error RB0202: the output `a` is declared twice in this step; declared again here
            8:10 error RB0106: an output has no `Name`; `Name` is missing here
            9:10 error RB0106: the output `c` has no `Selector`; `Selector` is missing here
        "#]],
    );
    check(
        "schemaVersion: '0.3'\nmainSteps: [{name: a, action: 'aws:pause'}]\noutputs: ['{{ a.b }}', a, [x], a.b.c]\n",
        expect![[r#"
            3:11 warning RB0212: the document output `a.b` is written in braces; outputs of the document are plain names ['{{ a.b }}' -> a.b]
            3:24 error RB0214: the document output `a` does not name an output of a step; a step and its output are expected here
            3:28 error RB0105: `outputs` is a list, but a string such as `step.Output` is expected; a string such as `step.Output` is expected here
        "#]],
    );
}
