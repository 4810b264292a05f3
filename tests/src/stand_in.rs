//! A stand-in for AWS that does what moto cannot: it denies roles, and gives credentials that expire at once.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use runbook_runtime::clock::{Clock, SystemClock};

use crate::folder::Folder;
use crate::moto::without_configuration;

/// The account of everybody.
pub const ACCOUNT: &str = "111122223333";

/// The server. Its thread ends with the process.
#[derive(Debug)]
pub struct StandIn {
    address: SocketAddr,
    calls: Arc<Mutex<Vec<Call>>>,
    way: Arc<Mutex<Way>>,
    /// Where programs that see this AWS keep their state.
    folder: Folder,
}

/// A call that the server has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `AssumeRole`
    pub operation: String,
    /// The id of the access key that it was signed with.
    pub key: String,
}

/// As whom the server knows everybody, and how long it takes to say so.
#[derive(Clone, Debug)]
struct Way {
    account: String,
    pause: Duration,
}

/// How the server answers.
#[derive(Clone, Copy, Debug)]
pub enum Roles {
    /// Nobody may assume a role.
    Denied,
    /// Credentials of roles are good for this long.
    Expire(Duration),
}

impl StandIn {
    /// Starts a server.
    pub fn start(roles: Roles) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let calls = Arc::new(Mutex::new(Vec::new()));
        let way = Arc::new(Mutex::new(Way {
            account: ACCOUNT.to_owned(),
            pause: Duration::ZERO,
        }));
        let (made, now) = (Arc::clone(&calls), Arc::clone(&way));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let way = now.lock().expect("nothing panics under the lock").clone();
                // Who breaks a connection off sees it fail.
                let _ = answer(&stream, roles, &way, &made);
            }
        });
        Self {
            address,
            calls,
            way,
            folder: Folder::new(),
        }
    }

    /// Makes a command see this AWS and no other.
    pub fn seen_by<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        without_configuration(command)
            .env("AWS_ENDPOINT_URL", format!("http://{}", self.address))
            .env("XDG_STATE_HOME", self.folder.path())
    }

    /// From now on everybody is in this account.
    pub fn move_to(&self, account: &str) {
        self.way().account = account.to_owned();
    }

    /// From now on the server answers after a pause.
    pub fn slow_down(&self, pause: Duration) {
        self.way().pause = pause;
    }

    fn way(&self) -> MutexGuard<'_, Way> {
        self.way.lock().expect("nothing panics under the lock")
    }

    /// The calls of an operation, in order.
    pub fn calls(&self, operation: &str) -> Vec<Call> {
        let calls = self.calls.lock().expect("nothing panics under the lock");
        let calls = calls.iter().filter(|call| call.operation == operation);
        calls.cloned().collect()
    }
}

fn answer(stream: &TcpStream, roles: Roles, way: &Way, calls: &Mutex<Vec<Call>>) -> io::Result<()> {
    let call = read(stream)?;
    thread::sleep(way.pause);
    let operation = call.operation.clone();
    let number = {
        let mut calls = calls.lock().expect("nothing panics under the lock");
        calls.push(call);
        calls
            .iter()
            .filter(|made| made.operation == operation)
            .count()
    };
    let (status, text) = match (operation.as_str(), roles) {
        ("AssumeRole", Roles::Denied) => (403, DENIED.to_owned()),
        ("AssumeRole", Roles::Expire(after)) => (200, credentials(number, after)),
        ("GetCallerIdentity", _) => (200, identity_in(&way.account)),
        _ => (200, PUBLISHED.to_owned()),
    };
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status} Said\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{text}",
        text.len()
    )
}

/// Reads a request in the query protocol, which STS and SNS speak.
fn read(stream: &TcpStream) -> io::Result<Call> {
    let mut reader = BufReader::new(stream);
    let (mut length, mut key, mut line) = (0, String::new(), String::new());
    while reader.read_line(&mut line)? > 2 {
        if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = text.trim().parse().unwrap_or_default();
        }
        // AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sts/aws4_request, SignedHeaders=…
        if let Some((_, credential)) = line.split_once("Credential=") {
            key = credential.split('/').next().unwrap_or_default().to_owned();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let mut fields = body.split('&');
    let operation = fields.find_map(|field| field.strip_prefix("Action="));
    Ok(Call {
        operation: operation.unwrap_or_default().to_owned(),
        key,
    })
}

const DENIED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>\
    <Message>User: test is not authorized to perform: sts:AssumeRole</Message></Error>\
    <RequestId>1</RequestId></ErrorResponse>";

const PUBLISHED: &str =
    "<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>";

fn credentials(number: usize, after: Duration) -> String {
    let expiration = SystemClock.now() + after;
    format!(
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ROLE{number}</AccessKeyId>\
         <SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>\
         <Expiration>{expiration:.0}</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>R:s</AssumedRoleId>\
         <Arn>arn:aws:sts::{ACCOUNT}:assumed-role/gate/runbookc</Arn></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"
    )
}

pub(crate) fn identity() -> String {
    identity_in(ACCOUNT)
}

fn identity_in(account: &str) -> String {
    format!(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/test</Arn>\
         <UserId>U</UserId><Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
}
