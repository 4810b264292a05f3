//! What a handler gets, and what comes of what it returns, prints and raises.

use expect_test::{Expect, expect};
use runbook_runtime::failure::Failure;
use runbook_runtime::script::{Kept, Script, ScriptError, fill};
use serde_json::json;

use crate::{finished, go, map, python, returns};

#[test]
fn a_handler_gets_events_and_context_and_its_value_is_the_payload() {
    let script = Script {
        payload: map(json!({"ids": ["i-1", "i-2"], "count": 2})),
        context: map(json!({"global:REGION": "eu-west-1"})),
        ..python("def handler(a, b):\n  return [a['ids'], a['count'] + 1, b['global:REGION']]")
    };
    returns(&script, r#"{"Payload":[["i-1","i-2"],3,"eu-west-1"]}"#);
}

#[test]
fn none_is_no_payload() {
    returns(&python("def handler(events, context):\n  pass"), "{}");
}

#[test]
fn a_returned_list_is_cut_to_a_hundred_elements() {
    let ran = go(&python("def handler(e, c):\n  return tuple(range(1000))"));
    let payload = finished(&ran).as_ref().unwrap()["Payload"].as_array();
    assert_eq!(payload.unwrap().len(), 100);
}

#[test]
fn text_of_every_language_survives() {
    returns(
        &python("def handler(e, c):\n  return 'Grüße, ☕ \\n'"),
        r#"{"Payload":"Grüße, ☕ \n"}"#,
    );
}

#[test]
fn what_is_printed_is_no_answer() {
    let ran = go(&python(
        "import sys\ndef handler(e, c):\n  print('{\"returned\": 1}')\n  print('oh', file=sys.stderr)\n  return 2",
    ));
    assert_eq!(finished(&ran).as_ref().unwrap(), &json!({"Payload": 2}));
    assert_eq!(ran.output.stdout.text, "{\"returned\": 1}\n");
    assert_eq!(ran.output.stderr.text, "oh\n");
}

#[test]
fn of_long_outputs_the_end_is_kept() {
    let ran = go(&python(
        "def handler(e, c):\n  print('a' * 100_000)\n  print('the end')",
    ));
    let stdout = &ran.output.stdout;
    assert_eq!(stdout.text.len(), Kept::LIMIT);
    assert!(stdout.text.ends_with("a\nthe end\n"));
    assert_eq!(stdout.dropped, 100_001 + 8 - Kept::LIMIT as u64);
    assert!(
        stdout
            .to_string()
            .starts_with("[34473 bytes before this are not kept]\naaa")
    );
}

#[test]
fn an_exception_fails_with_the_traceback_of_the_script_alone() {
    fails(
        "def f(events):\n    return events['x']\n\ndef handler(events, context):\n    return f(events)",
        expect![[r#"
            Step fails when it is Poll action status for completion. Traceback (most recent call last):
              File "FOLDER/customer_script.py", line 5, in handler
                return f(events)
              File "FOLDER/customer_script.py", line 2, in f
                return events['x']

            KeyError - 'x'. Please refer to Automation Service Troubleshooting Guide for more diagnosis details."#]],
    );
}

#[test]
fn failures_before_the_call_of_the_handler_tell_what_is_wrong() {
    fails(
        "def handler(events, context)\n  pass",
        expect![
            "Step fails when it is Poll action status for completion. SyntaxError - expected ':' (customer_script.py, line 1). Please refer to Automation Service Troubleshooting Guide for more diagnosis details."
        ],
    );
    fails(
        "raise RuntimeError('no')",
        expect![[r#"
            Step fails when it is Poll action status for completion. Traceback (most recent call last):
              File "FOLDER/customer_script.py", line 1, in <module>
                raise RuntimeError('no')

            RuntimeError - no. Please refer to Automation Service Troubleshooting Guide for more diagnosis details."#]],
    );
    fails(
        "def other(events, context): pass",
        expect![
            "Step fails when it is Poll action status for completion. AttributeError - module 'customer_script' has no attribute 'handler'. Please refer to Automation Service Troubleshooting Guide for more diagnosis details."
        ],
    );
}

#[test]
fn values_that_are_no_json_fail() {
    for (value, reason) in [
        (
            "{1, 2}",
            "TypeError: Object of type set is not JSON serializable",
        ),
        (
            "float('nan')",
            "ValueError: Out of range float values are not JSON compliant",
        ),
        (
            "handler",
            "TypeError: Object of type function is not JSON serializable",
        ),
    ] {
        let ran = go(&python(&format!("def handler(e, c):\n  return {value}")));
        let Err(ScriptError::NotJson(found)) = finished(&ran) else {
            panic!("{ran:?}");
        };
        assert!(found.starts_with(reason), "{found}");
    }
}

#[test]
fn a_payload_of_more_than_100_kb_fails() {
    let ran = go(&python("def handler(e, c):\n  return 'a' * 102_400"));
    let error = ScriptError::TooLarge {
        size: 102_402,
        limit: 102_400,
    };
    assert_eq!(finished(&ran), &Err(error));
    let fits = go(&python("def handler(e, c):\n  return 'a' * 102_398"));
    assert!(finished(&fits).is_ok());
}

#[test]
fn a_process_that_ends_without_an_answer_fails_with_its_last_words() {
    let ran = go(&python(
        "import os, sys\ndef handler(e, c):\n  print('bad luck', file=sys.stderr, flush=True)\n  os._exit(3)",
    ));
    expect![[r#"
        The script ended with exit status: 3 before its handler returned:
        bad luck"#]]
    .assert_eq(&finished(&ran).as_ref().unwrap_err().to_string());
    let ran = go(&python(
        "import sys\ndef handler(e, c):\n  sys.exit('enough')",
    ));
    let Err(ScriptError::Raised(traceback)) = finished(&ran) else {
        panic!("{ran:?}");
    };
    assert!(
        traceback.ends_with("\n\nSystemExit - enough"),
        "{traceback}"
    );
}

#[test]
fn references_are_filled_in_one_after_the_other() {
    let text = "a = '{{ X }}'\nb = '{{Y}}'\nc = '{{ X }}'\n";
    let values = ["{{Y}}", "y", "x"].map(str::to_owned);
    let [first, second, third] = values;
    let filled = fill(
        text,
        [("{{ X }}", first), ("{{Y}}", second), ("{{ X }}", third)],
    );
    assert_eq!(filled, "a = '{{Y}}'\nb = 'y'\nc = 'x'\n");
}

fn fails(text: &str, expected: Expect) {
    let ran = go(&python(text));
    let failure = Failure::from(finished(&ran).as_ref().unwrap_err());
    let pattern = failure.message.split("File \"").nth(1);
    let folder = pattern
        .and_then(|rest| rest.split_once("/customer_script"))
        .map(|(folder, _)| folder);
    let message = match folder {
        Some(folder) => failure.message.replace(folder, "FOLDER"),
        None => failure.message,
    };
    expected.assert_eq(&message);
}
