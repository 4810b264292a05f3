//! The function of `mod.rs` that says how resources are found.

use proc_macro2::TokenStream;
use quote::quote;

use super::plan::Plan;
use super::steps::{amended, later};

/// How resources are found, if the binary is to find any.
pub(crate) fn search(plan: &Plan<'_>) -> Option<TokenStream> {
    let search = plan.runbook.search.as_ref()?;
    let (tagged, grouped, instances) = (&search.tagged, &search.grouped, &search.instances);
    let first = [tagged, grouped, instances].map(|paged| later(plan, &paged.first));
    let [tagged_first, grouped_first, instances_first] = first;
    let of_types = amended(plan, &tagged.later, "ResourceTypeFilters");
    let more_tagged = amended(plan, &tagged.later, "PaginationToken");
    let more_grouped = amended(plan, &grouped.later, "NextToken");
    let more_instances = amended(plan, &instances.later, "NextToken");
    Some(quote! {
        fn search() -> Option<generated::Search<api::Request>> {
            Some(generated::Search {
                tagged: #tagged_first,
                of_types: #of_types,
                more_tagged: #more_tagged,
                grouped: #grouped_first,
                more_grouped: #more_grouped,
                instances: #instances_first,
                more_instances: #more_instances,
            })
        }
    })
}
