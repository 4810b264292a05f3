//! The HTTP client: hyper and rustls, with ring for the cryptography.
//!
//! The SDK's own default is the same client over aws-lc, whose C takes longer to compile than everything else that a
//! pruned binary needs. Proxies come from the environment, as in the default.

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpClient};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// A client for all services: connections are shared by clones.
pub fn client() -> SharedHttpClient {
    // The public way (`build_https`) knows no proxies; the SDK makes its default client in this way too.
    Builder::new().build_with_connector_fn(connector)
}

pub(super) fn connector(
    settings: Option<&HttpConnectorSettings>,
    components: Option<&RuntimeComponents>,
) -> Connector {
    let mut builder = Connector::builder()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .proxy_config(ProxyConfig::from_env());
    builder.set_connector_settings(settings.cloned());
    if let Some(components) = components {
        builder.set_sleep_impl(components.sleep_impl());
    }
    builder.build()
}
