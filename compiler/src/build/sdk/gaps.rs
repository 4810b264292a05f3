//! What a runbook uses and the resolved SDK crates do not have.
//!
//! The service models of the compiler and the crates are made from the same
//! source at different times. Comparing names in the crates' text finds the
//! difference before cargo compiles anything.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Package, Resolved};
use crate::build::prune::{self, PruneError};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Diagnostic};
use crate::emit::{Lacks, SdkCall, SdkSetter};
use crate::source::Span;

/// Something that the SDK does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The runbook.
    pub runbook: String,
    /// Where it names the operation.
    pub span: Span,
    /// The service, in the runbook's words.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// What is lacking.
    pub lack: Lack,
    /// The crate.
    pub krate: String,
    /// Its version, if there is a crate.
    pub version: Option<String>,
}

/// What is lacking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The whole service.
    Service,
    /// The operation.
    Operation,
    /// A member of its input: `networkConfiguration.awsvpcConfiguration`.
    Member(String),
}

/// Compares the calls of a runbook with the crates.
pub(super) fn gaps(calls: &[SdkCall], resolved: &Resolved) -> Result<Vec<Gap>, PruneError> {
    let mut gaps = Vec::new();
    for package in &resolved.sdk {
        let mut calls = calls
            .iter()
            .filter(|call| call.krate == package.name)
            .peekable();
        if calls.peek().is_none() {
            continue;
        }
        let operations = prune::operations_of(&package.source)?;
        for call in calls {
            if operations.contains(&call.operation) {
                let members = missing_members(call, &package.source);
                gaps.extend(members.map(|member| Gap::new(call, package, Lack::Member(member))));
            } else {
                gaps.push(Gap::new(call, package, Lack::Operation));
            }
        }
    }
    Ok(gaps)
}

/// The methods that the crates do not have, of all that a value handed whole to an API may need. A type that is not
/// there lacks all of its own.
pub(super) fn lacks(calls: &[SdkCall], resolved: &Resolved) -> Lacks {
    let mut lacks = Lacks::new();
    let mut texts: BTreeMap<PathBuf, String> = BTreeMap::new();
    for package in &resolved.sdk {
        for call in calls.iter().filter(|call| call.krate == package.name) {
            for SdkSetter { file, method, .. } in &call.reached {
                let path = package.source.join(file);
                let text = texts.entry(path).or_insert_with_key(|path| {
                    // A type that cannot be read is none that can be used.
                    fs::read_to_string(path).unwrap_or_default()
                });
                if !text.contains(&format!("fn {method}(")) {
                    lacks.insert((package.name.clone(), file.clone(), method.clone()));
                }
            }
        }
    }
    lacks
}

/// The members that no method sets. A file that is not there says nothing: cargo will find out.
fn missing_members(call: &SdkCall, source: &Path) -> impl Iterator<Item = String> {
    let missing = |setter: &&SdkSetter| {
        let text = fs::read_to_string(source.join(&setter.file));
        text.is_ok_and(|text| !text.contains(&format!("fn {}(", setter.method)))
    };
    let missing = call.setters.iter().filter(missing);
    missing.map(|setter| setter.member.clone())
}

impl Gap {
    fn new(call: &SdkCall, package: &Package, lack: Lack) -> Self {
        let version = Some(package.version.clone());
        Self {
            version,
            ..Self::whole(call, lack)
        }
    }

    /// For a call whose crate does not exist.
    pub(super) fn service(call: &SdkCall) -> Self {
        Self::whole(call, Lack::Service)
    }

    fn whole(call: &SdkCall, lack: Lack) -> Self {
        Self {
            runbook: call.runbook.clone(),
            span: call.span,
            service: call.service.clone(),
            operation: call.operation.clone(),
            lack,
            krate: call.krate.clone(),
            version: None,
        }
    }

    /// Whether no SDK but Boto3 will ever have it.
    fn is_of_boto3(&self) -> bool {
        let of_databases = ["aws-sdk-docdb", "aws-sdk-neptune", "aws-sdk-rds"];
        self.lack == Lack::Member("SourceRegion".to_owned())
            && of_databases.contains(&self.krate.as_str())
    }

    /// As a finding in the runbook.
    pub fn diagnostic(&self, catalogue: &Catalogue) -> Diagnostic {
        let Self {
            service, operation, ..
        } = self;
        let what = match &self.lack {
            Lack::Service => format!("the service `{service}`"),
            Lack::Operation => format!("the operation `{operation}` of `{service}`"),
            Lack::Member(member) => format!("the member `{member}` of `{service}` `{operation}`"),
        };
        let label = match &self.version {
            Some(version) => format!("{} {version} does not know it", self.krate),
            None => format!("there is no crate {}", self.krate),
        };
        if self.is_of_boto3() {
            let message = format!("{what} is Boto3's own, and not in the AWS SDK for Rust");
            return Diagnostic::error(Code::NotInSdk, self.span, message)
                .label(label)
                .note("Boto3 makes a `PreSignedUrl` of it, and sends that")
                .help("give the `PreSignedUrl`, or make the call in an `aws:executeScript` step");
        }
        let message = format!("{what} is not in the AWS SDK for Rust yet");
        Diagnostic::error(Code::NotInSdk, self.span, message)
            .label(label)
            .note(format!(
                "the service models in this compiler are those of botocore {} ({})",
                catalogue.botocore_version(),
                catalogue.date()
            ))
            .help("a newer SDK may have it: try `--sdk latest`; simulated runs work without it")
    }
}
