//! An AWS that answers as a test says, and keeps what it was asked.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use crate::moto::without_configuration;

/// The server. Its thread ends with the process.
#[derive(Debug)]
pub struct Scripted {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A request that the server has received.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `RunTask`; for a service that has paths, the last part of it.
    pub operation: String,
    /// The body; null if it is no JSON.
    pub body: Value,
}

/// What the server does.
#[derive(Clone, Debug)]
pub enum Reply {
    /// It answers.
    Answer(Value),
    /// It answers with an error of this code.
    Error(&'static str),
    /// It breaks the connection off.
    HangUp,
    /// It never answers.
    Silence,
}

impl Scripted {
    /// Starts a server. It is told the operation, and how often it was asked before.
    pub fn start(script: impl Fn(&str, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (known, script) = (Arc::clone(&asked), Arc::new(script));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (known, script) = (Arc::clone(&known), Arc::clone(&script));
                thread::spawn(move || {
                    // Who breaks a connection off sees it fail.
                    let _ = answer(&stream, &known, &*script);
                });
            }
        });
        Self { address, asked }
    }

    /// Makes a command see this AWS and no other.
    pub fn seen_by<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        without_configuration(command).env("AWS_ENDPOINT_URL", format!("http://{}", self.address))
    }

    /// What was asked of an operation, in order.
    pub fn asked(&self, operation: &str) -> Vec<Value> {
        let asked = self.asked.lock().expect("nothing panics under the lock");
        let asked = asked.iter().filter(|asked| asked.operation == operation);
        asked.map(|asked| asked.body.clone()).collect()
    }

    /// All operations that were asked for, in order, without the question who is calling.
    pub fn operations(&self) -> Vec<String> {
        let asked = self.asked.lock().expect("nothing panics under the lock");
        let operations = asked.iter().map(|asked| asked.operation.clone());
        operations
            .filter(|operation| operation != "GetCallerIdentity")
            .collect()
    }
}

fn answer(
    stream: &TcpStream,
    known: &Mutex<Vec<Asked>>,
    script: &dyn Fn(&str, usize) -> Reply,
) -> io::Result<()> {
    let asked = read(stream)?;
    let operation = asked.operation.clone();
    let before = {
        let mut known = known.lock().expect("nothing panics under the lock");
        let before = known.iter().filter(|asked| asked.operation == operation);
        let before = before.count();
        known.push(asked);
        before
    };
    let (status, kind, text) = match operation.as_str() {
        "GetCallerIdentity" => (200, "text/xml", IDENTITY.to_owned()),
        _ => match script(&operation, before) {
            Reply::Answer(answer) => (200, "application/x-amz-json-1.1", answer.to_string()),
            Reply::Error(code) => {
                let text = format!("{{\"__type\": \"{code}\", \"message\": \"No luck\"}}");
                (400, "application/x-amz-json-1.1", text)
            }
            Reply::HangUp => return Ok(()),
            Reply::Silence => {
                // Until who has asked is gone.
                let mut stream = stream;
                return stream.read(&mut [0]).map(drop);
            }
        },
    };
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{text}",
        text.len()
    )
}

/// Reads a request: its operation is in a header, in a form, or in the path.
fn read(stream: &TcpStream) -> io::Result<Asked> {
    let mut reader = BufReader::new(stream);
    let (mut length, mut operation, mut line) = (0, None, String::new());
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    line.clear();
    while reader.read_line(&mut line)? > 2 {
        let lower = line.to_ascii_lowercase();
        if let Some(text) = lower.strip_prefix("content-length:") {
            length = text.trim().parse().unwrap_or_default();
        }
        if lower.starts_with("x-amz-target:") {
            operation = line
                .trim()
                .rsplit_once('.')
                .map(|(_, name)| name.to_owned());
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let form = String::from_utf8_lossy(&body).into_owned();
    let mut fields = form.split('&');
    let action = fields.find_map(|field| field.strip_prefix("Action="));
    let of_path = path.rsplit('/').next().unwrap_or_default();
    let operation = operation.or(action.map(str::to_owned));
    Ok(Asked {
        operation: operation.unwrap_or_else(|| of_path.to_owned()),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    })
}

const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
    <Arn>arn:aws:iam::111122223333:user/test</Arn><UserId>U</UserId><Account>111122223333</Account>\
    </GetCallerIdentityResult></GetCallerIdentityResponse>";
