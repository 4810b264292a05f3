//! Which SDK crates a build uses: cargo's answer.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use serde::Deserialize;

use crate::build::Audience;
use crate::build::BuildError;
use crate::build::cargo::{self, Invocation};

/// The crates of a build that belong to the SDK.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    /// The crates of services.
    pub(super) sdk: Vec<Package>,
    /// `aws-config`, which calls some of them.
    pub(super) config: Option<Package>,
}

/// A resolved crate.
#[derive(Clone, Debug)]
pub(super) struct Package {
    /// Its name.
    pub(super) name: String,
    /// Its version.
    pub(super) version: String,
    /// Its unpacked source.
    pub(super) source: PathBuf,
}

/// Lets cargo choose the versions, fetch the sources, and say where they are.
pub(super) fn resolve(
    invocation: &Invocation<'_>,
    audience: &mut dyn Audience,
) -> Result<Resolved, BuildError> {
    let metadata = metadata(invocation, audience)?;
    // A crate from elsewhere is one that somebody works on: it is neither judged nor copied.
    let published = metadata.packages.into_iter().filter(Listed::is_published);
    Ok(Resolved::of(published))
}

/// The SDK crates, from the registry or not, on which a package of a workspace is built; `None` if there is no such
/// package. Without a name, those of all packages.
pub(super) fn used_by(
    package: Option<&str>,
    invocation: &Invocation<'_>,
    audience: &mut dyn Audience,
) -> Result<Option<Resolved>, BuildError> {
    let metadata = metadata(invocation, audience)?;
    let Some(package) = package else {
        return Ok(Some(Resolved::of(metadata.packages.into_iter())));
    };
    let members = metadata
        .packages
        .iter()
        .filter(|listed| listed.name == package && metadata.workspace_members.contains(&listed.id));
    let Some(root) = members.map(|listed| listed.id.clone()).next() else {
        return Ok(None);
    };
    let reached = metadata.resolve.reach(root);
    let listed = metadata.packages.into_iter();
    let listed = listed.filter(|listed| reached.contains(&listed.id));
    Ok(Some(Resolved::of(listed)))
}

fn metadata(
    invocation: &Invocation<'_>,
    audience: &mut dyn Audience,
) -> Result<Metadata, BuildError> {
    let account = cargo::metadata(invocation, audience)?;
    serde_json::from_slice(&account).map_err(BuildError::Metadata)
}

impl Resolved {
    fn of(listed: impl Iterator<Item = Listed>) -> Self {
        let mut resolved = Self::default();
        for package in listed.map(Listed::package) {
            if package.name == "aws-config" {
                resolved.config = Some(package);
            } else if package.name.starts_with("aws-sdk-") {
                resolved.sdk.push(package);
            }
        }
        resolved
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Listed>,
    workspace_members: HashSet<String>,
    resolve: Graph,
}

#[derive(Deserialize)]
struct Graph {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    dependencies: Vec<String>,
}

impl Graph {
    /// A package and everything below it.
    fn reach(&self, root: String) -> HashSet<String> {
        let nodes = self.nodes.iter();
        let below: HashMap<&str, &Vec<String>> =
            nodes.map(|node| (&*node.id, &node.dependencies)).collect();
        let mut reached = HashSet::new();
        let mut open = vec![root];
        while let Some(package) = open.pop() {
            let dependencies = below.get(&*package).into_iter().copied().flatten();
            if reached.insert(package.clone()) {
                open.extend(dependencies.cloned());
            }
        }
        reached
    }
}

#[derive(Deserialize)]
struct Listed {
    id: String,
    name: String,
    version: String,
    manifest_path: PathBuf,
    source: Option<String>,
}

impl Listed {
    /// Whether it comes from a registry, so that its source never changes.
    fn is_published(&self) -> bool {
        let source = self.source.as_deref().unwrap_or_default();
        source.starts_with("registry+") || source.starts_with("sparse+")
    }

    fn package(self) -> Package {
        Package {
            source: self
                .manifest_path
                .parent()
                .map(PathBuf::from)
                .unwrap_or_default(),
            name: self.name,
            version: self.version,
        }
    }
}
