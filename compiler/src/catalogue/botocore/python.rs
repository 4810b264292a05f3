//! What Boto3 knows beyond the models, read from the text of botocore's Python.
//!
//! The three tables are literals that hold quoted strings and no code, so their
//! strings are enough. A table that is not found is an error: better no new
//! catalogue than one that lacks aliases.

use std::collections::HashMap;

use super::super::CatalogueError;

/// Boto3's additions to the models.
pub(super) struct Customizations {
    /// The version of botocore.
    pub(super) version: String,
    /// The method of each operation that breaks the rule.
    pub(super) methods: HashMap<String, String>,
    /// Other names of parameters.
    pub(super) aliases: Vec<(Target, String)>,
    /// Parameters that Boto3 fills in.
    pub(super) filled: Vec<Target>,
}

/// A parameter of an operation, or of every operation (`*`).
#[derive(Debug, PartialEq)]
pub(super) struct Target {
    service: String,
    operation: String,
    pub(super) parameter: String,
}

impl Customizations {
    /// Reads the texts of `__init__.py` and `handlers.py`.
    pub(super) fn read(package: &str, handlers: &str) -> Result<Self, CatalogueError> {
        Ok(Customizations {
            version: version(package).ok_or(missing("the version", "__init__.py"))?,
            methods: methods(package).ok_or(missing("the method names", "__init__.py"))?,
            aliases: aliases(handlers).ok_or(missing("the aliases", "handlers.py"))?,
            filled: filled(handlers).ok_or(missing("the filled parameters", "handlers.py"))?,
        })
    }
}

impl Target {
    /// Whether it means this operation; a service goes by its name or its hyphenated id.
    pub(super) fn covers(&self, service: &str, service_id: &str, operation: &str) -> bool {
        let hyphenated = service_id.to_lowercase().replace(' ', "-");
        let service = self.service == service || self.service == hyphenated;
        service && (self.operation == "*" || self.operation == operation)
    }

    /// From `service.Operation` or `service.*`.
    fn new(event: &str, parameter: &str) -> Option<Target> {
        let (service, operation) = event.split_once('.')?;
        Some(Target {
            service: service.to_owned(),
            operation: operation.to_owned(),
            parameter: parameter.to_owned(),
        })
    }
}

fn missing(what: &'static str, file: &'static str) -> CatalogueError {
    CatalogueError::Source { what, file }
}

fn version(package: &str) -> Option<String> {
    let (_, rest) = package.split_once("__version__ =")?;
    strings(rest).next().map(str::to_owned)
}

/// From lines such as `('ListHITs', '_'): 'list_hits',` in the prepared cache.
fn methods(package: &str) -> Option<HashMap<String, String>> {
    let table = table(package, "\n_xform_cache = {", "\n}")?;
    let strings: Vec<_> = strings(&table).collect();
    let mut methods = HashMap::new();
    for entry in strings.chunks(3) {
        let [name, separator, method] = entry else {
            return None;
        };
        if *separator == "_" {
            methods.insert(String::from(*name), String::from(*method));
        }
    }
    Some(methods)
}

/// From lines such as `'ec2.*.Filter': 'Filters',`.
fn aliases(handlers: &str) -> Option<Vec<(Target, String)>> {
    let (_, function) = handlers.split_once("def _add_parameter_aliases(")?;
    let table = table(function, "aliases = {", "}")?;
    let strings: Vec<_> = strings(&table).collect();
    let pairs = strings.chunks(2).map(|entry| {
        let [original, alias] = entry else {
            return None;
        };
        let (event, parameter) = original.rsplit_once('.')?;
        Some((Target::new(event, parameter)?, String::from(*alias)))
    });
    pairs.collect()
}

/// From registrations such as `('docs.*.glacier.*.complete-section', AutoPopulatedParam('accountId'…`.
fn filled(handlers: &str) -> Option<Vec<Target>> {
    let (_, registrations) = handlers.split_once("\nBUILTIN_HANDLERS = [")?;
    let pieces: Vec<_> = registrations.split("AutoPopulatedParam(").collect();
    let targets = pieces.windows(2).map(|around| {
        let [before, after] = around else { return None };
        let event = strings(before.rsplit_once("(\n")?.1).last()?;
        let event = event
            .strip_prefix("docs.*.")?
            .strip_suffix(".complete-section")?;
        Target::new(event, strings(after).next()?)
    });
    let targets: Vec<_> = targets.collect::<Option<_>>()?;
    (!targets.is_empty()).then_some(targets)
}

/// The text between two marks, without its comments.
fn table(text: &str, start: &str, end: &str) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    let (table, _) = rest.split_once(end)?;
    let lines = table
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// What stands between single quotes.
fn strings(text: &str) -> impl Iterator<Item = &str> {
    text.split('\'').skip(1).step_by(2)
}
