//! The service, as its users see it: requests over HTTP, and a stand-in for AWS that answers over HTTP, too.

mod aws;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws::Aws;
use aws_sdk_ecs::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_sdk_sts::config::interceptors::BeforeSerializationInterceptorContextRef;
use aws_sdk_sts::config::{ConfigBag, Intercept};
use aws_sdk_sts::error::BoxError;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use axum::{Router, body};
use restarts::Service;
use runbook_runtime::aws::{Sdk, SdkConfig, http_client};
use serde_json::{Value, json};
use tower::ServiceExt;

#[tokio::test]
async fn restart_is_reported_from_its_beginning_to_its_end() {
    let service = service("COMPLETED").await;
    let order = json!({"Cluster": "web", "Service": "shop", "Topic": "arn:aws:sns:eu-central-1:111122223333:ops"});
    let (status, report) = ask(&service, Method::POST, "/restarts", Some(&order)).await;
    assert_eq!(status, StatusCode::ACCEPTED);

    let report = ended(&service, &report).await;
    assert_eq!(report["status"], "Success", "{report:#}");
    let outputs = json!({"restart.Deployment": "ecs-svc/1", "restart.Tasks": 2});
    assert_eq!(report["outputs"], outputs);
    let log = report["log"].as_array().unwrap();
    assert!(log.contains(&json!("announce/publish started")), "{log:#?}");
}

#[tokio::test]
async fn restart_can_be_cancelled() {
    let service = service("IN_PROGRESS").await;
    let order = json!({"Cluster": "web", "Service": "shop"});
    let (_, report) = ask(&service, Method::POST, "/restarts", Some(&order)).await;
    let place = format!("/restarts/{}", report["id"].as_str().unwrap());
    let (status, _) = ask(&service, Method::DELETE, &place, None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(ended(&service, &report).await["status"], "Cancelled");
}

/// Counts what a client is asked.
#[derive(Clone, Debug, Default)]
struct Counter(Arc<AtomicUsize>);

impl Intercept for Counter {
    fn name(&self) -> &'static str {
        "Counter"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[tokio::test]
async fn all_runbooks_and_all_runs_call_by_the_clients_of_the_service() {
    let sdk = sdk("COMPLETED").await;
    let session = sdk.session(None, None).await.unwrap();
    let counter = Counter::default();
    session.client(|config| {
        let config = aws_sdk_sts::config::Builder::from(config).interceptor(counter.clone());
        aws_sdk_sts::Client::from_conf(config.build())
    });

    let service = Service::new(sdk).router();
    let order = json!({"Cluster": "web", "Service": "shop", "Topic": "arn:aws:sns:eu-central-1:111122223333:ops"});
    for _ in 0..2 {
        let (_, report) = ask(&service, Method::POST, "/restarts", Some(&order)).await;
        assert_eq!(ended(&service, &report).await["status"], "Success");
    }
    // Who is calling, of `restart-service` and of `announce`, which it starts; twice.
    assert_eq!(counter.0.load(Ordering::Relaxed), 4);
}

#[tokio::test]
async fn faulty_orders_start_nothing() {
    let service = service("COMPLETED").await;
    for (order, problem) in [
        (json!({"Cluster": "web"}), "missing field `Service`"),
        (
            json!({"Cluster": "web", "Service": "not a name"}),
            "does not match \"not a name\"",
        ),
        (
            json!({"Cluster": "web", "Service": "shop", "Loudness": "shrill"}),
            "unknown variant `shrill`, expected `quiet` or `loud`",
        ),
        (
            json!({"Cluster": "web", "Service": "shop", "Colour": "red"}),
            "unknown field `Colour`",
        ),
    ] {
        let (status, answer) = ask(&service, Method::POST, "/restarts", Some(&order)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = answer.as_str().unwrap();
        assert!(answer.contains(problem), "{answer}");
    }
}

/// The service, with an AWS where deployments are in this state.
async fn service(rollout: &'static str) -> Router {
    Service::new(sdk(rollout).await).router()
}

async fn sdk(rollout: &'static str) -> Sdk {
    let aws = Aws::start(rollout).await;
    let credentials = Credentials::new("AKIAEXAMPLE", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(aws.endpoint)
        .http_client(http_client())
        .build();
    Sdk::new(config)
}

async fn ask(
    service: &Router,
    method: Method,
    place: &str,
    body: Option<&Value>,
) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(method)
        .uri(place)
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))
        .unwrap();
    let response = service.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = body::to_bytes(response.into_body(), usize::MAX)
        .await
        .unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    (
        status,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}

/// The report of a restart once it has ended.
async fn ended(service: &Router, report: &Value) -> Value {
    let place = format!("/restarts/{}", report["id"].as_str().unwrap());
    for _ in 0..600 {
        let (_, report) = ask(service, Method::GET, &place, None).await;
        let status = report["status"].as_str().unwrap();
        if !["Pending", "InProgress", "Cancelling"].contains(&status) {
            return report;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the restart has no end");
}
