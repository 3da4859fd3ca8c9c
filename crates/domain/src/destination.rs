//! Where messages go: one variant for each kind of destination, with what it takes to reach it.
//!
//! What a vendor's key is called in the configuration and how it is spoken to is for `formats::channels`.

use std::fmt;

use crate::ChannelKind;

/// Where a message goes.
///
/// `api` is the base address of the vendor's interface, for regions and gateways; `None` takes the vendor's usual one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// An HTTP endpoint, signed as Standard Webhooks says.
    Webhook {
        /// The address; may hold a token.
        url: Secret,
        /// `whsec_…`; `None` takes the one derived from the installation's key.
        secret: Option<Secret>,
        /// The body, with `{name}` for facts; `None` takes the JSON of the contract.
        template: Option<String>,
    },
    /// A mailbox.
    Email {
        /// The address.
        address: String,
    },
    /// A text to a phone, by the installation's telephony vendors.
    Sms {
        /// The number in E.164 form, `+393331234567`.
        number: String,
    },
    /// A call to a phone, by the installation's telephony vendors.
    Voice {
        /// The number in E.164 form.
        number: String,
    },
    /// A browser that asked for notifications (RFC 8030, 8291, 8292).
    WebPush {
        /// The push service's address for this browser.
        endpoint: Secret,
        /// The browser's public key, base64url without padding.
        p256dh: String,
        /// The shared authentication secret, base64url without padding.
        auth: Secret,
    },
    /// A Slack channel.
    Slack(Slack),
    /// A Microsoft Teams channel, by a workflow's webhook.
    Teams {
        /// The webhook's address, which is its secret.
        url: Secret,
    },
    /// A Discord channel.
    Discord {
        /// The webhook's address, which is its secret.
        url: Secret,
    },
    /// A Telegram chat.
    Telegram {
        /// The bot's token.
        token: Secret,
        /// The chat's number or `@name`.
        chat: String,
        /// Base address.
        api: Option<String>,
    },
    /// A Mattermost channel.
    Mattermost {
        /// The webhook's address, which is its secret.
        url: Secret,
    },
    /// A Google Chat space.
    GoogleChat {
        /// The webhook's address, which is its secret.
        url: Secret,
    },
    /// A Matrix room.
    Matrix {
        /// The home server's base address.
        server: String,
        /// An access token of the account that speaks.
        token: Secret,
        /// The room's id, `!abc:example.org`.
        room: String,
    },
    /// An ntfy topic.
    Ntfy {
        /// The topic's address; who knows it can read along.
        url: Secret,
        /// An access token, where the topic is protected.
        token: Option<Secret>,
    },
    /// A Gotify application.
    Gotify {
        /// The server's base address.
        url: String,
        /// The application's token.
        token: Secret,
    },
    /// A Pushover user or group.
    Pushover {
        /// The application's token.
        token: Secret,
        /// The user's or group's key.
        user: Secret,
        /// Base address.
        api: Option<String>,
    },
    /// A PagerDuty service, by Events API v2.
    Pagerduty {
        /// The integration's routing key.
        routing_key: Secret,
        /// Base address.
        api: Option<String>,
    },
    /// An Opsgenie integration, by the Alert API.
    Opsgenie {
        /// The integration's key.
        key: Secret,
        /// Base address; Europe has one of its own.
        api: Option<String>,
    },
    /// An Alertmanager, by its API v2.
    Alertmanager {
        /// The server's base address.
        url: String,
        /// A bearer token, where the server asks for one.
        token: Option<Secret>,
    },
}

/// How a Slack channel is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slack {
    /// By an incoming webhook: messages without buttons that act and without threads.
    Hook {
        /// The webhook's address, which is its secret.
        url: Secret,
    },
    /// By an app: buttons, and one thread an incident, kept up to date.
    App {
        /// The bot's token, `xoxb-…`.
        token: Secret,
        /// The channel's id.
        channel: String,
        /// Verifies what Slack sends us; without it buttons open a page instead of acting.
        signing_secret: Option<Secret>,
        /// Base address.
        api: Option<String>,
    },
}

/// A value that must not be printed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Destination {
    /// Returns what kind of destination it is.
    #[must_use]
    pub const fn kind(&self) -> ChannelKind {
        match self {
            Destination::Webhook { .. } => ChannelKind::Webhook,
            Destination::Email { .. } => ChannelKind::Email,
            Destination::Sms { .. } => ChannelKind::Sms,
            Destination::Voice { .. } => ChannelKind::Voice,
            Destination::WebPush { .. } => ChannelKind::WebPush,
            Destination::Slack(_) => ChannelKind::Slack,
            Destination::Teams { .. } => ChannelKind::Teams,
            Destination::Discord { .. } => ChannelKind::Discord,
            Destination::Telegram { .. } => ChannelKind::Telegram,
            Destination::Mattermost { .. } => ChannelKind::Mattermost,
            Destination::GoogleChat { .. } => ChannelKind::GoogleChat,
            Destination::Matrix { .. } => ChannelKind::Matrix,
            Destination::Ntfy { .. } => ChannelKind::Ntfy,
            Destination::Gotify { .. } => ChannelKind::Gotify,
            Destination::Pushover { .. } => ChannelKind::Pushover,
            Destination::Pagerduty { .. } => ChannelKind::Pagerduty,
            Destination::Opsgenie { .. } => ChannelKind::Opsgenie,
            Destination::Alertmanager { .. } => ChannelKind::Alertmanager,
        }
    }

    /// Returns the phone number, where it is one.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        match self {
            Destination::Sms { number } | Destination::Voice { number } => Some(number),
            Destination::Webhook { .. }
            | Destination::Email { .. }
            | Destination::WebPush { .. }
            | Destination::Slack(_)
            | Destination::Teams { .. }
            | Destination::Discord { .. }
            | Destination::Telegram { .. }
            | Destination::Mattermost { .. }
            | Destination::GoogleChat { .. }
            | Destination::Matrix { .. }
            | Destination::Ntfy { .. }
            | Destination::Gotify { .. }
            | Destination::Pushover { .. }
            | Destination::Pagerduty { .. }
            | Destination::Opsgenie { .. }
            | Destination::Alertmanager { .. } => None,
        }
    }

    /// Returns the address that is dialled, where the configuration names one: to be checked against the egress guard.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        match self {
            Destination::Webhook { url, .. }
            | Destination::Teams { url }
            | Destination::Discord { url }
            | Destination::Mattermost { url }
            | Destination::GoogleChat { url }
            | Destination::Ntfy { url, .. }
            | Destination::WebPush { endpoint: url, .. }
            | Destination::Slack(Slack::Hook { url }) => Some(url.expose()),
            Destination::Matrix { server: url, .. }
            | Destination::Gotify { url, .. }
            | Destination::Alertmanager { url, .. } => Some(url),
            Destination::Slack(Slack::App { api, .. })
            | Destination::Telegram { api, .. }
            | Destination::Pushover { api, .. }
            | Destination::Pagerduty { api, .. }
            | Destination::Opsgenie { api, .. } => api.as_deref(),
            Destination::Email { .. } | Destination::Sms { .. } | Destination::Voice { .. } => None,
        }
    }
}

impl Secret {
    /// Wraps a value that must not be printed.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// Returns the value, to be used and not shown.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
