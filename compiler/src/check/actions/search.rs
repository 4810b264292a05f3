//! The calls that find the resources for which a runbook is to run (spec 6.3).

use super::call::{Called, Given, told, told_list};
use crate::catalogue::Catalogue;
use crate::ir::{Paged, Search};
use crate::source::Span;

/// Members, and what is given to them.
type Members = Vec<(&'static str, Given)>;

/// The calls of a search; none if the service models lack one of them, which those that are embedded do not.
pub(crate) fn search(catalogue: &Catalogue) -> Option<Search> {
    let filter = || Given::Map(vec![("Key", told("name")), ("Values", told_list("values"))]);
    let tagged = || vec![("TagFilters", Given::List(vec![filter()]))];
    let grouped = || vec![("Group", told("group"))];
    let page = |member| (member, told("page"));
    Some(Search {
        tagged: paged(
            catalogue,
            ("resourcegroupstaggingapi", "GetResources"),
            tagged(),
            vec![
                page("PaginationToken"),
                ("ResourceTypeFilters", told_list("types")),
            ],
        )?,
        grouped: paged(
            catalogue,
            ("resource-groups", "ListGroupResources"),
            grouped(),
            vec![page("NextToken")],
        )?,
        instances: paged(
            catalogue,
            ("ec2", "DescribeInstances"),
            Vec::new(),
            vec![page("NextToken")],
        )?,
    })
}

fn paged(
    catalogue: &Catalogue,
    (service, operation): (&str, &str),
    first: Members,
    further: Members,
) -> Option<Paged> {
    let call = |members| {
        let called = Called::find(catalogue, service, operation)?;
        called.at(Span::default(), members)
    };
    let later = first.clone().into_iter().chain(further).collect();
    Some(Paged {
        first: call(first)?,
        later: call(later)?,
    })
}
