//! What a subscriber is told about a provider: one message for everything that changed since the last one.
//!
//! Only normalized facts and the provider's own words, as plain text, stand here; nothing of what any team made of them.

use domain::{Impact, change::ChangeKind};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use super::{
    Mail,
    mail::{escape, frame},
    plain_text,
};
use crate::text::clean_line;

/// The longest name in a line, in characters.
const NAME_CHARS: usize = 160;
/// How much of the provider's words is quoted for one thing, in characters.
const SAID_CHARS: usize = 1_200;

/// What a subscriber is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The message's id, the same at every try.
    pub id: String,
    /// The provider's slug.
    pub provider: String,
    /// The provider's name.
    pub provider_name: String,
    /// What changed, in the order to tell.
    pub items: Vec<Item>,
    /// How many more things changed than are told.
    pub more: usize,
    /// The provider's page.
    pub page_url: String,
    /// Where the subscriber changes their choice or leaves.
    pub manage_url: String,
    /// Whether an earlier try may have arrived.
    pub possible_duplicate: bool,
}

/// One thing that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Which kind of thing.
    pub kind: ItemKind,
    /// What happened to it last.
    pub event: ChangeKind,
    /// The provider's id of it.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Where it was before; a word of the contract.
    pub from: Option<String>,
    /// Where it is now; a word of the contract.
    pub status: Option<String>,
    /// How bad, where somebody says.
    pub impact: Option<Impact>,
    /// The names of the components it touches.
    pub components: Vec<String>,
    /// When it happened.
    pub at: Timestamp,
    /// When announced work begins and ends.
    pub planned: Option<(Timestamp, Option<Timestamp>)>,
    /// The provider's newest words, as Markdown.
    pub said: Option<String>,
    /// Its own page.
    pub url: Option<String>,
}

/// Which kind of thing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A component has another status.
    Component,
    /// Something about an incident.
    Incident,
    /// Something about announced work.
    Maintenance,
}

impl ItemKind {
    const fn word(self) -> &'static str {
        match self {
            ItemKind::Component => "component",
            ItemKind::Incident => "incident",
            ItemKind::Maintenance => "maintenance",
        }
    }
}

/// Returns the e-mail, with times in UTC: nobody told us where the reader is.
#[must_use]
pub fn announcement_mail(message: &Announcement) -> Mail {
    let name = clean_line(&message.provider_name, NAME_CHARS);
    let heading = match message.items.as_slice() {
        [] => "News".to_owned(),
        [one] => line(one),
        [first, rest @ ..] => format!("{} and {} more", line(first), rest.len() + message.more),
    };
    let subject = format!("[{name}] {heading}");
    Mail { text: text(message, &name), html: html(message, &subject, &name), subject }
}

/// Returns the body of the webhook.
#[must_use]
pub fn announcement_webhook(message: &Announcement) -> String {
    let body = Body {
        kind: "announcement",
        id: &message.id,
        provider: ProviderJson {
            slug: &message.provider,
            name: &message.provider_name,
            url: &message.page_url,
        },
        items: message.items.iter().map(ItemJson::of).collect(),
        more: message.more,
        manage_url: &message.manage_url,
        possible_duplicate: message.possible_duplicate,
    };
    serde_json::to_string(&body).expect("structs of strings and lists always serialize")
}

/// `Investigating: Checkout fails`, `Major outage: API`.
fn line(item: &Item) -> String {
    let state = match item.event {
        ChangeKind::IncidentReopened => "reopened".to_owned(),
        ChangeKind::PostmortemPublished => "post-mortem".to_owned(),
        ChangeKind::ComponentChanged
        | ChangeKind::ComponentAdded
        | ChangeKind::ComponentRemoved
        | ChangeKind::ComponentRenamed
        | ChangeKind::IncidentOpened
        | ChangeKind::IncidentUpdated
        | ChangeKind::IncidentResolved
        | ChangeKind::MaintenanceScheduled
        | ChangeKind::MaintenanceStarted
        | ChangeKind::MaintenanceUpdated
        | ChangeKind::MaintenanceCompleted
        | ChangeKind::MaintenanceCancelled
        | ChangeKind::HealthChanged
        | ChangeKind::SourceMoved => item.status.as_deref().unwrap_or("updated").replace('_', " "),
    };
    format!("{}: {}", capital(&state), clean_line(&item.name, NAME_CHARS))
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn facts(item: &Item) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(impact) = item.impact.filter(|impact| *impact != Impact::Unknown) {
        facts.push(("Impact", impact.word().to_owned()));
    }
    if !item.components.is_empty() {
        facts.push(("Components", clean_line(&item.components.join(", "), 2 * NAME_CHARS)));
    }
    if let Some(from) = item.from.as_deref().filter(|_| item.kind == ItemKind::Component) {
        facts.push(("Before", from.replace('_', " ")));
    }
    if let Some((starts, ends)) = item.planned {
        let until = ends.map(|ends| format!(" until {}", time(ends))).unwrap_or_default();
        facts.push(("Planned", format!("{}{until}", time(starts))));
    }
    facts.push(("At", time(item.at)));
    facts
}

