//! What is said of a finding: near names, and how it is shown.

use expect_test::expect;
use runbookc::diagnostic::{render, similar};

use crate::read;

#[test]
fn similar_names_are_slips_only() {
    let near = |written, names: &[&'static str]| {
        similar(written, names.iter().copied()).map(|near| (near.to_string(), near.is_certain()))
    };
    let certain = |name: &str| Some((name.to_owned(), true));
    let perhaps = |name: &str| Some((name.to_owned(), false));
    assert_eq!(near("verfy", &["verify", "stop"]), certain("verify"));
    assert_eq!(near("STOP", &["stap", "stop"]), certain("stop"));
    assert_eq!(near("STOP", &["Stop", "stop"]), perhaps("Stop"));
    assert_eq!(near("vefy", &["verify"]), None);
    assert_eq!(near("reads", &["ready", "reader"]), perhaps("ready"));
    assert_eq!(near("stop1", &["stop2"]), perhaps("stop2"));
    assert_eq!(near("stopA", &["stopB"]), perhaps("stopB"));
    assert_eq!(near("abd", &["abc"]), perhaps("abc"));
    assert_eq!(near("a", &["b", "c"]), None);
    assert_eq!(near("something", &["else"]), None);
}

#[test]
fn findings_are_rendered_for_people_and_programs() {
    let text = "schemaVersion: '0.3'\ndescripton: ☕\nmainSteps:\n  - {name: a, action: 'aws:pause'}\n  - {name: a, action: 'aws:pause'}\n";
    let (source, _, diagnostics) = read(text);
    expect![[r#"
        error[RB0104]: unknown key `descripton` in the runbook
         --> runbook.yaml:2:1
          |
        2 | descripton: ☕
          | ^^^^^^^^^^ a runbook has no such key
          |
        help: a key with a similar name exists
          |
        2 | description: ☕
          |         +

        error[RB0202]: two steps are named `a`
         --> runbook.yaml:5:12
          |
        4 |   - {name: a, action: 'aws:pause'}
          |            - first used here
        5 |   - {name: a, action: 'aws:pause'}
          |            ^ used again here
          |
          = help: give one of them another name; steps inside loops count too
    "#]]
    .assert_eq(&render::human(&source, &diagnostics, false));
    assert!(render::human(&source, &diagnostics, true).contains('\u{1b}'));
    let json = render::json(&[(&source, &diagnostics)]);
    expect![[r#"
        [
          {
            "code": "RB0104",
            "severity": "error",
            "message": "unknown key `descripton` in the runbook",
            "file": "runbook.yaml",
            "line": 2,
            "column": 1,
            "endLine": 2,
            "endColumn": 11,
            "label": "a runbook has no such key",
            "help": [
              "a key with a similar name exists"
            ],
            "notes": [],
            "related": [],
            "edits": [
              {
                "line": 2,
                "column": 1,
                "endLine": 2,
                "endColumn": 11,
                "replacement": "description",
                "suggestion": 0,
                "certain": true
              }
            ]
          },
          {
            "code": "RB0202",
            "severity": "error",
            "message": "two steps are named `a`",
            "file": "runbook.yaml",
            "line": 5,
            "column": 12,
            "endLine": 5,
            "endColumn": 13,
            "label": "used again here",
            "help": [
              "give one of them another name; steps inside loops count too"
            ],
            "notes": [],
            "related": [
              {
                "label": "first used here",
                "line": 4,
                "column": 12,
                "endLine": 4,
                "endColumn": 13
              }
            ],
            "edits": []
          }
        ]
    "#]]
    .assert_eq(&json);
}
