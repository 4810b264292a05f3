//! Resources: their types, and what a parameter takes for one of them.

use std::fmt;

use crate::parameters;
use crate::runbook::ParameterDefinition;

/// A type of resources, as in `AWS::EC2::Instance`; nothing where any will do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ResourceType(Option<String>);

/// Where ARNs have other words than the name of the type.
const IN_ARNS: [(&str, &str); 18] = [
    (
        "AWS::AutoScaling::AutoScalingGroup",
        "autoscaling:autoScalingGroup",
    ),
    ("AWS::CertificateManager::Certificate", "acm:certificate"),
    ("AWS::EC2::EIP", "ec2:elastic-ip"),
    (
        "AWS::ElasticLoadBalancing::LoadBalancer",
        "elasticloadbalancing:loadbalancer",
    ),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "elasticloadbalancing:loadbalancer",
    ),
    (
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "elasticloadbalancing:targetgroup",
    ),
    ("AWS::EFS::FileSystem", "elasticfilesystem:file-system"),
    ("AWS::Logs::LogGroup", "logs:log-group"),
    ("AWS::RDS::DBCluster", "rds:cluster"),
    ("AWS::RDS::DBInstance", "rds:db"),
    ("AWS::RDS::DBSnapshot", "rds:snapshot"),
    ("AWS::RDS::DBClusterSnapshot", "rds:cluster-snapshot"),
    ("AWS::S3::Bucket", "s3"),
    ("AWS::SNS::Topic", "sns"),
    ("AWS::SQS::Queue", "sqs"),
    ("AWS::SSM::ManagedInstance", "ssm:managed-instance"),
    ("AWS::StepFunctions::Activity", "states:activity"),
    ("AWS::StepFunctions::StateMachine", "states:stateMachine"),
];

/// The services whose resources are called by their ARNs alone.
const BY_ARN: [&str; 5] = [
    "acm",
    "elasticloadbalancing",
    "secretsmanager",
    "sns",
    "states",
];

impl ResourceType {
    /// What a target type says, with or without the slash of the service (spec 1.2): `/AWS::EC2::Instance`, or `/` for any.
    pub(crate) fn read(text: &str) -> Self {
        let name = text.strip_prefix('/').unwrap_or(text);
        Self((!name.is_empty()).then(|| name.to_owned()))
    }

    /// What the type of a parameter says: `AWS::EC2::Instance::Id` is of instances.
    pub(crate) fn of(parameter: &ParameterDefinition) -> Self {
        let written = element_type(parameter.written_type);
        let named = written.starts_with("AWS::");
        Self(
            written
                .rsplit_once("::")
                .filter(|_| named)
                .map(|(name, _)| name.to_owned()),
        )
    }

    /// What ARNs of such resources have, as in `ec2:instance`; nothing where any will do.
    pub(super) fn in_arns(&self) -> Option<Vec<String>> {
        let name = self.0.as_deref()?;
        let mut known = IN_ARNS.iter();
        Some(vec![match known.find(|(known, _)| *known == name) {
            Some((_, in_arns)) => (*in_arns).to_owned(),
            None => lower(name),
        }])
    }

    /// Whether a resource of this type will do.
    pub(super) fn includes(&self, name: &str) -> bool {
        self.0.as_deref().is_none_or(|wanted| wanted == name)
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_deref().unwrap_or("resource"))
    }
}

/// `AWS::EC2::SecurityGroup` as `ec2:security-group`; what is no such name stays.
fn lower(name: &str) -> String {
    let mut parts = name.strip_prefix("AWS::").unwrap_or(name).split("::");
    match (parts.next(), parts.next(), parts.next()) {
        (Some(service), Some(resource), None) => {
            format!("{}:{}", service.to_lowercase(), kebab(resource))
        }
        _ => name.to_owned(),
    }
}

/// `SecurityGroup` as `security-group`, `VPCEndpoint` as `vpc-endpoint`.
fn kebab(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut kebab = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| letters.get(index));
        let after = letters.get(index + 1);
        let begins = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase() || after.is_some_and(|after| after.is_lowercase())
            });
        if begins {
            kebab.push('-');
        }
        kebab.extend(letter.to_lowercase());
    }
    kebab
}

/// The name of a resource in all of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arn<'a> {
    whole: &'a str,
    service: &'a str,
    resource: &'a str,
}

impl<'a> Arn<'a> {
    /// A text that is no ARN is its own resource.
    pub(super) fn read(whole: &'a str) -> Self {
        // arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE
        let mut parts = whole.splitn(6, ':').skip(2);
        let (service, resource) = (parts.next(), parts.nth(2));
        Self {
            whole,
            service: service.unwrap_or_default(),
            resource: resource.unwrap_or(whole),
        }
    }

    /// What the resource is called in its account: `i-0123`, or the ARN where there is no shorter name.
    fn id(self) -> &'a str {
        if BY_ARN.contains(&self.service) {
            return self.whole;
        }
        match self.resource.strip_prefix("stack/") {
            // Behind its name there is a number.
            Some(stack) => stack.split('/').next(),
            None => self.resource.rsplit(['/', ':']).next(),
        }
        .unwrap_or(self.resource)
    }
}

/// As what a parameter takes a resource.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// By its ARN.
    Arn,
    /// By what it is called in its account, unless the parameter takes only an ARN.
    Id(&'static ParameterDefinition),
}

impl Form {
    /// What a parameter takes: its type says so, or its name.
    pub(super) fn of(parameter: &'static ParameterDefinition) -> Self {
        let by_type = element_type(parameter.written_type).ends_with("::Arn");
        let by_name = ["Arn", "Arns", "ARN", "ARNs", "arn", "arns"];
        let by_name = by_name
            .into_iter()
            .any(|end| ends_with_word(parameter.name, end));
        match by_type || by_name {
            true => Self::Arn,
            false => Self::Id(parameter),
        }
    }

    /// The value for a resource.
    pub(super) fn value(self, arn: &Arn<'_>) -> String {
        let (id, whole) = (arn.id(), arn.whole);
        match self {
            Self::Arn => whole.to_owned(),
            Self::Id(parameter) => {
                let takes = |text: &str| parameters::broken(parameter, &text.into()).is_none();
                if !takes(id) && takes(whole) {
                    whole
                } else {
                    id
                }
                .to_owned()
            }
        }
    }
}

/// Whether a name ends with a word: `TopicArn` and `topic_arn` with one, `Barn` with none.
fn ends_with_word(name: &str, word: &str) -> bool {
    let rest = name.strip_suffix(word);
    let begins = word.starts_with(char::is_uppercase);
    rest.is_some_and(|rest| rest.is_empty() || begins || rest.ends_with(['_', '-']))
}

/// The type of the elements of a list, or of a value that is none.
fn element_type(written: &str) -> &str {
    let inner = written.strip_prefix("List<");
    inner
        .and_then(|inner| inner.strip_suffix('>'))
        .unwrap_or(written)
}
