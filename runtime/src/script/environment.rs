//! The environment of scripts: cleaned, with the credentials that the caller gives and no others (spec 1.5).

use tokio::process::Command;

use super::Aws;

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

/// Gives a command the environment of a script.
pub(super) fn surround(command: &mut Command, aws: &Aws) {
    command.env_clear();
    for name in KEPT {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
        .envs([("PYTHONDONTWRITEBYTECODE", "1"), ("PYTHONUTF8", "1")])
        .envs([
            ("AWS_REGION", &aws.region),
            ("AWS_DEFAULT_REGION", &aws.region),
        ])
        // Whoever runs the binary is not who the script runs as: every other source of credentials is closed.
        .envs([
            ("AWS_CONFIG_FILE", NOWHERE),
            ("AWS_SHARED_CREDENTIALS_FILE", NOWHERE),
            ("BOTO_CONFIG", NOWHERE),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ]);
    if let Some(endpoint) = &aws.endpoint {
        command.env("AWS_ENDPOINT_URL", endpoint);
    }
    if let Some(credentials) = &aws.credentials {
        command
            .env("AWS_ACCESS_KEY_ID", &credentials.access_key_id)
            .env("AWS_SECRET_ACCESS_KEY", &credentials.secret_access_key);
        if let Some(token) = &credentials.session_token {
            command.env("AWS_SESSION_TOKEN", token);
        }
    }
}
