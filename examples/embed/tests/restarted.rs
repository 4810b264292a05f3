//! The service as a process that is killed and started again: what it has begun goes on.

mod aws;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use aws::Aws;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn restart_goes_on_when_the_service_was_killed() {
    let aws = Aws::start("IN_PROGRESS").await;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("restarted");
    let _ = fs::remove_dir_all(&folder);

    let service = Service::start(&aws, &folder);
    let order = json!({"Cluster": "web", "Service": "shop", "Topic": "arn:aws:sns:eu-central-1:111122223333:ops"});
    let report = service.ask("POST", "/restarts", &order.to_string());
    let place = format!("/restarts/{}", report["id"].as_str().unwrap());
    let looked = |report: &Value| {
        let log = report["log"].as_array().unwrap().iter();
        log.filter_map(Value::as_str)
            .any(|line| line.starts_with("waitForTasks found"))
    };
    service.until(&place, looked);
    drop(service);

    aws.rollout("COMPLETED");
    let service = Service::start(&aws, &folder);
    let report = service.until(&place, |report| report["status"] == "Success");
    let outputs = json!({"restart.Deployment": "ecs-svc/1", "restart.Tasks": 2});
    assert_eq!(report["outputs"], outputs);
    let first = report["log"][0].as_str().unwrap();
    assert!(first.starts_with("goes on, cut off at "), "{first}");
    let calls = aws.calls();
    assert_eq!((calls["UpdateService"], calls["Publish"]), (1, 1));
    drop(service);

    // What has ended is still known, and nobody is called.
    let service = Service::start(&aws, &folder);
    let report = service.until(&place, |report| !report["outputs"].is_null());
    assert_eq!(report["outputs"], outputs);
    assert_eq!(aws.calls(), calls);
}

/// The service, until it is dropped, which kills it.
struct Service {
    process: Child,
    address: String,
}

impl Service {
    /// Starts it on a port of its own, and waits until it listens.
    fn start(aws: &Aws, folder: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_restarts"))
            .env("PORT", "0")
            .env("STATE_DIRECTORY", folder)
            .env("AWS_ENDPOINT_URL", &aws.endpoint)
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut told = BufReader::new(process.stdout.take().unwrap());
        told.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").unwrap();
        let address = address.strip_suffix("/restarts").unwrap().to_owned();
        Self { process, address }
    }

    fn ask(&self, method: &str, place: &str, body: &str) -> Value {
        let (address, length) = (&self.address, body.len());
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "{method} {place} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (_, body) = response.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }

    /// The report of a restart once something holds of it.
    fn until(&self, place: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let mut report = Value::Null;
        for _ in 0..600 {
            report = self.ask("GET", place, "");
            if holds(&report) {
                return report;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("the restart does not come so far: {report:#}");
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
