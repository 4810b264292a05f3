//! As whom, and where, a script calls AWS (spec 1.5).

use std::fmt;

/// As whom, and where, a script calls AWS.
#[derive(Clone, Debug)]
pub struct Aws {
    /// The Region of the execution.
    pub region: String,
    /// Whose permissions its calls use; a script without a role has none.
    pub credentials: Option<Credentials>,
    /// Where its calls go instead of to AWS.
    pub endpoint: Option<String>,
}

/// Credentials of AWS. Their debug form shows no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key's id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The token of a session.
    pub session_token: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Credentials({})", self.access_key_id)
    }
}
