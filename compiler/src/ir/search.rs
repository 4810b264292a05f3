//! Searches: the calls that find the resources for which a runbook is to run (spec 6.3).

use super::ApiCall;

/// The calls that find resources. A binary has them when it is built with `--targets`.
#[derive(Clone, Debug)]
pub struct Search {
    /// Resource Groups Tagging API GetResources: what has a tag, told as its `name` and `values`.
    pub tagged: Paged,
    /// Resource Groups ListGroupResources: what is in the group told as `group`.
    pub grouped: Paged,
    /// EC2 DescribeInstances: all instances.
    pub instances: Paged,
}

/// A call whose answer comes in pages.
#[derive(Clone, Debug)]
pub struct Paged {
    /// The call for the first page.
    pub first: ApiCall,
    /// The same with everything that the call for another page may have beside it.
    pub later: ApiCall,
}

impl Search {
    /// Every call that it may make.
    pub fn calls(&self) -> impl Iterator<Item = &ApiCall> {
        let all = [&self.tagged, &self.grouped, &self.instances];
        all.into_iter()
            .flat_map(|paged| [&paged.first, &paged.later])
    }
}
