//! The parameters that a command line supplies: flags before `--param` before `--parameters`.

use std::io::Read;

use clap::ArgMatches;

use crate::runbook::{Definition, ParameterDefinition};
use crate::value::{Document, Map, Type};

use super::command::id;
use super::console::Console;

/// The parameters of a `run`; those of `base`, a scenario's, count least.
///
/// # Errors
/// When the file of parameters cannot be read.
pub(super) fn supplied(
    definition: &'static Definition,
    base: Map,
    matches: &ArgMatches,
    console: &mut Console,
) -> Result<Map, String> {
    let mut supplied = base;
    if let Some(file) = matches.get_one::<String>("parameters") {
        supplied.extend(file_of_parameters(file, console)?);
    }
    supplied.extend(params(definition, matches));
    supplied.extend(flags(definition, matches));
    Ok(supplied)
}

fn file_of_parameters(file: &str, console: &mut Console) -> Result<Map, String> {
    let text = match file {
        "-" => {
            let mut text = String::new();
            console.input.read_to_string(&mut text).map(|_| text)
        }
        path => std::fs::read_to_string(path),
    };
    let text = text.map_err(|error| format!("cannot read {file}: {error}"))?;
    // Read as YAML first, because that finds duplicate keys.
    let yaml: serde_yaml::Value =
        serde_yaml::from_str(&text).map_err(|error| format!("{file}: {error}"))?;
    match serde_json::to_value(yaml) {
        Ok(Document::Object(parameters)) => Ok(parameters),
        Ok(Document::Null) => Ok(Map::new()),
        Ok(_) => Err(format!("{file}: parameters are a map of names and values")),
        Err(error) => Err(format!("{file}: {error}")),
    }
}

fn params(definition: &'static Definition, matches: &ArgMatches) -> Map {
    let mut texts: Vec<(String, Vec<String>)> = Vec::new();
    for (name, text) in matches
        .get_many::<(String, String)>("param")
        .into_iter()
        .flatten()
    {
        match texts.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => values.push(text.clone()),
            None => texts.push((name.clone(), vec![text.clone()])),
        }
    }
    let value = |(name, texts): (String, Vec<String>)| {
        let parameter = definition
            .parameters
            .iter()
            .find(|parameter| parameter.name == name);
        (name, value(parameter, texts))
    };
    texts.into_iter().map(value).collect()
}

fn flags(definition: &'static Definition, matches: &ArgMatches) -> Map {
    let given = |parameter: &ParameterDefinition| {
        // An argument that does not exist, because its name is no flag, was not given either.
        let texts = matches
            .try_get_many::<String>(&id(parameter))
            .ok()
            .flatten()?;
        Some((
            parameter.name.to_owned(),
            value(Some(parameter), texts.cloned().collect()),
        ))
    };
    definition.parameters.iter().filter_map(given).collect()
}

/// What the texts on the command line stand for: a list for the types that are lists, else the one text.
fn value(parameter: Option<&ParameterDefinition>, mut texts: Vec<String>) -> Document {
    let is_list = parameter
        .is_some_and(|parameter| matches!(parameter.kind, Type::StringList | Type::MapList));
    match texts.len() {
        1 if !is_list => texts.pop().map_or(Document::Null, Document::from),
        _ => Document::from(texts),
    }
}
