//! References in texts: where they stand, and what is none.

use expect_test::expect;
use runbookc::syntax::Reference;

use crate::{WHOLE, check, read, step};

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
            1:19 error RB0107: the schema version is `{{ V }}`, but a runbook has `0.3`; not the version of a runbook [{{ V }} -> '0.3']
        "#]],
    );
}
