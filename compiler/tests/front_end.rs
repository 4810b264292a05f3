//! From text to the document: what is reported, where, and what is left to read.

use expect_test::{Expect, expect};
use runbookc::diagnostic::{Code, Diagnostic, Diagnostics, Edit, render, similar};
use runbookc::document::{self, Document, Handler, Timeout, Type};
use runbookc::source::{Source, Span, Spanned};
use runbookc::syntax::selector::FilterTest;
use runbookc::syntax::{self, Reference, Selector, SelectorSegment};

fn read(text: &str) -> (Source, Document, Diagnostics) {
    let source = Source::new("runbook.yaml", text);
    let mut diagnostics = Diagnostics::default();
    let tree = syntax::parse(&source, &mut diagnostics);
    let document = tree.map(|tree| document::read(&tree, &mut diagnostics));
    (source, document.unwrap_or_default(), diagnostics)
}

/// Every finding on a line: place, severity, code, message, label, and the changes offered.
fn check(text: &str, expected: Expect) {
    let (source, _, diagnostics) = read(text);
    let mut lines = String::new();
    for diagnostic in diagnostics.iter() {
        let (line, column) = source.line_column(diagnostic.span.start);
        let severity = diagnostic.severity.as_str();
        lines += &format!(
            "{line}:{column} {severity} {}: {}; {}",
            diagnostic.code, diagnostic.message, diagnostic.label
        );
        for edit in edits(diagnostic) {
            lines += &format!(" [{} -> {}]", source.slice(edit.span), edit.replacement);
        }
        lines.push('\n');
    }
    expected.assert_eq(&lines);
}

fn edits(diagnostic: &Diagnostic) -> impl Iterator<Item = &Edit> {
    diagnostic
        .suggestions
        .iter()
        .flat_map(|suggestion| &suggestion.edits)
}

/// Wraps the rest of a step.
fn step(rest: &str) -> String {
    format!("schemaVersion: '0.3'\nmainSteps:\n  - name: look\n    action: aws:sleep\n    {rest}\n")
}

const WHOLE: &str = r#"---
schemaVersion: '0.3'
description: Stops a task — ☕
assumeRole: '{{ Role }}'
parameters:
  Role: {type: 'AWS::IAM::Role::Arn', default: ''}
  Ids: {type: List<AWS::EC2::Instance::Id>, minItems: 1}
variables:
  count: {type: Integer, default: 0}
mainSteps:
  - name: look
    action: aws:executeAwsApi
    timeoutSeconds: "25"
    onFailure: step:tidy
    isCritical: 'false'
    inputs:
      Service: ec2
      Api: DescribeVolumes
      VolumeIds: ['{{ Ids }}', "x\t{{look.a}}"]
      Text: |
        first
          at {{ global:REGION }}
    outputs:
      - {Name: state, Selector: "$.Volumes[0].State"}
  - name: each
    action: aws:loop
    timeoutSeconds: '{{ Wait }}'
    inputs:
      Iterators: '{{ look.state }}'
      Steps:
        - {name: tidy, action: aws:sleep, inputs: {Duration: PT1M}, isEnd: true}
outputs: [look.state]
...
"#;

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
fn references_are_found_where_they_stand() {
    let (source, document, _) = read(WHOLE);
    let inputs = &document.steps[0].inputs;
    let ids = inputs[2].1.as_list().unwrap();
    let whole = ids[0].as_scalar().unwrap().template.whole().unwrap();
    assert_eq!(source.slice(whole.span), "{{ Ids }}");
    assert_eq!(source.slice(whole.name.span), "Ids");
    let escaped = ids[1].as_scalar().unwrap();
    assert!(escaped.template.whole().is_none());
    let placeholder = escaped.template.references().next().unwrap();
    assert_eq!(source.slice(placeholder.span), "{{look.a}}");
    let block = inputs[3].1.as_scalar().unwrap();
    assert_eq!(block.text(), "first\n  at {{ global:REGION }}\n");
    let placeholder = block.template.references().next().unwrap();
    assert_eq!(
        placeholder.name.value,
        Reference::Global("REGION".to_owned())
    );
    assert_eq!(source.slice(placeholder.name.span), "global:REGION");
}

