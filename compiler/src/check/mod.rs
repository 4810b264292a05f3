//! The checker: from the document as written to the program.
//!
//! Takes a [`Document`] and gives a [`Runbook`], in which nothing is left to be looked up, or reports why there is
//! none. Checking a thing is translating it: each rule both reports and yields its part. Everything is reported in
//! one go and each cause once; what was reported is silent afterwards.

mod actions;
mod advice;
mod assignment;
mod children;
mod constraints;
mod defaults;
mod desired;
mod dominators;
mod flow;
mod graph;
mod known;
mod names;
mod outputs;
mod parameters;
mod pattern;
mod references;
mod scope;
mod selectors;
mod shapes;
mod steps;
mod unset;
mod uses;

#[cfg(feature = "cli")]
pub(crate) use actions::search;
#[cfg(feature = "cli")]
pub(crate) use actions::{OwnInput, own_inputs, predefined};
pub(crate) use pattern::refuses;

use hmac_sha256::Hash;

use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Document, Type};
use crate::ir::{ApiCall, Attachment, Expression, Runbook, Step, Work};
use crate::library::Library;
use crate::source::{Source, Span};
use crate::syntax::Part;
use graph::Graph;
use names::Names;
use scope::{Place, Scope};
use uses::Uses;

/// Checks a document and translates it; `None` when there is an error.
pub fn check(
    document: &Document,
    source: &Source,
    library: Library<'_>,
    catalogue: &Catalogue,
    diagnostics: &mut Diagnostics,
) -> Option<Runbook> {
    let uses = Uses::collect(document);
    let names = Names::collect(document, catalogue, &uses, diagnostics);
    let scope = Scope::new(document, library, catalogue, &names, Place::AssumeRole);
    let assume_role = assume_role(&scope, diagnostics);
    let parameters = parameters::check(&scope, source, diagnostics);
    let variables = parameters::check_variables(&scope, diagnostics);
    let steps = steps::check(&scope, source, diagnostics);
    let graph = Graph::of(&scope);
    flow::check(&graph, &scope, diagnostics);
    assignment::check(&uses, &graph, &scope, diagnostics);
    unset::check(&uses, &graph, &scope, diagnostics);
    let outputs = outputs::check(&scope, diagnostics);
    let identity = identity(catalogue, diagnostics);
    if diagnostics.has_errors() {
        return None;
    }
    let parameters = parameters?;
    let steps = steps?;
    let program = advice::Program {
        scope: &scope,
        uses: &uses,
        graph: &graph,
        parameters: &parameters,
        steps: &steps,
    };
    advice::check(&program, diagnostics);
    let stored = actions::stored(catalogue, &parameters);
    let attachments = attachments(document, &steps);
    Some(Runbook {
        name: source.document.clone(),
        file: source.file().to_owned(),
        hash: hash(&source.text),
        description: document
            .description
            .as_ref()
            .map(|text| text.value.clone())
            .unwrap_or_default(),
        assume_role,
        parameters,
        variables: variables?,
        steps: Some(steps).filter(|steps| !steps.is_empty())?,
        outputs,
        attachments,
        linked: Vec::new(),
        identity: identity?,
        stored,
        search: None,
    })
}

/// `assumeRole`; an empty one is none (spec 1.1).
fn assume_role(scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<Expression> {
    let role = scope.document.assume_role.as_ref()?;
    if role.value.is_literal() {
        let text: String = role.value.parts.iter().filter_map(literal).collect();
        diagnostics.extend(no_role(text.trim(), role.span));
        return (!text.trim().is_empty()).then(|| Expression::String(text.trim().to_owned()));
    }
    let typed = scope.template(&role.value, role.span, diagnostics);
    match typed.kind? {
        Type::String => typed.expression,
        kind => {
            let message =
                format!("`assumeRole` takes a String, but its reference is of type {kind}");
            let report = Diagnostic::error(Code::WrongReferenceType, role.span, message);
            let declared = typed.origin.and_then(|origin| origin.declared);
            let report = report
                .label("not a role")
                .help("refer to a parameter of type `String` or `AWS::IAM::Role::Arn`");
            diagnostics.push(match declared {
                Some(span) => report.context(span, "declared here"),
                None => report,
            });
            None
        }
    }
}

/// The report of a text that is no ARN of a role, as the service finds out when the runbook is started (spec 1.5).
fn no_role(text: &str, span: Span) -> Option<Diagnostic> {
    let mut parts = text.splitn(6, ':');
    let mut next = || parts.next().unwrap_or_default();
    let is_arn = next() == "arn" && next().starts_with("aws") && next() == "iam";
    let (region, account, resource) = (next(), next(), next());
    let is_account = account.len() == 12 && account.bytes().all(|digit| digit.is_ascii_digit());
    let name = resource.strip_prefix("role/");
    // A brace is one of a reference that was not recognised.
    if text.is_empty()
        || text.contains(['{', '}'])
        || is_arn && region.is_empty() && is_account && name.is_some_and(|name| !name.is_empty())
    {
        return None;
    }
    let message = format!("`assumeRole` is `{text}`, which is no ARN of a role");
    Some(
        Diagnostic::error(Code::ViolatedConstraint, span, message)
            .label("the service refuses to start the runbook")
            .help("write it like `arn:aws:iam::111122223333:role/NAME`, or refer to a parameter"),
    )
}

fn literal(part: &Part) -> Option<&str> {
    match part {
        Part::Text(text) => Some(text),
        Part::Reference(_) => None,
    }
}

/// The files that scripts use, each once.
fn attachments(document: &Document, steps: &[Step]) -> Vec<Attachment> {
    let used = |name: &str| {
        steps.iter().any(|step| match &step.work {
            Work::Script(script) => {
                let attachment = script.attachment.as_ref();
                attachment.is_some_and(|attachment| attachment.can_be(name))
            }
            _ => false,
        })
    };
    let files = document.files.iter().filter(|file| used(&file.name.value));
    let files = files.map(|file| Attachment {
        name: file.name.value.clone(),
        sha256: file
            .sha256
            .as_ref()
            .map(|sum| sum.value.to_ascii_lowercase()),
        span: file.name.span,
        content: None,
    });
    files.collect()
}

/// The call that tells who runs the binary.
fn identity(catalogue: &Catalogue, diagnostics: &mut Diagnostics) -> Option<ApiCall> {
    const SERVICE: &str = "sts";
    const OPERATION: &str = "GetCallerIdentity";
    let service = catalogue.find(SERVICE);
    let operation = service
        .as_ref()
        .and_then(|service| service.operation(OPERATION).cloned());
    let (Some(service), Some(operation)) = (service, operation) else {
        let message = format!(
            "the service models have no `{OPERATION}` of `{SERVICE}`, which every runbook calls"
        );
        diagnostics.push(Diagnostic::error(
            Code::UnknownOperation,
            Span::default(),
            message,
        ));
        return None;
    };
    let written_service = SERVICE.to_owned();
    let written_api = OPERATION.to_owned();
    Some(ApiCall {
        service,
        written_service,
        written_api,
        span: Span::default(),
        operation,
        converts: false,
        input: Vec::new(),
    })
}

fn hash(text: &str) -> String {
    let digest = Hash::hash(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
