//! Selectors: every form, and what is none.

use expect_test::expect;
use runbookc::source::Spanned;
use runbookc::syntax::selector::FilterTest;
use runbookc::syntax::{Selector, SelectorSegment};

use crate::{read, step};

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
