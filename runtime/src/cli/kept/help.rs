//! What people can do about a run that cannot start.

use crate::real::RunError;

/// An error with the way out of it, if the command line has one.
pub(super) fn told(error: &RunError) -> String {
    match help(error) {
        Some(help) => format!("{error}\nhelp: {help}"),
        None => error.to_string(),
    }
}

fn help(error: &RunError) -> Option<&'static str> {
    match error {
        RunError::Connect(error) => connect(error.as_ref()),
        RunError::RoleFormat(_) => Some(
            "give the parameter it comes from the ARN of a role, leave it empty, or run with --role caller",
        ),
        RunError::Elsewhere { .. } => {
            Some("continue it with credentials of that account: sign in to it, or set AWS_PROFILE")
        }
        _ => None,
    }
}

#[cfg(feature = "aws")]
fn connect(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<&'static str> {
    use crate::aws::SessionError;

    Some(match error.downcast_ref()? {
        SessionError::NoRegion => "pass --region, or set AWS_REGION or `region` in ~/.aws/config",
        SessionError::Profiles(_) => {
            "mend the file, or name another one by AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE"
        }
        SessionError::NoProfile { .. } => {
            "set AWS_PROFILE to one that `aws configure list-profiles` shows, make it (`aws configure sso`), or unset AWS_PROFILE"
        }
        SessionError::NoCredentials(_) => {
            "sign in (`aws sso login`, `aws configure`), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        }
        SessionError::RoleDenied { .. } => {
            "a runbook's role usually trusts ssm.amazonaws.com only; let its trust policy name you too, run with --role caller \
             to use your own permissions, or name another role with --role ARN"
        }
    })
}

#[cfg(not(feature = "aws"))]
fn connect(_: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<&'static str> {
    None
}
