//! Backends of a program's own, and the roles that they are asked for.

use std::sync::{Arc, Mutex};

use expect_test::{Expect, expect};
use runbook_runtime::caller::{BoxFuture, CallError};
use runbook_runtime::clock::VirtualClock;
use runbook_runtime::embed::{Backend, ConnectError, Connection, Role, RunError};
use runbook_runtime::local::Outside;
use runbook_runtime::script::Credentials;
use runbook_runtime::store::{MemoryStore, Store};
use runbook_runtime::webhook::{Post, Posted};
use uuid::Uuid;

use super::embedded::{Parameters, run};
use super::{Request, Service, morning};

/// Gives the same caller for every role, and remembers the roles.
struct Roles {
    service: Arc<Service>,
    asked: Mutex<Vec<String>>,
}

impl Backend<Request> for Roles {
    fn connect<'a>(
        &'a self,
        region: Option<&'a str>,
        role: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Connection<Request>, ConnectError>> {
        Box::pin(async move {
            let region = region.ok_or("no Region")?.to_owned();
            let asked = format!("{region} {}", role.unwrap_or("myself"));
            self.asked.lock().unwrap().push(asked);
            Ok(Connection {
                caller: Box::new(Arc::clone(&self.service)),
                region,
                outside: Box::new(NoOutside),
            })
        })
    }
}

struct NoOutside;

impl Outside for NoOutside {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, CallError>> {
        unreachable!("there are no scripts")
    }

    fn post<'a>(&'a self, _: &'a Post) -> BoxFuture<'a, Result<Posted, CallError>> {
        unreachable!("there are no webhooks")
    }
}

async fn roles(role: Option<Role>, expected: Expect) {
    let backend = Arc::new(Roles {
        service: Service::answers(),
        asked: Mutex::default(),
    });
    let run = run(Parameters::new("web")).backend(Arc::clone(&backend));
    let run = run.region("eu-west-1").clock(VirtualClock::new(morning()));
    let run = match role {
        Some(role) => run.role(role),
        None => run,
    };
    assert!(run.await.unwrap().is_success());
    expected.assert_eq(&backend.asked.lock().unwrap().join("\n"));
}

#[tokio::test]
async fn a_backend_is_asked_for_the_role_of_the_runbook() {
    roles(
        None,
        expect![[r#"
        eu-west-1 myself
        eu-west-1 arn:aws:iam::111122223333:role/runbook"#]],
    )
    .await;
}

#[tokio::test]
async fn a_backend_is_asked_for_no_role_if_the_caller_is_to_run() {
    roles(Some(Role::Caller), expect!["eu-west-1 myself"]).await;
}

#[tokio::test]
async fn a_backend_is_asked_for_the_role_that_the_run_names() {
    let role = Role::Arn("arn:aws:iam::111122223333:role/other".to_owned());
    roles(
        Some(role),
        expect!["eu-west-1 arn:aws:iam::111122223333:role/other"],
    )
    .await;
}

#[tokio::test]
async fn a_backend_that_cannot_connect_ends_the_run_before_it_begins() {
    let backend = Arc::new(Roles {
        service: Service::answers(),
        asked: Mutex::default(),
    });
    let store = Arc::new(MemoryStore::new());
    let run = run(Parameters::new("web")).backend(backend);
    let run = run.store(Arc::clone(&store)).execution(Uuid::from_u128(7));
    let error = run.await.unwrap_err();
    assert!(matches!(error, RunError::Connect(_)), "{error:?}");
    assert_eq!(error.to_string(), "no Region");
    assert!(store.events(Uuid::from_u128(7)).unwrap().is_empty());
}
