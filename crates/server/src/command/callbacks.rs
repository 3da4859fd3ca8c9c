//! `callbacks`: what chats have to be told so that the buttons below pages act.

use std::process::ExitCode;

use anyhow::anyhow;
use domain::{
    destination::{Destination, Slack},
    setup::Setup,
};
use engine::links::SigningKey;
use serde_json::json;

use super::{
    ledger, note,
    output::{print, print_json},
};
use crate::{args::Failure, config::Config, runtime, table::table};

/// What one chat has to be told.
#[derive(Debug, PartialEq, Eq)]
struct Callback {
    kind: &'static str,
    /// The channel's slug, or the member's address.
    name: String,
    url: String,
    /// What the chat is to send along; Slack signs by a secret of its own.
    secret: Option<String>,
}

/// Shows the callbacks. They hold secrets of the installation.
pub(super) fn run(config: &Config, as_json: bool) -> Result<ExitCode, Failure> {
    let ledger = ledger::required(config)?;
    let key = runtime::stored_key(&ledger)?.ok_or_else(|| {
        anyhow!("there is no signing key yet; `midwatch serve` makes it at its first start")
    })?;
    let callbacks = callbacks(&config.objects.setup, &config.server.public_url, &key);
    if as_json {
        let rows = callbacks
            .iter()
            .map(|it| json!({ "kind": it.kind, "name": it.name, "url": it.url, "secret": it.secret }));
        print_json(&rows.collect::<Vec<_>>())?;
        return Ok(ExitCode::SUCCESS);
    }
    if callbacks.is_empty() {
        note("no channel and no contact has buttons that act");
        return Ok(ExitCode::SUCCESS);
    }
    let row =
        |it: Callback| [it.kind.to_owned(), it.name, it.url, it.secret.unwrap_or_else(|| "-".to_owned())];
    let rows: Vec<_> = callbacks.into_iter().map(row).collect();
    print(&table(["KIND", "NAME", "ADDRESS", "SECRET"], &rows))?;
    note("Slack: enter the address as Request URL under Interactivity & Shortcuts of the app");
    note("Telegram: send address and secret once as `url` and `secret_token` to setWebhook of the bot");
    Ok(ExitCode::SUCCESS)
}

fn callbacks(setup: &Setup, public_url: &str, key: &SigningKey) -> Vec<Callback> {
    let slug = &setup.organization.slug;
    let of = |name: &str, destination: &Destination| {
        let kind = destination.kind().word();
        let secret = match destination {
            Destination::Slack(Slack::App { signing_secret: Some(_), .. }) => None,
            Destination::Telegram { .. } => Some(key.telegram_secret(setup.organization.id, name)),
            Destination::Slack(_)
            | Destination::Webhook { .. }
            | Destination::Email { .. }
            | Destination::Sms { .. }
            | Destination::Voice { .. }
            | Destination::WebPush { .. }
            | Destination::Teams { .. }
            | Destination::Discord { .. }
            | Destination::Mattermost { .. }
            | Destination::GoogleChat { .. }
            | Destination::Matrix { .. }
            | Destination::Ntfy { .. }
            | Destination::Gotify { .. }
            | Destination::Pushover { .. }
            | Destination::Pagerduty { .. }
            | Destination::Opsgenie { .. }
            | Destination::Alertmanager { .. } => return None,
        };
        let url = format!("{public_url}/callbacks/{kind}/{slug}/{name}");
        Some(Callback { kind, name: name.to_owned(), url, secret })
    };
    let channels = setup.channels.iter().filter_map(|it| of(&it.slug, &it.destination));
    let contacts = setup.users.iter().flat_map(|user| user.contacts.iter().map(move |it| (&user.email, it)));
    channels.chain(contacts.filter_map(|(email, it)| of(email, &it.destination))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::load;

    #[test]
    fn only_what_can_hear_a_button_is_told_of() {
        let text = r#"
            [organization]
            slug = "acme"
            [[user]]
            email = "ana@acme.test"
            contact = [ { kind = "telegram", token = "77:AAAAAAAAAABBBBBBBBBBCCCCCCCCCCddddd", chat = "5" } ]
            [[channel]]
            slug = "ops"
            kind = "slack"
            token = "xoxb-1"
            channel = "C0123456789"
            signing_secret = "s"
            [[channel]]
            slug = "deaf"
            kind = "slack"
            token = "xoxb-1"
            channel = "C0123456789"
            [[channel]]
            slug = "hook"
            kind = "discord"
            url = "https://discord.test/api/webhooks/1/x"
        "#;
        let directory = std::env::temp_dir().join(format!("midwatch-callbacks-{}", std::process::id()));
        std::fs::write(&directory, text).unwrap();
        let config = load(Some(&directory), std::iter::empty()).unwrap();
        std::fs::remove_file(&directory).unwrap();
        let setup = &config.objects.setup;
        let found = callbacks(setup, "https://midwatch.test", &SigningKey::new([7; 32]));
        let urls: Vec<_> = found.iter().map(|it| (it.url.as_str(), it.secret.is_some())).collect();
        assert_eq!(
            urls,
            [
                ("https://midwatch.test/callbacks/slack/acme/ops", false),
                ("https://midwatch.test/callbacks/telegram/acme/ana@acme.test", true),
            ]
        );
        let secret = found[1].secret.as_deref().unwrap();
        assert!(SigningKey::new([7; 32]).is_telegram_secret(
            setup.organization.id,
            "ana@acme.test",
            secret.as_bytes()
        ));
        assert!(secret.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')), "{secret}");
    }
}