fn time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn notes(message: &Announcement) -> Vec<String> {
    let mut notes = Vec::new();
    if message.possible_duplicate {
        notes.push("You may have this message already: an earlier try may have arrived.".to_owned());
    }
    if message.more > 0 {
        notes.push(format!("{} more things changed; the page has them all.", message.more));
    }
    notes
}

fn text(message: &Announcement, name: &str) -> String {
    let mut lines = Vec::new();
    for item in &message.items {
        lines.push(line(item));
        lines.extend(facts(item).into_iter().map(|(name, value)| format!("  {name}: {value}")));
        if let Some(said) = &item.said {
            let said = plain_text(said, SAID_CHARS);
            lines.extend(said.lines().map(|line| format!("  > {line}").trim_end().to_owned()));
        }
        lines.extend(item.url.iter().map(|url| format!("  {url}")));
        lines.push(String::new());
    }
    for note in notes(message) {
        lines.extend([note, String::new()]);
    }
    lines.extend([
        format!("{name} now: {}", message.page_url),
        String::new(),
        "You asked to be told about this. Change what you are told, or unsubscribe:".to_owned(),
        message.manage_url.clone(),
        String::new(),
        "Read from the provider's public page; Midwatch is not affiliated with it.".to_owned(),
        String::new(),
    ]);
    lines.join("\n")
}

fn html(message: &Announcement, subject: &str, name: &str) -> String {
    let mut body = String::new();
    for item in &message.items {
        body.push_str(&item_html(item));
    }
    for note in notes(message) {
        body.push_str(&format!("<p style=\"margin:0 0 12px;font-weight:600\">{}</p>\n", escape(&note)));
    }
    body.push_str(&format!(
        "<p style=\"margin:0 0 16px\"><a href=\"{}\" style=\"display:inline-block;padding:12px 20px;border-radius:6px;\
         background:#1d4ed8;color:#ffffff;font-weight:600;text-decoration:none\">{} now</a></p>\n",
        escape(&message.page_url),
        escape(name)
    ));
    let footer = format!(
        "You asked to be told about this. <a href=\"{}\" style=\"color:#1d4ed8\">Change what you are told, or \
         unsubscribe</a>.<br>\nRead from the provider’s public page; Midwatch is not affiliated with it.",
        escape(&message.manage_url)
    );
    frame(subject, name, &body, &footer)
}

fn item_html(item: &Item) -> String {
    let mut body = match &item.url {
        Some(url) => format!(
            "<h2 style=\"margin:0 0 8px;font-size:17px;line-height:1.35\"><a href=\"{}\" style=\"color:#111827\">{}</a>\
             </h2>\n",
            escape(url),
            escape(&line(item))
        ),
        None => {
            format!(
                "<h2 style=\"margin:0 0 8px;font-size:17px;line-height:1.35\">{}</h2>\n",
                escape(&line(item))
            )
        }
    };
    body.push_str("<table style=\"border-collapse:collapse;margin:0 0 12px\">\n");
    for (name, value) in facts(item) {
        body.push_str(&format!(
            "<tr><th scope=\"row\" style=\"text-align:left;vertical-align:top;padding:2px 16px 2px 0;color:#4b5563;\
             font-weight:500;white-space:nowrap\">{name}</th><td style=\"padding:2px 0\">{}</td></tr>\n",
            escape(&value)
        ));
    }
    body.push_str("</table>\n");
    if let Some(said) = &item.said {
        let said = escape(&plain_text(said, SAID_CHARS)).replace('\n', "<br>\n");
        body.push_str(&format!(
            "<blockquote style=\"margin:0 0 24px;padding:0 0 0 12px;border-left:3px solid #d1d5db\">{said}</blockquote>\n"
        ));
    }
    body
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'a str,
    provider: ProviderJson<'a>,
    items: Vec<ItemJson<'a>>,
    #[serde(skip_serializing_if = "is_zero")]
    more: usize,
    manage_url: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    possible_duplicate: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

#[derive(Serialize)]
struct ProviderJson<'a> {
    slug: &'a str,
    name: &'a str,
    url: &'a str,
}

