//! Posts of webhooks, by the client that calls AWS too.

use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

use super::{causes, http};
use crate::caller::CallError;
use crate::webhook::{Post, Posted};

/// Sends a post.
pub(super) async fn send(post: &Post) -> Result<Posted, CallError> {
    let unsendable = |problem: &str| {
        let problem = post.redacted(problem);
        CallError::Webhook(format!("The webhook cannot be sent: {problem}"))
    };
    let request = request(post).map_err(|problem| unsendable(&problem))?;
    let mut response = http::connector(None, None)
        .call(request)
        .await
        .map_err(|error| unsendable(&causes(&error)))?;
    let status = response.status().as_u16();
    let body = std::mem::replace(response.body_mut(), SdkBody::taken());
    let body = aws_smithy_types::byte_stream::ByteStream::new(body);
    let body = body
        .collect()
        .await
        .map_err(|error| unsendable(&causes(&error)))?;
    Ok(Posted {
        status,
        body: String::from_utf8_lossy(&body.into_bytes()).into_owned(),
    })
}

fn request(post: &Post) -> Result<HttpRequest, String> {
    let mut request = HttpRequest::new(SdkBody::from(post.body.clone()));
    let invalid = |error: &dyn std::error::Error| error.to_string();
    request
        .set_method("POST")
        .map_err(|error| invalid(&error))?;
    request
        .set_uri(post.url.as_str())
        .map_err(|error| invalid(&error))?;
    let own = post.headers.keys();
    let typed = own
        .into_iter()
        .any(|name| name.eq_ignore_ascii_case("content-type"));
    let kind = (!typed).then_some(("content-type", "application/json"));
    let length = post.body.len().to_string();
    let headers = post.headers.iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in headers
        .chain(kind)
        .chain([("content-length", length.as_str())])
    {
        let headers = request.headers_mut();
        headers
            .try_insert(name.to_owned(), value.to_owned())
            .map_err(|_| format!("its header `{name}` cannot be one"))?;
    }
    Ok(request)
}
