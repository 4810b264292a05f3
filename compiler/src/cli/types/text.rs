//! The signature for people: columns of names and types.

use serde_json::Value;

use super::signature::{InputType, MemberType, ParameterType, Range, Signature, StepType};

/// How many of an input's possible values, or of its members, are shown.
const VALUES: usize = 6;

/// The signature as text.
pub(super) fn print(signature: &Signature) -> String {
    let mut text = signature.name.clone();
    if let Some(line) = signature.description.lines().next() {
        text.push_str(&format!(": {line}"));
    }
    text.push('\n');
    section(
        &mut text,
        "parameters",
        signature.parameters.iter().map(parameter).collect(),
    );
    section(
        &mut text,
        "variables",
        signature.variables.iter().map(variable).collect(),
    );
    text.push_str("\nsteps\n");
    signature
        .steps
        .iter()
        .for_each(|entry| step(&mut text, entry));
    if !signature.outputs.is_empty() {
        text.push_str(&format!(
            "\noutputs\n  {}\n",
            signature.outputs.join("\n  ")
        ));
    }
    text
}

/// A name, its type, and the rest.
type Row = [String; 3];

fn section(text: &mut String, title: &str, rows: Vec<Row>) {
    if !rows.is_empty() {
        text.push_str(&format!("\n{title}\n"));
        table(text, "  ", &rows);
    }
}

fn table(text: &mut String, indent: &str, rows: &[Row]) {
    let width = |column: fn(&Row) -> &String| {
        rows.iter()
            .map(|row| column(row).chars().count())
            .max()
            .unwrap_or_default()
    };
    let (first, second) = (width(|row| &row[0]), width(|row| &row[1]));
    for [name, kind, rest] in rows {
        let line = format!("{indent}{name:first$}  {kind:second$}  {rest}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

fn parameter(parameter: &ParameterType) -> Row {
    declared(parameter, "required")
}

fn variable(variable: &ParameterType) -> Row {
    declared(variable, "no value at first")
}

fn declared(parameter: &ParameterType, without_default: &str) -> Row {
    let kind = match &parameter.resource {
        Some(resource) => format!("{} ({resource})", parameter.kind),
        None => parameter.kind.to_owned(),
    };
    let default = parameter
        .default
        .as_ref()
        .map(|value| format!("default {value}"));
    let facts = [
        Some(default.unwrap_or_else(|| without_default.to_owned())),
        one_of(&parameter.allowed_values),
        parameter
            .allowed_pattern
            .as_ref()
            .map(|pattern| format!("pattern {pattern}")),
        parameter.items.as_ref().map(|range| bounds(range, "items")),
        parameter
            .characters
            .as_ref()
            .map(|range| bounds(range, "characters")),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    [parameter.name.clone(), kind, facts.join("; ")]
}

fn one_of(values: &[Value]) -> Option<String> {
    let texts: Vec<String> = values.iter().map(Value::to_string).collect();
    (!texts.is_empty()).then(|| format!("one of {}", texts.join(", ")))
}

fn bounds(range: &Range, noun: &str) -> String {
    match (range.min, range.max) {
        (Some(min), Some(max)) => format!("{min} to {max} {noun}"),
        (Some(min), None) => format!("at least {min} {noun}"),
        (None, Some(max)) => format!("at most {max} {noun}"),
        (None, None) => format!("any number of {noun}"),
    }
}

fn step(text: &mut String, step: &StepType) {
    let inside = step
        .inside
        .as_ref()
        .map(|around| format!(", inside {around}"))
        .unwrap_or_default();
    let api = step
        .api
        .as_ref()
        .map(|api| format!("  {api}"))
        .unwrap_or_default();
    text.push_str(&format!(
        "  {}  {}{api}  (line {}{inside})\n",
        step.name, step.action, step.line
    ));
    let given = step
        .inputs
        .iter()
        .filter(|input| input.given || input.required);
    let inputs: Vec<Row> = given.map(input).collect();
    let rest = step
        .inputs
        .iter()
        .filter(|input| !input.given && !input.required);
    let rest: Vec<String> = rest
        .map(|input| format!("{}: {}", input.name, input.kind))
        .collect();
    if !inputs.is_empty() {
        text.push_str("    inputs\n");
        table(text, "      ", &inputs);
    }
    if !rest.is_empty() {
        text.push_str("    further inputs\n");
        wrapped(text, "      ", &rest);
    }
    if !step.outputs.is_empty() {
        text.push_str("    outputs\n");
        let outputs = step.outputs.iter().map(|output| {
            let source = output.selector.as_deref().or(output.description);
            let source = source.unwrap_or_default().to_owned();
            [output.name.clone(), output.kind.to_owned(), source]
        });
        table(text, "      ", &outputs.collect::<Vec<Row>>());
    }
}

fn input(input: &InputType) -> Row {
    let values = match input.values.len() {
        0 => None,
        count if count <= VALUES => Some(input.values.join(" | ")),
        count => {
            let some: Vec<&str> = input
                .values
                .iter()
                .take(VALUES)
                .map(String::as_str)
                .collect();
            Some(format!("{} | … ({count} values)", some.join(" | ")))
        }
    };
    let required = input.required.then(|| "required".to_owned());
    let facts = [required, values, members(&input.members)];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    [input.name.clone(), input.kind.to_owned(), facts.join("; ")]
}

/// The members of a mapping: `{weight: Integer, base: Integer}`.
fn members(members: &[MemberType]) -> Option<String> {
    let some = members.iter().take(VALUES);
    let mut texts: Vec<String> = some
        .map(|member| format!("{}: {}", member.name, member.kind))
        .collect();
    if members.len() > VALUES {
        texts.push(format!("… ({} members)", members.len()));
    }
    (!texts.is_empty()).then(|| format!("{{{}}}", texts.join(", ")))
}

/// A list with commas, in lines that fit on a terminal.
fn wrapped(text: &mut String, indent: &str, entries: &[String]) {
    let mut line = String::new();
    for (index, entry) in entries.iter().enumerate() {
        if !line.is_empty() && indent.len() + line.len() + entry.len() > 98 {
            text.push_str(&format!("{indent}{}\n", line.trim_end()));
            line.clear();
        }
        let comma = if index + 1 < entries.len() { ", " } else { "" };
        line.push_str(&format!("{entry}{comma}"));
    }
    text.push_str(&format!("{indent}{}\n", line.trim_end()));
}
