//! moto's server: AWS on loopback, for as long as a test needs it.

use std::ffi::OsString;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::folder::{Folder, read};
use crate::http;
use crate::paths::repository;
use crate::process::run;
use crate::python;

/// A server with an AWS of its own, which ends with this value.
#[derive(Debug)]
pub struct Moto {
    server: Child,
    address: SocketAddr,
    folder: Folder,
}

/// A request that the server received.
#[derive(Clone, Debug)]
pub struct Request {
    /// `POST`
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The service's name in the signature: `ecs`.
    pub service: String,
    /// The region in the signature.
    pub region: String,
    /// The operation, where a header says it: `RunTask`.
    pub target: Option<String>,
    /// The body.
    pub body: String,
}

impl Moto {
    /// Starts a server, and waits until it answers.
    pub fn start() -> Self {
        Self::start_program(&["-m".into(), "moto.server".into()])
    }

    /// Starts a server whose tasks end and whose functions fail as they are told: `tests/moto/server.py`.
    pub fn start_with_better_answers() -> Self {
        Self::start_program(&[repository().join("tests/moto/server.py").into()])
    }

    fn start_program(program: &[OsString]) -> Self {
        // The port may be taken between looking for it and using it; then with another one.
        let started = (0..5).find_map(|_| Self::try_start(program));
        started.expect("moto's server starts")
    }

    fn try_start(program: &[OsString]) -> Option<Self> {
        let python = python::with_moto();
        let folder = Folder::new();
        let address = free_address();
        let log = File::create(folder.path().join("log")).expect("the log can be written");
        let mut command = Command::new(python);
        command
            .args(program)
            .args(["-H", "127.0.0.1", "-p"])
            .arg(address.port().to_string())
            .env("MOTO_RECORDER_FILEPATH", folder.path().join("recording"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let server = without_configuration(&mut command).spawn();
        let mut server = Self {
            server: server.expect("moto's server starts"),
            address,
            folder,
        };
        server.becomes_ready().then(|| {
            server.post("/moto-api/config", r#"{"lambda": {"use_docker": false}}"#);
            server
        })
    }

    fn becomes_ready(&mut self) -> bool {
        for _ in 0..600 {
            if http::send(self.address, "GET", "/moto-api/data.json", "").is_ok() {
                return true;
            }
            if self.server.try_wait().is_ok_and(|ended| ended.is_some()) {
                eprintln!("{}", read(&self.folder.path().join("log")));
                return false;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!(
            "moto's server does not answer:\n{}",
            read(&self.folder.path().join("log"))
        );
    }

    /// Makes a command see this AWS and no other.
    pub fn seen_by<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        without_configuration(command)
            .env("AWS_ENDPOINT_URL", format!("http://{}", self.address))
            .env("XDG_STATE_HOME", self.folder.path().join("state"))
    }

    /// Runs a Python script that has boto3 and takes JSON; gives the JSON that it prints.
    pub fn script(&self, path: &Path, argument: &Value) -> Value {
        let mut command = Command::new(python::with_moto());
        self.seen_by(&mut command).arg(path);
        run(command.arg(argument.to_string())).expect_code(0).json()
    }

    /// Begins to record requests.
    pub fn record(&self) {
        self.post("/moto-api/recorder/reset-recording", "");
        self.post("/moto-api/recorder/start-recording", "");
    }

    /// State machines that are started really run, instead of staying as they are.
    pub fn interpret_state_machines(&self) {
        let wanted = r#"{"stepfunctions": {"execute_state_machine": true}}"#;
        self.post("/moto-api/config", wanted);
    }

    /// The requests since `record`.
    pub fn recorded(&self) -> Vec<Request> {
        self.post("/moto-api/recorder/stop-recording", "");
        self.recorded_so_far()
    }

    /// The same while they are still recorded.
    pub fn recorded_so_far(&self) -> Vec<Request> {
        let recording = read(&self.folder.path().join("recording"));
        recording.lines().map(request).collect()
    }

    fn post(&self, path: &str, body: &str) {
        let (status, answer) =
            http::send(self.address, "POST", path, body).expect("moto's server answers");
        assert!((200..300).contains(&status), "{path}: {status} {answer}");
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // A server that has ended already cannot be ended again.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
    listener.local_addr().expect("a listener has an address")
}

/// Takes away whatever the developer's AWS configuration is, and gives what moto accepts.
pub(crate) fn without_configuration(command: &mut Command) -> &mut Command {
    let inherited = std::env::vars_os().map(|(name, _)| name);
    for name in inherited.filter(|name| name.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    command
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
}

fn request(line: &str) -> Request {
    let entry: Value = serde_json::from_str(line).expect("a recorded request is JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let header = |wanted: &str| {
        let headers = entry["headers"].as_object()?;
        let found = headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| text(value))
    };
    // AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ecs/aws4_request, SignedHeaders=…
    let signature = header("Authorization").unwrap_or_default();
    let mut scope = signature.split('/').skip(2).map(str::to_owned);
    let url = text(&entry["url"]);
    let path = url.splitn(4, '/').nth(3).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    Request {
        method: text(&entry["method"]),
        path: format!("/{path}"),
        region: scope.next().unwrap_or_default(),
        service: scope.next().unwrap_or_default(),
        target: header("X-Amz-Target")
            .and_then(|target| target.rsplit('.').next().map(str::to_owned)),
        body: body(&entry),
    }
}

fn body(entry: &Value) -> String {
    let body = entry["body"].as_str().unwrap_or_default();
    if entry["body_encoded"] != true {
        return body.to_owned();
    }
    let bytes = STANDARD.decode(body).expect("a recorded body is base64");
    String::from_utf8_lossy(&bytes).into_owned()
}
