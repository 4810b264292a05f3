//! An AWS that counts what it has done: tasks by their tokens, images and invocations by their names.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::moto::without_configuration;
use crate::stand_in::identity;

/// The server. Its threads end with the process.
#[derive(Clone, Debug)]
pub struct Effects {
    address: SocketAddr,
    done: Arc<Mutex<Done>>,
}

/// What has been done.
#[derive(Debug, Default)]
struct Done {
    /// The token of every task, which is there once, and its group, or else its cluster.
    tasks: BTreeMap<String, String>,
    /// How often a task was looked at.
    looks: BTreeMap<String, usize>,
    /// How often something was done that has no token.
    others: BTreeMap<String, usize>,
    /// How many requests there were: delays follow from it.
    requests: u64,
}

struct Request {
    path: String,
    target: String,
    body: String,
}

impl Effects {
    /// Starts a server.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
        let effects = Self {
            address: listener.local_addr().expect("a listener has an address"),
            done: Arc::default(),
        };
        let server = effects.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = server.clone();
                // Whoever was killed does not hear the answer; what was done stays done.
                thread::spawn(move || server.answer(&stream));
            }
        });
        effects
    }

    /// Makes a command see this AWS and no other.
    pub fn seen_by<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        without_configuration(command).env("AWS_ENDPOINT_URL", format!("http://{}", self.address))
    }

    /// How many tasks there are in a group, or in a cluster if they have no group.
    pub fn tasks(&self, group: &str) -> usize {
        let done = self.done();
        done.tasks.values().filter(|of| *of == group).count()
    }

    /// How often something was done that has no token: `CreateImage NAME`, `Invoke BODY`, or `Invoke FUNCTION` where there
    /// is no body.
    pub fn others(&self, what: &str) -> usize {
        self.done().others.get(what).copied().unwrap_or_default()
    }

    fn done(&self) -> MutexGuard<'_, Done> {
        self.done.lock().expect("nothing panics under the lock")
    }

    fn answer(&self, stream: &TcpStream) -> io::Result<()> {
        let request = read(stream)?;
        let delay = {
            let mut done = self.done();
            done.requests += 1;
            done.requests.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58
        };
        thread::sleep(Duration::from_millis(delay));
        let (kind, text) = self.perform(&request);
        thread::sleep(Duration::from_millis(64 - delay));
        let mut stream = stream;
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{text}",
            text.len()
        )
    }

    fn perform(&self, request: &Request) -> (&'static str, String) {
        let mut done = self.done();
        let Request { path, target, body } = request;
        if let Some(invoked) = path.strip_prefix("/2015-03-31/functions/") {
            let function = invoked.split('/').next().unwrap_or_default();
            let what = if body.is_empty() { function } else { body };
            *done.others.entry(format!("Invoke {what}")).or_default() += 1;
            return ("application/json", "{}".to_owned());
        }
        if let Some((_, operation)) = target.split_once('.') {
            let input: Value = serde_json::from_str(body).unwrap_or_default();
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let answer = match operation {
                "RunTask" => {
                    let token = text(&input["clientToken"]);
                    assert!(!token.is_empty(), "a task without a token: {body}");
                    let group = input.get("group").or_else(|| input.get("cluster"));
                    let group = group.map(text).unwrap_or_default();
                    done.tasks.insert(token.clone(), group);
                    json!({"tasks": [{"taskArn": token}], "failures": []})
                }
                _ => {
                    let looks = done.looks.entry(text(&input["tasks"][0])).or_default();
                    *looks += 1;
                    match *looks > 1 {
                        true => {
                            json!({"tasks": [{"lastStatus": "STOPPED", "containers": [{"exitCode": 0}]}]})
                        }
                        false => json!({"tasks": [{"lastStatus": "PENDING", "containers": [{}]}]}),
                    }
                }
            };
            return ("application/x-amz-json-1.1", answer.to_string());
        }
        let field = |name: &str| {
            let mut fields = body.split('&').filter_map(|field| field.split_once('='));
            let found = fields.find(|(key, _)| *key == name);
            found.map(|(_, value)| value.to_owned()).unwrap_or_default()
        };
        if field("Action") == "CreateImage" {
            let what = format!("CreateImage {}", field("Name"));
            *done.others.entry(what).or_default() += 1;
            let image = "<CreateImageResponse><imageId>ami-1</imageId></CreateImageResponse>";
            return ("text/xml", image.to_owned());
        }
        ("text/xml", identity())
    }
}

fn read(stream: &TcpStream) -> io::Result<Request> {
    let mut reader = BufReader::new(stream);
    let (mut length, mut path, mut target) = (0, String::new(), String::new());
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        if path.is_empty() {
            path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        } else if let Some((name, value)) = line.split_once(':') {
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap_or_default(),
                "x-amz-target" => target = value.trim().to_owned(),
                _ => {}
            }
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Request {
        path,
        target,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
