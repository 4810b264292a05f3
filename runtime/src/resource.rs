//! Names of resources: values of parameters whose type is a resource's, such as `AWS::EC2::Instance::Id`.
//!
//! The guide gives a pattern for three of these types. Whether the service refuses other texts is not written anywhere, so
//! the engine does not; but a program that embeds a runbook should not mix up two names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that is no name of a resource of this type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not the form of {wanted}")]
pub struct ResourceError {
    /// The text.
    pub text: String,
    /// What was wanted, with an example: `an instance's id, such as i-0123456789abcdef0`.
    pub wanted: &'static str,
}

macro_rules! resource {
    ($(#[doc = $doc:literal])+ $name:ident, $wanted:literal, $has_form:path) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// A name in the form that the guide gives.
            ///
            /// # Errors
            /// When it has another form.
            pub fn new(text: impl Into<String>) -> Result<Self, ResourceError> {
                let text = text.into();
                match $has_form(&text) {
                    true => Ok(Self(text)),
                    false => Err(ResourceError { text, wanted: $wanted }),
                }
            }

            /// A name in any form: an empty one, or a reference that the runbook expands.
            pub fn unchecked(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = ResourceError;

            fn from_str(text: &str) -> Result<Self, ResourceError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = ResourceError;

            fn try_from(text: String) -> Result<Self, ResourceError> {
                Self::new(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

resource! {
    /// The id of an EC2 instance, or of a managed node: `AWS::EC2::Instance::Id`.
    ///
    /// ```
    /// use runbook_runtime::resource::InstanceId;
    ///
    /// assert!(InstanceId::new("i-0123456789abcdef0").is_ok());
    /// assert!(InstanceId::new("ami-12345678").is_err());
    /// ```
    InstanceId, "an instance's id, such as i-0123456789abcdef0", is_instance_id
}

resource! {
    /// The name of an S3 bucket: `AWS::S3::Bucket::Name`.
    BucketName, "a bucket's name, such as reports-of-2026", is_bucket_name
}

resource! {
    /// The ARN of an IAM role: `AWS::IAM::Role::Arn`.
    RoleArn, "a role's ARN, such as arn:aws:iam::111122223333:role/operators", is_role_arn
}

/// `^m?i-([a-z0-9]{8}|[a-z0-9]{17})$`
fn is_instance_id(text: &str) -> bool {
    let rest = text.strip_prefix('m').unwrap_or(text).strip_prefix("i-");
    rest.is_some_and(|rest| {
        matches!(rest.len(), 8 | 17) && rest.bytes().all(is_small_letter_or_digit)
    })
}

/// `^[0-9a-z][a-z0-9\-\.]{3,63}$`
fn is_bucket_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    let begins = bytes.next().is_some_and(is_small_letter_or_digit);
    begins
        && (3..=63).contains(&bytes.len())
        && bytes.all(|byte| is_small_letter_or_digit(byte) || matches!(byte, b'-' | b'.'))
}

/// `^arn:(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b):iam::[0-9]{12}:role/.*$`
fn is_role_arn(text: &str) -> bool {
    const PARTITIONS: [&str; 5] = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b"];
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", partition, "iam", "", account, resource] => {
            PARTITIONS.contains(partition)
                && account.len() == 12
                && account.bytes().all(|byte| byte.is_ascii_digit())
                && resource.starts_with("role/")
        }
        _ => false,
    }
}

const fn is_small_letter_or_digit(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9')
}