#[test]
fn braces_around_something_else_stay_text() {
    let text =
        "inputs: {a: '{{ .Go }} {{#if x}} {{resolve:ssm:p}} {{ a b }} {{}} {{{x}}} {{ {{y}} }}'}";
    let (_, document, _) = read(&step(text));
    let scalar = document.steps[0].inputs[0].1.as_scalar().unwrap();
    let names: Vec<String> = scalar
        .template
        .references()
        .map(|found| found.name.to_string())
        .collect();
    assert_eq!(names, ["x", "y"]);
}

#[test]
fn json_is_read_as_well() {
    let text = "\u{feff}{\r\n\t\"schemaVersion\": \"0.3\",\r\n\t\"mainSteps\": [{\"name\": \"a\", \"action\": \"aws:pause\", \
                \"inputs\": {\"s\": \"\\ud83d\\ude00 {{ x.y }}\\n\"}}]\r\n}\r\n";
    let (source, document, diagnostics) = read(text);
    assert!(diagnostics.is_empty());
    let scalar = document.steps[0].inputs[0].1.as_scalar().unwrap();
    let placeholder = scalar.template.references().next().unwrap();
    assert_eq!(source.slice(placeholder.name.span), "x.y");
}

#[test]
fn an_unquoted_reference_is_reported_and_read_as_if_quoted() {
    check(
        "schemaVersion: '0.3'\nassumeRole: {{Role}}\nmainSteps:\n  - name: a\n    action: aws:sleep\n    inputs:\n      \
         a: {{ X }}-it's # why\n      b:\n        - {{ s.out }}\n        - [{{X}}, b-{{Y}}]\n",
        expect![[r#"
            2:13 error RB0102: the reference `{{Role}}` is not quoted; YAML reads the braces as a mapping [{{Role}} -> '{{Role}}']
            7:10 error RB0102: the reference `{{ X }}` is not quoted; YAML reads the braces as a mapping [{{ X }}-it's -> '{{ X }}-it''s']
            9:11 error RB0102: the reference `{{ s.out }}` is not quoted; YAML reads the braces as a mapping [{{ s.out }} -> '{{ s.out }}']
            10:12 error RB0102: the reference `{{X}}` is not quoted; YAML reads the braces as a mapping [{{X}} -> '{{X}}']
            10:21 error RB0102: the reference `{{Y}}` is not quoted; YAML reads the braces as a mapping [b-{{Y}} -> 'b-{{Y}}']
        "#]],
    );
    check(
        "{\"schemaVersion\": {{ V }}}",
        expect![[r#"
        1:3 error RB0106: the runbook has no `mainSteps`; `mainSteps` is missing here
        1:19 error RB0102: the reference `{{ V }}` is not quoted; YAML reads the braces as a mapping [{{ V }} -> "{{ V }}"]
        1:19 error RB0107: the schema version is `{{ V }}`, but a runbook has `0.3`; not the version of a runbook
    "#]],
    );
}

#[test]
fn bad_yaml_is_reported_once() {
    check(
        "a:\n\tb: 1\n",
        expect![[r#"
            2:1 error RB0101: the YAML is not well-formed: a tab in the indentation; here
        "#]],
    );
    check(
        "a: \"x\n",
        expect![[r#"
        1:4 error RB0101: the YAML is not well-formed: a quote is not closed; here
    "#]],
    );
    // What is wrong stands before or behind the place where the parser notices.
    check(
        "a:\n  b: 1\n\tc: 2\n",
        expect![[r#"
        3:1 error RB0101: the YAML is not well-formed: a tab in the indentation; here
    "#]],
    );
    check(
        "a: 'x\nb: 'y'\nc: 'z'\n",
        expect![[r#"
        1:4 error RB0101: the YAML is not well-formed: a quote is not closed; opened here
    "#]],
    );
    check(
        "a: \"x\nb: \"y\"\n",
        expect![[r#"
        1:4 error RB0101: the YAML is not well-formed: a quote is not closed; opened here
    "#]],
    );
    check(
        "a:\n  b: [x, {c: y}\n  d: z\n",
        expect![[r#"
        2:6 error RB0101: the YAML is not well-formed: a bracket is not closed; opened here
    "#]],
    );
    check(
        "a:\n  - {b: x\n  - {b: y}\n",
        expect![[r#"
        2:5 error RB0101: the YAML is not well-formed: a bracket is not closed; here
    "#]],
    );
    check(
        "a:\n  - [x,\n     y: z: 1]\n",
        expect![[r#"
        3:10 error RB0101: the YAML is not well-formed: `,` or `}` expected; here
    "#]],
    );
    check(
        "a:\n  - {b: 'it''s {', c: d\n  - {e: f}\n",
        expect![[r#"
        2:5 error RB0101: the YAML is not well-formed: a bracket is not closed; here
    "#]],
    );
    check(
        "{\n  \"a\": {\n    \"b\": [\"}\", 1\n  },\n  \"c\": 2\n}\n",
        expect![[r#"
            3:10 error RB0101: the JSON is not well-formed: a bracket is not closed; opened here
        "#]],
    );
    check(
        "{\n  \"a\": {\n    \"b\": {,\n    \"c\": 2\n  }\n}\n",
        expect![[r#"
            3:10 error RB0101: the JSON is not well-formed: a bracket is not closed; opened here
        "#]],
    );
    check(
        "a:\n  - {b: c\n    d: e\n  f: [g]\n  - h\n",
        expect![[r#"
        2:5 error RB0101: the YAML is not well-formed: a bracket is not closed; opened here
    "#]],
    );
    check(
        "{\n  \"a\": \"b,\n  \"c\": [1, 2]\n}\n",
        expect![[r#"
            2:8 error RB0101: the JSON is not well-formed: a quote is not closed; opened here
        "#]],
    );
    check(
        "onFailure: step: x\n",
        expect![[r#"
        1:16 error RB0101: the YAML is not well-formed: a `:` that does not belong here; here
    "#]],
    );
    check(
        "a: *nowhere\n",
        expect![[r#"
        1:4 error RB0101: the YAML is not well-formed: an alias without its anchor; here
    "#]],
    );
    check(
        "{\n  \"a\": 1\n  \"b\": 2\n}\n",
        expect![[r#"
        3:3 error RB0101: the JSON is not well-formed: expected `,` or `}`; here
    "#]],
    );
    check(
        &"[".repeat(300),
        expect![[r#"
        1:101 error RB0101: the YAML is not well-formed: nested too deeply; here
    "#]],
    );
}

#[test]
fn one_file_holds_one_document_without_tags() {
    check(
        "schemaVersion: '0.3'\nassumeRole: !Ref Role\nmainSteps: [{name: a, action: 'aws:pause'}]\n---\nb: 1\n",
        expect![[r#"
            2:13 error RB0101: the tag `!Ref` means nothing in a runbook; the service refuses it
            4:1 error RB0101: a second document begins in this file; everything from here on is ignored
        "#]],
    );
    check(
        "",
        expect![[r#"
            1:1 error RB0105: the runbook is empty, but a mapping is expected; a mapping is expected here
        "#]],
    );
    check(
        "- a\n",
        expect![[r#"
        1:3 error RB0105: the runbook is a list, but a mapping is expected; a mapping is expected here
    "#]],
    );
}

#[test]
fn aliases_and_merge_keys_are_expanded_within_bounds() {
    let (_, document, diagnostics) = read(
        "schemaVersion: '0.3'\nmainSteps:\n  - &base {name: a, action: aws:pause, isEnd: false}\n  - {<<: *base, name: b}\n",
    );
    assert!(diagnostics.is_empty());
    assert_eq!(document.steps[1].name.value, "b");
    assert_eq!(document.steps[1].action.value, "aws:pause");

    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, inner) in [('b', 'a'), ('c', 'b'), ('d', 'c'), ('e', 'd'), ('f', 'e')] {
        let aliases = vec![format!("*{inner}"); 10].join(", ");
        bomb += &format!("{name}: &{name} [{aliases}]\n");
    }
    let (_, _, diagnostics) = read(&bomb);
    assert!(
        diagnostics
            .iter()
            .any(|found| found.code == Code::DocumentTooLarge)
    );

    check(
        "a: &x [*x]\n",
        expect![[r#"
        1:1 error RB0104: unknown key `a` in the runbook; a runbook has no such key
        1:1 error RB0106: the runbook has no `schemaVersion`; `schemaVersion` is missing here
        1:1 error RB0106: the runbook has no `mainSteps`; `mainSteps` is missing here
        1:8 error RB0101: an alias stands inside its own anchor; this would go on forever
    "#]],
    );
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

fn selector(text: &str) -> Result<Selector, String> {
    let text = step(&format!("outputs: [{{Name: a, Selector: {text:?}}}]"));
    let (source, document, diagnostics) = read(&text);
    let step = document.steps.first();
    let output = step.and_then(|step| step.outputs.first());
    let selector = output.and_then(|output| output.selector.clone());
    selector.map(|selector| selector.value).ok_or_else(|| {
        let failures = diagnostics.iter().map(|found| {
            let rest = source.text.get(found.span.start..).unwrap_or_default();
            let rest = rest.split_once('"').map_or(rest, |(rest, _)| rest);
            format!("at `{rest}`: {}", found.label)
        });
        failures.collect()
    })
}

/// Segments without their places.
fn shown(segments: &[Spanned<SelectorSegment>]) -> String {
    let shown = segments.iter().map(|segment| match &segment.value {
        SelectorSegment::Filter(filter) => {
            let path = shown(&filter.path);
            match &filter.test {
                FilterTest::Exists => format!("Filter([{path}])"),
                FilterTest::Compare(comparison, literal) => {
                    format!("Filter([{path}] {} {literal})", comparison.as_str())
                }
            }
        }
        other => format!("{other:?}"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[test]
fn selectors_of_every_form_are_understood() {
    let debug = |text: &str| {
        let segments = selector(text).unwrap().segments;
        format!("[{}]", shown(&segments))
    };
    assert_eq!(debug("$"), "[]");
    assert_eq!(debug("$.A[0].b-c"), r#"[Key("A"), Index(0), Key("b-c")]"#);
    assert_eq!(debug("A.B"), debug("$.A.B"));
    assert_eq!(debug("$['A']['B']"), debug("$.A.B"));
    assert_eq!(
        debug("$.Outputs.'a.B'[-1]"),
        r#"[Key("Outputs"), Key("a.B"), Index(-1)]"#
    );
    assert_eq!(debug("$..Id"), r#"[Descend, Key("Id")]"#);
    assert_eq!(debug("$..['Id']"), debug("$..Id"));
    assert_eq!(debug("$..*"), "[Descend, AnyChild]");
    assert_eq!(
        debug("$..['a','b'].c"),
        r#"[Descend, Keys(["a", "b"]), Key("c")]"#
    );
    assert_eq!(debug("$..[-1]"), "[Descend, Index(-1)]");
    assert_eq!(
        debug("$..[?(@.a)].b"),
        r#"[Descend, Filter([Key("a")]), Key("b")]"#
    );
    assert_eq!(debug("$.a.[0]"), r#"[Key("a"), Index(0)]"#);
    assert_eq!(debug("$.$schema"), r#"[Key("$schema")]"#);
    assert_eq!(
        debug(r#"$['it\'s \u0041\ttab']"#),
        r#"[Key("it's A\ttab")]"#
    );
    assert_eq!(debug("$.A[*].*"), r#"[Key("A"), AnyChild, AnyChild]"#);
    assert_eq!(debug("$['a', 'b']"), r#"[Keys(["a", "b"])]"#);
    assert_eq!(debug("$[0, 2]"), "[Indexes([0, 2])]");
    assert_eq!(debug("$[1:]"), "[Slice { from: Some(1), to: None }]");
    assert_eq!(debug("$[:-1]"), "[Slice { from: None, to: Some(-1) }]");
    assert_eq!(debug("$.A.length()"), r#"[Key("A"), Length]"#);
    assert_eq!(
        debug("$.T[?(@.S.N == 'on')].V"),
        r#"[Key("T"), Filter([Key("S"), Key("N")] == 'on'), Key("V")]"#
    );
    assert_eq!(
        debug("$[?(@.n>=1.5)][?(@.x)][?(@.b==true)]"),
        r#"[Filter([Key("n")] >= 1.5), Filter([Key("x")]), Filter([Key("b")] == true)]"#
    );
}

#[test]
fn selectors_that_are_not_understood_say_where() {
    let mut failures = String::new();
    for text in [
        "$.A[",
        "$.A[x]",
        "$.A B",
        "$.A[?(@.b =~ /x/)]",
        "$.A[?(@.b == 1 && @.c == 2)]",
        "$.A[?(@.b = 1)]",
        "$.A[?(@.b == x)]",
        "$.A[(@.length-1)]",
        "$.A.sum()",
        "$.A[?(@.b == 1 || @.c == 2)]",
        "$.A[?(@.b[?(@.c)])]",
        "$.A[?(@.*)]",
        "$.A[0:8:2]",
        "$.A[:]",
        "$..[0].b",
        "$..[?(@ == 1)]",
        "$..length()",
        "$.A.length().b",
        r"$['\u12']",
        "$.A.",
        "$.A['b",
    ] {
        failures += &format!("{text} {}\n", selector(text).unwrap_err());
    }
    expect![[r#"
        $.A[ at ``: this cannot stand in brackets
        $.A[x] at `x]`: this cannot stand in brackets
        $.A B at ` B`: `.` or `[` is expected here
        $.A[?(@.b =~ /x/)] at `=~ /x/)]`: the service knows no regular expressions
        $.A[?(@.b == 1 && @.c == 2)] at `&& @.c == 2)]`: a filter can make one comparison only
        $.A[?(@.b = 1)] at `= 1)]`: a comparison is written `==`
        $.A[?(@.b == x)] at `x)]`: a quoted text, a number, `true`, `false` or `null` is expected here
        $.A[(@.length-1)] at `(@.length-1)]`: an index that is computed is not supported
        $.A.sum() at `sum()`: the function `sum` is not supported
        $.A[?(@.b == 1 || @.c == 2)] at `|| @.c == 2)]`: a filter can make one comparison only
        $.A[?(@.b[?(@.c)])] at `[?(@.c)])]`: a filter looks at one value
        $.A[?(@.*)] at `*)]`: a key is expected here
        $.A[0:8:2] at `:2]`: the service knows no step width
        $.A[:] at `:]`: a range needs a beginning or an end
        $..[0].b at `.b`: behind `..`, nothing can follow an index
        $..[?(@ == 1)] at `[?(@ == 1)]`: behind `..`, a filter looks at members only
        $..length() at `length()`: a key is expected here
        $.A.length().b at `.b`: nothing can follow a function
        $['\u12'] at `u12']`: this is no character
        $.A. at ``: a key is expected here
        $.A['b at `'b`: this quote is not closed
    "#]].assert_eq(&failures);
}

#[test]
fn scalars_read_differently_by_yaml_1_1_are_known() {
    let service = |text: &str| {
        let (_, document, _) = read(&step(&format!("inputs: {{a: {text}}}")));
        document.steps[0].inputs[0]
            .1
            .as_scalar()
            .map(|scalar| scalar.source.service_text())
    };
    assert_eq!(service("yes"), Some(Some("true".to_owned())));
    assert_eq!(service("'yes'"), Some(None));
    assert_eq!(service("True"), Some(None));
    assert_eq!(service("0123"), Some(Some("83".to_owned())));
    assert_eq!(service("0189"), Some(None));
    assert_eq!(service("1:30"), Some(Some("90".to_owned())));
    assert_eq!(service("1_000"), Some(Some("1000".to_owned())));
    assert_eq!(service("1.10"), Some(Some("1.1".to_owned())));
    assert_eq!(service("i-0123"), Some(None));
    assert_eq!(service("~"), None);
    check(
        "schemaVersion: '0.3'\nmainSteps:\n  - {name: 2020-01-01, action: 'aws:pause', nextStep: 010}\n",
        expect![[r#"
            3:12 warning RB0108: the service reads `2020-01-01` as a timestamp; without quotes this is no text [2020-01-01 -> '2020-01-01']
            3:12 error RB0201: the step name `2020-01-01` is not valid; only letters, digits and `_` are allowed
            3:55 warning RB0108: the service reads `010` as the number 8; without quotes this is no text [010 -> '010']
        "#]],
    );
}

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

#[test]
fn every_code_has_its_page() {
    for code in Code::ALL {
        assert_eq!(Code::parse(&code.as_str().to_lowercase()), Some(*code));
        assert!(
            code.explanation()
                .starts_with(&format!("# {code}: {}\n", code.title())),
            "{code}"
        );
        for fence in ["```yaml wrong\n", "```yaml right\n"] {
            assert_eq!(code.explanation().matches(fence).count(), 1, "{code}");
        }
    }
}

/// A small generator of pseudo-random numbers, the same on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

#[test]
fn mutated_documents_never_panic_and_spans_stay_inside() {
    const PIECES: [&str; 20] = [
        "{{", "}}", "{", "}", "[", "]", "'", "\"", ":", "\n", "\t", "- ", "&a ", "*a", "<<: ",
        "|\n", "☕", "\\", "$..", "#",
    ];
    let json = r#"{"schemaVersion": "0.3", "mainSteps": [{"name": "a", "action": "aws:pause", "inputs": {"x": ["{{ y.z }}", 1]}}]}"#;
    let mut numbers = Numbers(7);
    for round in 0..3000 {
        let mut text = if round % 3 == 0 { json } else { WHOLE }.to_owned();
        for _ in 0..=numbers.below(4) {
            let borders: Vec<usize> = text.char_indices().map(|(index, _)| index).collect();
            let start = borders[numbers.below(borders.len())];
            let rest = borders.iter().filter(|border| **border >= start);
            let end = *rest.take(numbers.below(6) + 1).last().unwrap();
            let piece = PIECES[numbers.below(PIECES.len())];
            text.replace_range(start..end, if numbers.below(3) == 0 { "" } else { piece });
        }
        let (source, _, diagnostics) = read(&text);
        for diagnostic in diagnostics.iter() {
            let edits = edits(diagnostic).map(|edit| edit.span);
            let context = diagnostic.context.iter().map(|(span, _)| *span);
            for Span { start, end } in edits.chain(context).chain([diagnostic.span]) {
                assert!(
                    source.text.get(start..end).is_some(),
                    "{diagnostic:?} in {text}"
                );
            }
        }
        render::human(&source, &diagnostics, false);
        render::json(&[(&source, &diagnostics)]);
    }
}

#[test]
fn what_ends_a_value_within_brackets_is_to_be_quoted() {
    let text = "mainSteps:\n  - {name: look, Selector: $.a[0].b}\n";
    let (source, _, found) = read(text);
    expect![[r#"
        error[RB0101]: the YAML is not well-formed: `,` or `}` expected
         --> runbook.yaml:2:31
          |
        2 |   - {name: look, Selector: $.a[0].b}
          |                               ^ here
          |
          = help: put a comma between entries; within brackets, quote a value that contains one of `,`, `[`, `]`, `{`, `}`, `: ` or ` #`
    "#]].assert_eq(&render::human(&source, &found, false));
}
