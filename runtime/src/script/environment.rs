//! The environment of scripts: cleaned, with the credentials that the caller gives and no others (spec 1.5).

use std::fmt;

use tokio::process::Command;

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

/// What a script needs of the machine: its programs, its language, its way into the internet.
const KEPT: [&str; 25] = [
    "PATH",
    "HOME",
    "USER",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "AWS_CA_BUNDLE",
    // Where Python and its packages are, if not in their usual places.
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "PYENV_ROOT",
    "PYENV_VERSION",
    // Without these nothing starts on Windows.
    "SYSTEMROOT",
    "TEMP",
    "USERPROFILE",
];

const NOWHERE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

impl Aws {
    /// Gives a command the environment of a script.
    pub(super) fn surround(&self, command: &mut Command) {
        command.env_clear();
        for name in KEPT {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
            .envs([("PYTHONDONTWRITEBYTECODE", "1"), ("PYTHONUTF8", "1")])
            .envs([
                ("AWS_REGION", &self.region),
                ("AWS_DEFAULT_REGION", &self.region),
            ])
            // Whoever runs the binary is not who the script runs as: every other source of credentials is closed.
            .envs([
                ("AWS_CONFIG_FILE", NOWHERE),
                ("AWS_SHARED_CREDENTIALS_FILE", NOWHERE),
                ("BOTO_CONFIG", NOWHERE),
                ("AWS_EC2_METADATA_DISABLED", "true"),
            ]);
        if let Some(endpoint) = &self.endpoint {
            command.env("AWS_ENDPOINT_URL", endpoint);
        }
        if let Some(credentials) = &self.credentials {
            command
                .env("AWS_ACCESS_KEY_ID", &credentials.access_key_id)
                .env("AWS_SECRET_ACCESS_KEY", &credentials.secret_access_key);
            if let Some(token) = &credentials.session_token {
                command.env("AWS_SESSION_TOKEN", token);
            }
        }
    }
}
