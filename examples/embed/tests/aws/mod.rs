//! A stand-in for AWS, which answers over HTTP.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::any;
use serde_json::json;
use tokio::net::TcpListener;

/// An AWS with one ECS service, whose deployments are in a state that tests choose.
#[derive(Clone)]
pub struct Aws {
    /// Where it answers.
    pub endpoint: String,
    rollout: Arc<Mutex<&'static str>>,
    calls: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Aws {
    /// One where deployments are in this state.
    pub async fn start(rollout: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let aws = Self {
            endpoint: format!("http://{}", listener.local_addr().unwrap()),
            rollout: Arc::new(Mutex::new(rollout)),
            calls: Arc::default(),
        };
        let answers = Router::new().fallback(any(answer)).with_state(aws.clone());
        tokio::spawn(async move { axum::serve(listener, answers).await });
        aws
    }

    /// From now on deployments are in this state.
    #[allow(dead_code, reason = "not every test changes it")]
    pub fn rollout(&self, rollout: &'static str) {
        *self.rollout.lock().unwrap() = rollout;
    }

    /// How often each operation was called.
    #[allow(dead_code, reason = "not every test counts them")]
    pub fn calls(&self) -> BTreeMap<String, usize> {
        self.calls.lock().unwrap().clone()
    }
}

/// What AWS answers: ECS in JSON, the others in XML.
async fn answer(State(aws): State<Aws>, headers: HeaderMap, body: String) -> String {
    let target = headers.get("x-amz-target");
    let of_json = target.and_then(|target| target.to_str().ok()?.split('.').nth(1));
    let of_query = || body.strip_prefix("Action=")?.split('&').next();
    let operation = of_json.or_else(of_query).unwrap_or_default();
    let mut calls = aws.calls.lock().unwrap();
    *calls.entry(operation.to_owned()).or_default() += 1;
    match operation {
        "UpdateService" => {
            json!({"service": {"desiredCount": 2, "deployments": [{"id": "ecs-svc/1"}]}}).to_string()
        }
        "DescribeServices" => {
            let rollout = *aws.rollout.lock().unwrap();
            json!({"services": [{"deployments": [{"rolloutState": rollout}]}]}).to_string()
        }
        "GetCallerIdentity" => {
            "<GetCallerIdentityResponse><GetCallerIdentityResult>\
             <Arn>arn:aws:iam::111122223333:user/ana</Arn><Account>111122223333</Account>\
             </GetCallerIdentityResult></GetCallerIdentityResponse>"
                .to_owned()
        }
        _ => "<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>"
            .to_owned(),
    }
}
