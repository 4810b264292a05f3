//! Searches: for which resources a runbook is run, when targets say so by a tag, a resource group, or all instances
//! (spec 6.3).
//!
//! The calls are those of the runbook itself, made by its own caller before anything starts; a binary has them when it is
//! built with `--targets`. What was found is kept with the execution, so nothing is looked for twice.

mod resource;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::caller::{Call, CallError, Caller};
use crate::effect::Request;
use crate::runbook::ParameterDefinition;
use crate::value::Document;

pub(crate) use resource::ResourceType;
use resource::{Arn, Form};

/// The most values of a tag that one GetResources takes.
const MOST_TAG_VALUES: usize = 20;

/// The states of instances that are none any more.
const GONE: [&str; 2] = ["shutting-down", "terminated"];

/// The requests of a search. Generated code has them.
#[derive(Debug)]
pub struct Search<Q> {
    /// What has a tag of this name with one of these values: Resource Groups Tagging API GetResources.
    pub tagged: fn(String, Vec<String>) -> Q,
    /// The same, but only resources of these types, each as in `ec2:instance`.
    pub of_types: fn(Q, Vec<String>) -> Q,
    /// The same, from this page on.
    pub more_tagged: fn(Q, String) -> Q,
    /// What is in the group of this name or ARN: Resource Groups ListGroupResources.
    pub grouped: fn(String) -> Q,
    /// The same, from this page on.
    pub more_grouped: fn(Q, String) -> Q,
    /// All instances: EC2 DescribeInstances.
    pub instances: fn() -> Q,
    /// The same, from this page on.
    pub more_instances: fn(Q, String) -> Q,
}

/// What is looked for: an element of the service's `Targets`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Query {
    /// `tag:NAME`, `ResourceGroup`, `AWS::EC2::Instance` or `ParameterValues`.
    pub(crate) key: String,
    /// What belongs to it.
    pub(crate) values: Vec<String>,
}

/// The forms of targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind<'q> {
    /// The values themselves.
    Values,
    /// What has a tag of this name.
    Tag(&'q str),
    /// What is in a group.
    Group(&'q str),
    /// All instances of the account, in its Region.
    Instances,
}

/// What is wrong with a query.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum QueryError {
    #[error(
        "targets cannot be found by `{0}`: write `tag:NAME=VALUE`, `ResourceGroup=NAME`, `AWS::EC2::Instance=*` or \
         `ParameterValues=VALUE`"
    )]
    Key(String),
    #[error("`{0}` needs a value: `{0}=VALUE`")]
    NoValue(String),
    #[error("`{0}` takes one value")]
    SeveralValues(String),
    #[error("`{0}` takes `*`, for all instances; single ones are named by --target")]
    NotAll(String),
}

/// Why a search has found nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum SearchError {
    #[error("cannot find the targets: {0}")]
    Call(#[from] CallError),
    #[error(
        "cannot find the targets: the group `{group}` cannot tell its members: {code}: {message}"
    )]
    Group {
        group: String,
        code: String,
        message: String,
    },
    #[error("nothing to run for: there is no {what} that {which}")]
    Nothing { what: String, which: String },
}

impl Query {
    /// Which form it has.
    ///
    /// # Errors
    /// When it has none, or its values do not suit it.
    pub(crate) fn kind(&self) -> Result<Kind<'_>, QueryError> {
        let Self { key, values } = self;
        let kind = match key.as_str() {
            "ParameterValues" => Kind::Values,
            "ResourceGroup" | "resource-groups:Name" => {
                Kind::Group(values.first().map_or("", String::as_str))
            }
            "AWS::EC2::Instance" => Kind::Instances,
            key => match key.strip_prefix("tag:") {
                Some(name) if !name.is_empty() => Kind::Tag(name),
                _ => return Err(QueryError::Key(key.to_owned())),
            },
        };
        match (kind, values.as_slice()) {
            (_, []) => Err(QueryError::NoValue(key.clone())),
            (Kind::Group(_), [_, _, ..]) => Err(QueryError::SeveralValues(key.clone())),
            (Kind::Instances, [all]) if all == "*" => Ok(kind),
            (Kind::Instances, _) => Err(QueryError::NotAll(key.clone())),
            _ => Ok(kind),
        }
    }

    /// What is said of what it looks for: `has the tag Stage with prod or test`.
    fn which(&self) -> String {
        let values = self.values.join("` or `");
        match self.kind() {
            Ok(Kind::Tag(name)) => format!("has the tag `{name}` with `{values}`"),
            Ok(Kind::Group(group)) => format!("is in the group `{group}`"),
            _ => "is there".to_owned(),
        }
    }
}