#[derive(Serialize)]
struct ItemJson<'a> {
    event: &'static str,
    kind: &'static str,
    id: &'a str,
    name: &'a str,
    from: Option<&'a str>,
    status: Option<&'a str>,
    impact: Option<&'static str>,
    components: &'a [String],
    at: String,
    starts_at: Option<String>,
    ends_at: Option<String>,
    said: Option<String>,
    url: Option<&'a str>,
}

impl<'a> ItemJson<'a> {
    fn of(item: &'a Item) -> Self {
        Self {
            event: item.event.word(),
            kind: item.kind.word(),
            id: &item.id,
            name: &item.name,
            from: item.from.as_deref(),
            status: item.status.as_deref(),
            impact: item.impact.map(Impact::word),
            components: &item.components,
            at: item.at.to_string(),
            starts_at: item.planned.map(|(starts, _)| starts.to_string()),
            ends_at: item.planned.and_then(|(_, ends)| ends).map(|ends| ends.to_string()),
            said: item.said.as_deref().map(|said| plain_text(said, SAID_CHARS)),
            url: item.url.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile() -> Announcement {
        let item = Item {
            kind: ItemKind::Incident,
            event: ChangeKind::IncidentOpened,
            id: "inc1".to_owned(),
            name: "Checkout <script>alert(1)</script>\r\nBcc: x@y.z".to_owned(),
            from: None,
            status: Some("investigating".to_owned()),
            impact: Some(Impact::Major),
            components: vec!["API".to_owned(), "Checkout".to_owned()],
            at: "2026-03-02T08:00:00Z".parse().unwrap(),
            planned: None,
            said: Some("We are **looking** into <img src=x onerror=y> it.".to_owned()),
            url: Some("https://midwatch.test/directory/shops/pay/incidents/inc1".to_owned()),
        };
        Announcement {
            id: "m1".to_owned(),
            provider: "pay".to_owned(),
            provider_name: "Pay & Co".to_owned(),
            items: vec![item.clone(), Item { kind: ItemKind::Component, name: "API".to_owned(), ..item }],
            more: 3,
            page_url: "https://midwatch.test/directory/shops/pay".to_owned(),
            manage_url: "https://midwatch.test/subscriptions/t".to_owned(),
            possible_duplicate: true,
        }
    }

    #[test]
    fn words_of_the_provider_are_text_in_every_part() {
        let mail = announcement_mail(&hostile());
        assert!(mail.subject.starts_with("[Pay & Co] Investigating: Checkout"), "{}", mail.subject);
        assert!(
            mail.subject.ends_with("and 4 more") && !mail.subject.contains(['\r', '\n']),
            "{}",
            mail.subject
        );
        assert!(!mail.html.contains("<script>") && !mail.html.contains("<img"), "{}", mail.html);
        assert!(mail.html.contains("Pay &amp; Co"), "{}", mail.html);
        for part in [&mail.text, &mail.html] {
            assert!(part.contains("We are looking into"), "{part}");
            assert!(part.contains("https://midwatch.test/subscriptions/t"), "{part}");
            assert!(part.contains("You may have this message already"), "{part}");
            assert!(part.contains("3 more things changed"), "{part}");
        }
    }

    #[test]
    fn the_webhook_says_the_same_in_words_of_the_contract() {
        let body: serde_json::Value = serde_json::from_str(&announcement_webhook(&hostile())).unwrap();
        assert_eq!((&body["type"], &body["provider"]["slug"]), (&"announcement".into(), &"pay".into()));
        let item = &body["items"][0];
        assert_eq!((&item["event"], &item["impact"]), (&"incident_opened".into(), &"major".into()));
        assert_eq!(item["said"], "We are looking into  it.");
        assert_eq!((&body["more"], &body["possible_duplicate"]), (&3.into(), &true.into()));
    }
}
