//! Runbooks that are part of a program and call AWS: by a configuration of the SDK that the program has made.

#![cfg(feature = "aws")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests panic as tests do"
)]

mod ecs_run_task;
#[path = "ecs_run_task/embedded.rs"]
mod embedded;
mod included {
    include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/purge_queue.rs"));
}

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_types::region::Region;
use jiff::Timestamp;
use runbook_runtime::aws::{Capture, Sdk, SdkConfig, Session, SessionError};
use runbook_runtime::caller::{BoxFuture, Call, CallError, Caller};
use runbook_runtime::clock::VirtualClock;
use runbook_runtime::embed::{OnAws, Role, Run, RunError};
use runbook_runtime::value::Document;
use serde_json::json;

use ecs_run_task::{Call as Request, EcsRunTask};
use embedded::{Parameters, run};
use included::purge_queue::{self, PurgeQueue};

/// Stands for a client of the SDK. It tells in its answers what it was made from: who calls, and where.
#[derive(Clone)]
struct Mirror {
    config: SdkConfig,
    /// Clients that are made later have a higher one; clones have the same.
    number: usize,
}

impl Mirror {
    fn new(config: &SdkConfig) -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        Self {
            config: config.clone(),
            number: MADE.fetch_add(1, Ordering::Relaxed),
        }
    }
}

impl OnAws for EcsRunTask {
    fn caller(session: &Session) -> Box<dyn Caller<Request>> {
        Box::new(session.client(Mirror::new))
    }
}

impl OnAws for PurgeQueue {
    fn caller(session: &Session) -> Box<dyn Caller<purge_queue::api::Request>> {
        Box::new(session.client(Mirror::new))
    }
}

impl Caller<purge_queue::api::Request> for Mirror {
    fn call<'a>(
        &'a self,
        _: &'a Call,
        request: &'a purge_queue::api::Request,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        use purge_queue::api::Request;

        Box::pin(async move {
            Ok(match request {
                Request::GetCallerIdentity(_) => json!({
                    "Account": "111122223333",
                    "Arn": format!("arn:aws:iam::111122223333:user/client-{}", self.number),
                }),
                Request::GetQueueAttributes(_) => {
                    json!({"Attributes": {"ApproximateNumberOfMessages": "0"}})
                }
                Request::PurgeQueue(_) => json!({}),
            })
        })
    }
}

impl Caller<Request> for Mirror {
    fn call<'a>(
        &'a self,
        _: &'a Call,
        request: &'a Request,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        Box::pin(async move {
            let provider = self.config.credentials_provider().unwrap();
            let key = provider.provide_credentials().await.unwrap();
            let region = self.config.region().unwrap();
            let endpoint = self.config.endpoint_url().unwrap_or_default();
            Ok(match request {
                Request::GetCallerIdentity {} => json!({
                    "Account": "111122223333",
                    "Arn": format!("arn:aws:iam::111122223333:user/{}", key.access_key_id()),
                }),
                Request::Invoke { .. } => json!({"StatusCode": 200, "Payload": "null"}),
                Request::RunTask { .. } => {
                    let number = self.number;
                    json!({"tasks": [{"taskArn": format!("{region} {endpoint} client-{number}")}]})
                }
                Request::DescribeTasks { .. } => json!({"tasks": [{"exitCode": 0}]}),
            })
        })
    }
}

/// An HTTP client that stands for STS, and remembers where requests went.
#[derive(Clone, Debug, Default)]
struct Sts {
    requests: Arc<Mutex<Vec<String>>>,
}

impl Sts {
    fn client(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(self.clone());
        http_client_fn(move |_, _| connector.clone())
    }
}

impl HttpConnector for Sts {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = String::from_utf8(request.body().bytes().unwrap().to_vec()).unwrap();
        let role = body.split('&').find(|pair| pair.starts_with("RoleArn="));
        let told = format!("{} {}", request.uri(), role.unwrap_or_default());
        self.requests.lock().unwrap().push(told);
        let answer = "<AssumeRoleResponse><AssumeRoleResult><Credentials>\
            <AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>\
            <SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>\
            </Credentials></AssumeRoleResult></AssumeRoleResponse>";
        let status = 200.try_into().unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(answer))))
    }
}

fn config(sts: &Sts) -> SdkConfig {
    let own = Credentials::new("OWN", "secret", None, None, "the test");
    SdkConfig::builder()
        .region(Region::new("eu-west-1"))
        .endpoint_url("http://127.0.0.1:5000")
        .credentials_provider(SharedCredentialsProvider::new(own))
        .http_client(sts.client())
        .build()
}

fn start(sdk: impl Into<Sdk>) -> Run<EcsRunTask> {
    run(Parameters::new("web")).clock(clock()).aws(sdk)
}

fn clock() -> VirtualClock {
    let morning: Timestamp = "2026-01-31T08:00:00Z".parse().unwrap();
    VirtualClock::new(morning)
}

/// Who has called, and where.
async fn called(run: Run<EcsRunTask>) -> (String, String) {
    let (by, place, _) = called_by_client(run).await;
    (by, place)
}

/// The client that has called.
async fn client(run: Run<EcsRunTask>) -> String {
    let (_, _, client) = called_by_client(run).await;
    client
}