/// Looks for the resources of a query; gives the values that the parameter takes for them, in the order in which AWS tells
/// them, each once. Resources of other types than `of` are left out.
///
/// # Errors
/// When a call fails, or when there are none.
pub(crate) async fn find<Q: Request>(
    search: &Search<Q>,
    caller: &dyn Caller<Q>,
    query: &Query,
    of: &ResourceType,
    parameter: &'static ParameterDefinition,
) -> Result<Vec<String>, SearchError> {
    let mut pages = Pages { caller, number: 0 };
    let mut found = Found {
        form: Form::of(parameter),
        values: Vec::new(),
    };
    match query.kind() {
        Ok(Kind::Tag(name)) => {
            for values in query.values.chunks(MOST_TAG_VALUES) {
                let mut request = (search.tagged)(name.to_owned(), values.to_vec());
                if let Some(types) = of.in_arns() {
                    request = (search.of_types)(request, types);
                }
                let more = (search.more_tagged, "PaginationToken");
                pages.all(request, more, |page| found.tagged(page)).await?;
            }
        }
        Ok(Kind::Group(group)) => {
            let request = (search.grouped)(group.to_owned());
            let more = (search.more_grouped, "NextToken");
            let mut problem = None;
            pages
                .all(request, more, |page| {
                    problem = problem.take().or_else(|| group_problem(group, page));
                    found.grouped(page, of);
                })
                .await?;
            if let Some(problem) = problem {
                return Err(problem);
            }
        }
        Ok(Kind::Instances) => {
            let more = (search.more_instances, "NextToken");
            pages
                .all((search.instances)(), more, |page| found.instances(page))
                .await?;
        }
        Ok(Kind::Values) | Err(_) => found.values.clone_from(&query.values),
    }
    match found.values.is_empty() {
        false => Ok(found.values),
        true => Err(SearchError::Nothing {
            what: of.to_string(),
            which: query.which(),
        }),
    }
}

/// Calls, one page after the other.
struct Pages<'c, Q> {
    caller: &'c dyn Caller<Q>,
    number: u32,
}

impl<Q: Request> Pages<'_, Q> {
    async fn all(
        &mut self,
        first: Q,
        (more, token): (fn(Q, String) -> Q, &str),
        mut take: impl FnMut(&Document),
    ) -> Result<(), CallError> {
        let mut request = first.clone();
        loop {
            self.number += 1;
            let call = Call::before_steps(self.number);
            let page = self.caller.call(&call, &request).await?;
            take(&page);
            // The last page has none, or an empty one.
            match text(&page, token).filter(|token| !token.is_empty()) {
                Some(token) => request = more(first.clone(), token.to_owned()),
                None => return Ok(()),
            }
        }
    }
}

/// What was found, as the parameter takes it.
struct Found {
    form: Form,
    values: Vec<String>,
}

impl Found {
    fn add(&mut self, value: String) {
        if !self.values.contains(&value) {
            self.values.push(value);
        }
    }

    fn resource(&mut self, arn: &str) {
        self.add(self.form.value(&Arn::read(arn)));
    }

    fn tagged(&mut self, page: &Document) {
        for resource in list(page, "ResourceTagMappingList") {
            if let Some(arn) = text(resource, "ResourceARN") {
                self.resource(arn);
            }
        }
    }

    fn grouped(&mut self, page: &Document, of: &ResourceType) {
        let nested = list(page, "Resources").filter_map(|resource| resource.get("Identifier"));
        // The same resources in an older form.
        let plain = list(page, "ResourceIdentifiers");
        for resource in nested.chain(plain) {
            let kind = text(resource, "ResourceType").unwrap_or_default();
            if let Some(arn) = text(resource, "ResourceArn").filter(|_| of.includes(kind)) {
                self.resource(arn);
            }
        }
    }

    fn instances(&mut self, page: &Document) {
        let reservations = list(page, "Reservations");
        for instance in reservations.flat_map(|reservation| list(reservation, "Instances")) {
            let state = instance.get("State").and_then(|state| text(state, "Name"));
            let is_there = !state.is_some_and(|state| GONE.contains(&state));
            if let Some(id) = text(instance, "InstanceId").filter(|_| is_there) {
                self.add(id.to_owned());
            }
        }
    }
}

/// Why a group does not tell its members, if it does not.
fn group_problem(group: &str, page: &Document) -> Option<SearchError> {
    let error = list(page, "QueryErrors").next()?;
    let text = |name| text(error, name).unwrap_or_default().to_owned();
    Some(SearchError::Group {
        group: group.to_owned(),
        code: text("ErrorCode"),
        message: text("Message"),
    })
}

fn text<'d>(document: &'d Document, name: &str) -> Option<&'d str> {
    document.get(name)?.as_str()
}

fn list<'d>(document: &'d Document, name: &str) -> impl Iterator<Item = &'d Document> {
    let elements = document.get(name).and_then(Document::as_array);
    elements.into_iter().flatten()
}
