//! Webhooks: what `aws:invokeWebhook` sends (spec 5.17).

use super::{ApiCall, Expression};

/// A webhook of a step.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The call that reads the integration: GetParameter, whose `Name` is [`Expression::Told`] as `parameter`.
    pub read: ApiCall,
    /// `IntegrationName`.
    pub integration: Expression,
    /// `Body`.
    pub body: Option<Expression>,
}