async fn called_by_client(run: Run<EcsRunTask>) -> (String, String, String) {
    let finished = run.await.unwrap().into_success().unwrap();
    let by = finished.record.automation_execution.executed_by;
    let place = finished.outputs.ecs_task_arn.unwrap();
    let (place, client) = place.rsplit_once(' ').unwrap();
    (by.unwrap(), place.to_owned(), client.to_owned())
}

#[tokio::test]
async fn a_program_gives_its_own_configuration() {
    let sts = Sts::default();
    let (by, place) = called(start(config(&sts)).role(Role::Caller)).await;
    assert_eq!(by, "arn:aws:iam::111122223333:user/OWN");
    assert_eq!(place, "eu-west-1 http://127.0.0.1:5000");
    assert!(sts.requests.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_role_of_the_runbook_is_assumed_by_the_programs_own_client() {
    let sts = Sts::default();
    let (by, _) = called(start(config(&sts))).await;
    assert_eq!(by, "arn:aws:iam::111122223333:user/ROLE");
    let mut requests = sts.requests.lock().unwrap().clone();
    // Only clients of the SDK remember credentials.
    requests.dedup();
    let role = "RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Frunbook";
    assert_eq!(requests, [format!("http://127.0.0.1:5000/ {role}")]);
}

#[tokio::test]
async fn a_region_that_is_named_comes_before_that_of_the_configuration() {
    let run = start(config(&Sts::default())).region("us-west-2");
    let (_, place) = called(run.role(Role::Caller)).await;
    assert_eq!(place, "us-west-2 http://127.0.0.1:5000");
}

#[tokio::test]
async fn a_configuration_without_credentials_is_no_connection() {
    let config = SdkConfig::builder().region(Region::new("eu-west-1"));
    let error = start(config.build()).await.unwrap_err();
    let RunError::Connect(source) = &error else {
        panic!("{error:?}");
    };
    assert!(matches!(
        source.downcast_ref(),
        Some(SessionError::NoCredentials(_))
    ));
    // How it is mended is a matter of the program.
    assert_eq!(
        error.to_string(),
        "no usable AWS credentials: no provider is configured"
    );
}

#[test]
fn an_answer_without_an_error_that_can_be_read_is_told_by_its_status() {
    use aws_smithy_runtime_api::client::result::SdkError;
    use aws_smithy_types::error::ErrorMetadata;
    use runbook_runtime::effect::ApiCall;

    let page = HttpResponse::new(502.try_into().unwrap(), SdkBody::from("<html>"));
    let nameless = ErrorMetadata::builder().build();
    let sent: Result<(), _> = Err(SdkError::service_error(nameless, page));
    let operation = <purge_queue::api::PurgeQueue as ApiCall>::OPERATION;
    let error = Capture::default().answer(operation, sent).unwrap_err();
    assert_eq!(
        error.to_string(),
        "An error occurred (502) when calling the PurgeQueue operation: The answer has the HTTP status 502 and no error \
         that can be read"
    );
}

#[tokio::test]
async fn a_configuration_without_a_region_is_no_connection() {
    let config = SdkConfig::builder().build();
    let error = start(config).await.unwrap_err();
    assert_eq!(error.to_string(), "no AWS Region is configured");
}

#[tokio::test]
async fn runs_that_share_the_sdk_share_its_clients() {
    let sdk = Sdk::new(config(&Sts::default()));
    let first = client(start(&sdk)).await;
    assert_eq!(client(start(&sdk)).await, first);
    assert_eq!(client(start(sdk.clone())).await, first);
    // The Region of the configuration by its name.
    assert_eq!(client(start(&sdk).region("eu-west-1")).await, first);
}

#[tokio::test]
async fn runbooks_that_share_the_sdk_share_its_clients() {
    let sdk = Sdk::new(config(&Sts::default()));
    let first = client(start(&sdk).role(Role::Caller)).await;
    let parameters = purge_queue::Parameters::new("https://queue");
    let other = purge_queue::run(parameters).clock(clock()).aws(&sdk);
    let record = other.await.unwrap().into_success().unwrap().record;
    let by = record.automation_execution.executed_by.unwrap();
    assert_eq!(by, format!("arn:aws:iam::111122223333:user/{first}"));
}

#[tokio::test]
async fn every_region_and_every_role_has_clients_of_its_own() {
    let sdk = Sdk::new(config(&Sts::default()));
    let runs = [
        start(&sdk),
        start(&sdk).role(Role::Caller),
        start(&sdk).role(Role::Arn("arn:aws:iam::111122223333:role/other".to_owned())),
        start(&sdk).region("us-west-2"),
    ];
    let mut clients = Vec::new();
    for run in runs {
        clients.push(client(run).await);
    }
    clients.sort_unstable();
    clients.dedup();
    assert_eq!(clients.len(), 4, "{clients:?}");
}

#[tokio::test]
async fn runs_with_a_configuration_alone_share_no_clients() {
    let config = config(&Sts::default());
    let first = client(start(&config)).await;
    assert_ne!(client(start(&config)).await, first);
}

#[tokio::test]
async fn programs_have_the_clients_of_their_runs() {
    let sdk = Sdk::new(config(&Sts::default()));
    let called = client(start(&sdk).role(Role::Caller)).await;
    let session = sdk.session(None, None).await.unwrap();
    let own = session.client::<Mirror>(|_| panic!("there is one"));
    assert_eq!(format!("client-{}", own.number), called);
}
