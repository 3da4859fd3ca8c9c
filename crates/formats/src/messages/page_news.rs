//! What subscribers of a status page of ours are told where machines and chats listen: a signed webhook's body, and a message
//! in Slack's form. Mail to them is written by the floor that speaks their language.
//!
//! Sources for Slack: <https://docs.slack.dev> "Sending messages using incoming webhooks", "Formatting message text" (`&`, `<`
//! and `>` are escaped, so that no text of others calls a channel together), "Block Kit" (a section takes 3,000 characters).

use domain::Impact;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::text::clean_line;

/// The longest name in a line, in characters.
const NAME_CHARS: usize = 160;

/// How much of what was said stands in a chat, in characters; a section takes 3,000.
const CHAT_CHARS: usize = 2_000;

/// One thing that was said in public of an incident or of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageNews<'a> {
    /// The message's id, the same at every try.
    pub id: &'a str,
    /// What happened.
    pub event: &'a str,
    /// The page's slug.
    pub page: &'a str,
    /// The page's heading.
    pub page_title: &'a str,
    /// The page's full address.
    pub page_url: &'a str,
    /// `incident` or `maintenance`.
    pub kind: &'a str,
    /// The id of the incident or work.
    pub thing: &'a str,
    /// What it is called.
    pub title: &'a str,
    /// Where it is in its life; a word of the contract.
    pub status: &'a str,
    /// How bad it is.
    pub impact: Option<Impact>,
    /// The services it touches that the page shows, by slug and name.
    pub components: &'a [(String, String)],
    /// When work begins and ends.
    pub planned: Option<(Timestamp, Timestamp)>,
    /// In how many hours work begins, where that is what is told.
    pub hours_ahead: Option<i64>,
    /// What was said, as plain text.
    pub said: Option<&'a str>,
    /// When.
    pub at: Timestamp,
    /// The full address of the incident or work.
    pub url: &'a str,
    /// Where the subscriber changes their choice or leaves.
    pub manage_url: &'a str,
    /// Whether an earlier try may have arrived.
    pub possible_duplicate: bool,
    /// State and name in one line, in the subscriber's language.
    pub headline: &'a str,
    /// What the link to `manage_url` is called, in the subscriber's language.
    pub manage: &'a str,
}

/// Returns the body of the webhook.
#[must_use]
pub fn page_webhook(news: &PageNews<'_>) -> String {
    let components = news.components.iter().map(|(slug, name)| json!({ "id": slug, "name": name }));
    json!({
        "type": "announcement",
        "id": news.id,
        "event": news.event,
        "page": { "slug": news.page, "name": news.page_title, "url": news.page_url },
        "subject": {
            "kind": news.kind, "id": news.thing, "name": news.title, "status": news.status,
            "impact": news.impact.map(Impact::word),
            "components": components.collect::<Vec<_>>(),
            "starts_at": news.planned.map(|(starts, _)| starts.to_string()),
            "ends_at": news.planned.map(|(_, ends)| ends.to_string()),
            "url": news.url,
        },
        "hours_ahead": news.hours_ahead,
        "said": news.said,
        "at": news.at.to_string(),
        "manage_url": news.manage_url,
        "possible_duplicate": news.possible_duplicate,
    })
    .to_string()
}

/// Returns the body of the message to Slack.
#[must_use]
pub fn page_slack(news: &PageNews<'_>) -> Value {
    let headline = clean_line(news.headline, 2 * NAME_CHARS);
    let mut text = format!("*<{}|{}>*", news.url, escaped(&headline));
    if let Some(said) = news.said {
        let said: String = said.chars().take(CHAT_CHARS).collect();
        text.push_str(&format!("\n{}", escaped(&said)));
    }
    let names = news.components.iter().map(|(_, name)| clean_line(name, NAME_CHARS)).collect::<Vec<_>>();
    let services = clean_line(&names.join(", "), 2 * NAME_CHARS);
    let mut context = vec![escaped(&clean_line(news.page_title, NAME_CHARS))];
    context.extend(Some(escaped(&services)).filter(|services| !services.is_empty()));
    context.push(format!("<{}|{}>", news.manage_url, escaped(news.manage)));
    let section = json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } });
    let below = json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": context.join(" · ") }] });
    json!({ "text": escaped(&headline), "unfurl_links": false, "blocks": [section, below] })
}

/// Returns the body of the webhook that asks whether its owner wants to be told of a page.
#[must_use]
pub fn page_question_webhook(id: &str, (slug, title): (&str, &str), confirm_url: &str, hours: u64) -> String {
    json!({
        "type": "confirmation", "id": id, "page": { "slug": slug, "name": title },
        "confirm_url": confirm_url, "valid_hours": hours,
    })
    .to_string()
}

/// Returns the message to Slack that asks the same.
#[must_use]
pub fn page_question_slack(asked: &str, yes: &str, good: &str, confirm_url: &str) -> Value {
    let text = format!("{} <{confirm_url}|{}>\n{}", escaped(asked), escaped(yes), escaped(good));
    json!({ "text": text, "unfurl_links": false })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(components: &[(String, String)]) -> PageNews<'_> {
        PageNews {
            id: "m1",
            event: "incident_opened",
            page: "acme",
            page_title: "Acme & Co",
            page_url: "https://midwatch.test/status/acme",
            kind: "incident",
            thing: "i1",
            title: "Checkout <!channel> fails",
            status: "investigating",
            impact: Some(Impact::Major),
            components,
            planned: None,
            hours_ahead: None,
            said: Some("We look <@U1> into it.\nSoon."),
            at: "2026-03-02T08:00:00Z".parse().unwrap(),
            url: "https://midwatch.test/status/acme/incidents/i1",
            manage_url: "https://midwatch.test/subscriptions/t",
            possible_duplicate: true,
            headline: "Investigating: Checkout <!channel> fails",
            manage: "Unsubscribe",
        }
    }

    #[test]
    fn the_webhook_says_it_in_words_of_the_contract() {
        let components = [("checkout".to_owned(), "Checkout".to_owned())];
        let body: Value = serde_json::from_str(&page_webhook(&news(&components))).unwrap();
        assert_eq!((&body["type"], &body["page"]["slug"]), (&"announcement".into(), &"acme".into()));
        assert_eq!(
            (&body["subject"]["status"], &body["subject"]["impact"]),
            (&"investigating".into(), &"major".into())
        );
        assert_eq!((&body["event"], &body["possible_duplicate"]), (&"incident_opened".into(), &true.into()));
        assert_eq!(body["subject"]["components"][0]["id"], "checkout");
    }

    #[test]
    fn nothing_that_others_wrote_calls_a_slack_channel_together() {
        let components = [("checkout".to_owned(), "<!here>".to_owned())];
        let body = page_slack(&news(&components));
        for call in ["<!channel>", "<!here>", "<@U1>"] {
            assert!(!body.to_string().contains(call), "{body}");
        }
        assert!(
            body["text"].as_str().unwrap().starts_with("Investigating: Checkout &lt;!channel&gt;"),
            "{body}"
        );
        let text = body["blocks"][0]["text"]["text"].as_str().unwrap();
        assert!(text.contains("We look &lt;@U1&gt; into it.\nSoon."), "{text}");
        assert!(
            body["blocks"][1]["elements"][0]["text"]
                .as_str()
                .unwrap()
                .contains("subscriptions/t|Unsubscribe>")
        );
    }
}
