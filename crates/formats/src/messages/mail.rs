//! The e-mail for a page and its follow-ups: a subject, a text part and an HTML part that say the same.
//!
//! The HTML carries its styles inline and loads nothing, so that it reads in every mail client and tells nobody it was
//! opened. Every value is escaped here; provider text arrives as plain text, never as markup.

use domain::Status;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{CauseFacts, IncidentFacts, Notice, PageMessage, Recipient, headline, plain_text, span_between};
use crate::text::clean_line;

/// The longest summary in a subject or heading, in characters; longer ones are cut by mail clients anyway.
const SUMMARY_CHARS: usize = 120;
/// The longest name in a subject or heading, in characters.
const NAME_CHARS: usize = 40;
/// The longest value in a row of facts, in characters.
const VALUE_CHARS: usize = 300;
/// How much of the provider's words is quoted, in characters.
const SAID_CHARS: usize = 1_200;
/// Services that stand in one line; of more there is a list besides.
const MOST_IN_LINE: usize = 6;

/// What the link is called that leads to where it is acknowledged.
pub(crate) const ACKNOWLEDGE: &str = "Acknowledge";

/// An e-mail without its envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// One line.
    pub subject: String,
    /// The part for clients that show text.
    pub text: String,
    /// The part for clients that show HTML.
    pub html: String,
}

/// What every form of the message says.
pub(crate) struct Content {
    pub(crate) heading: String,
    pub(crate) organization: String,
    pub(crate) notes: Vec<&'static str>,
    pub(crate) facts: Vec<(&'static str, String)>,
    pub(crate) said: Option<String>,
    pub(crate) also: Vec<String>,
    /// Every service of the incident, where they are more than a line holds.
    pub(crate) services: Vec<String>,
    pub(crate) links: Vec<(&'static str, String)>,
    pub(crate) reason: String,
}

/// Returns the e-mail, with times in the person's zone and in UTC.
#[must_use]
pub fn mail(message: &PageMessage, zone: &TimeZone) -> Mail {
    let content = content(message, zone);
    let subject = format!("[Midwatch] {}", content.heading);
    Mail { text: text(&content), html: html(&content, &subject), subject }
}

/// What the message says, with times as in a mail.
pub(crate) fn content(message: &PageMessage, zone: &TimeZone) -> Content {
    told(message, |at| time_text(at, zone))
}

/// What the message says, with times as `time` writes them.
pub(super) fn told(message: &PageMessage, time: impl Fn(Timestamp) -> String) -> Content {
    let incident = &message.incident;
    let heading = match &message.notice {
        Notice::Page => incident.severity.word().to_uppercase(),
        Notice::Acknowledged { snoozed: None, .. } => "Acknowledged".to_owned(),
        Notice::Acknowledged { by, snoozed: Some(snooze), .. } => {
            format!("Snoozed until {} by {}", snooze.clock, clean_line(by, NAME_CHARS))
        }
        Notice::Reassigned { to, .. } => format!("Belongs to {} now", clean_line(to, NAME_CHARS)),
        Notice::Resolved { .. } => "Resolved".to_owned(),
        Notice::Unanswered => "UNANSWERED".to_owned(),
        Notice::Notice => "Notice".to_owned(),
    };
    let link = |name, url: &Option<String>| url.as_ref().map(|url| (name, clean_line(url, 2_000)));
    Content {
        heading: format!("{heading}: {}", headline(message, SUMMARY_CHARS)),
        also: message.also.iter().map(listed).collect(),
        services: all_services(incident),
        organization: clean_line(&message.organization_name, SUMMARY_CHARS),
        notes: notes(message),
        facts: facts(message, &time),
        said: incident
            .cause
            .as_ref()
            .and_then(|cause| cause.said.as_deref())
            .map(|said| plain_text(said, SAID_CHARS)),
        links: [link(ACKNOWLEDGE, &message.ack_url), link("Status page", &message.status_page)]
            .into_iter()
            .flatten()
            .collect(),
        reason: clean_line(&reason(&message.to), VALUE_CHARS),
    }
}

fn notes(message: &PageMessage) -> Vec<&'static str> {
    let mut notes = Vec::new();
    if message.notice == Notice::Unanswered {
        notes.push("Nobody has answered the pages for this incident.");
    }
    if message.delayed {
        notes.push("This message is late: it could not be sent when it was due.");
    }
    if message.possible_duplicate {
        notes.push("You may have this message already: an earlier try may have arrived.");
    }
    notes
}

/// Why somebody gets it: `Why Ana: schedule primary, layer 1 (round 1, step 2)`. What follows up on pages belongs to no step.
fn reason(to: &Recipient) -> String {
    let place = match (to.round, to.step) {
        (0, _) | (_, 0) => String::new(),
        (round, step) => format!(" (round {round}, step {step})"),
    };
    format!("Why {}: {}{place}", to.name, to.reason)
}

fn facts(message: &PageMessage, time: impl Fn(Timestamp) -> String) -> Vec<(&'static str, String)> {
    let incident = &message.incident;
    let is_over = matches!(message.notice, Notice::Resolved { .. });
    let mut facts = Vec::new();
    if !incident.affected.is_empty() {
        let name = if incident.affected.len() == 1 { "Service" } else { "Services" };
        facts.push((name, clean_line(&services_text(&incident.affected, is_over), VALUE_CHARS)));
    }
    if let Some(cause) = &incident.cause {
        facts.push(("Cause", cause_text(cause, is_over)));
    }
    facts.push(("Since", time(incident.since)));
    facts.extend(news_at(message, time));
    facts
}

/// What has happened since the page: who took it, when it ended.
pub(crate) fn news(message: &PageMessage, zone: &TimeZone) -> Vec<(&'static str, String)> {
    news_at(message, |at| time_text(at, zone))
}

fn news_at(message: &PageMessage, time: impl Fn(Timestamp) -> String) -> Vec<(&'static str, String)> {
    match &message.notice {
        Notice::Page | Notice::Unanswered | Notice::Notice => Vec::new(),
        Notice::Acknowledged { by, at, snoozed: None } => {
            vec![("Acknowledged by", clean_line(by, VALUE_CHARS)), ("Acknowledged", time(*at))]
        }
        Notice::Acknowledged { by, snoozed: Some(snooze), .. } => {
            vec![("Snoozed by", clean_line(by, VALUE_CHARS)), ("Snoozed until", time(snooze.until))]
        }
        Notice::Reassigned { to, at } => {
            vec![("Belongs to", clean_line(to, VALUE_CHARS)), ("Handed over", time(*at))]
        }
        Notice::Resolved { at } => {
            vec![("Resolved", time(*at)), ("Lasted", span_between(message.incident.since, *at))]
        }
    }
}

/// Returns one of several incidents as a line: `#13 critical: Search is down`, with the services that this does not name.
fn listed(incident: &IncidentFacts) -> String {
    let names = incident.affected.iter().map(|(name, _)| name.as_str());
    let unnamed = names.filter(|name| !incident.summary.contains(name)).collect::<Vec<_>>().join(", ");
    let unnamed = if unnamed.is_empty() { unnamed } else { format!(" ({unnamed})") };
    let line = format!("#{} {}: {}{unnamed}", incident.number, incident.severity, incident.summary);
    clean_line(&line, VALUE_CHARS)
}

/// The services by what they are, the worst first: `Checkout, Orders (major outage), Search (partial outage)`. Where all are the
/// same the heading says it.
fn services_text(affected: &[(String, Status)], is_over: bool) -> String {
    let names = |of: &mut dyn Iterator<Item = &(String, Status)>| {
        of.map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
    };
    if affected.len() > MOST_IN_LINE {
        let more = affected.len() - MOST_IN_LINE;
        return format!("{} and {more} more", names(&mut affected.iter().take(MOST_IN_LINE)));
    }
    let is_same = affected.windows(2).all(|pair| pair[0].1 == pair[1].1);
    if is_over || is_same {
        return names(&mut affected.iter());
    }
    let group = |status: &Status| {
        let of = names(&mut affected.iter().filter(|(_, is)| is == status));
        (!of.is_empty()).then(|| format!("{of} ({})", of_ours(*status)))
    };
    Status::ALL.iter().rev().filter_map(group).collect::<Vec<_>>().join(", ")
}

/// Every service with what it is, where they are more than a line holds.
fn all_services(incident: &IncidentFacts) -> Vec<String> {
    if incident.affected.len() <= MOST_IN_LINE {
        return Vec::new();
    }
    let line = |(name, status): &(String, Status)| format!("{name}: {}", of_ours(*status));
    incident.affected.iter().map(|one| clean_line(&line(one), VALUE_CHARS)).collect()
}

/// What a service of an incident is: one that works again has recovered.
const fn of_ours(status: Status) -> &'static str {
    match status {
        Status::Operational => "recovered",
        Status::Unknown
        | Status::UnderMaintenance
        | Status::DegradedPerformance
        | Status::PartialOutage
        | Status::MajorOutage => state(status),
    }
}

const fn state(status: Status) -> &'static str {
    match status {
        Status::Unknown => "state unknown",
        Status::Operational => "works again",
        Status::UnderMaintenance => "under maintenance",
        Status::DegradedPerformance => "degraded performance",
        Status::PartialOutage => "partial outage",
        Status::MajorOutage => "major outage",
    }
}

/// What is behind it, what is probably behind that, and whom else that has hit, in this order: the end may be cut.
fn cause_text(cause: &CauseFacts, is_over: bool) -> String {
    let what = match &cause.component {
        Some(component) => format!("{component} at {}", cause.provider_name),
        None => cause.provider_name.clone(),
    };
    let worst = if is_over && cause.status.is_trouble() { " at worst" } else { "" };
    let mut text = format!("{what}: {}{worst}", state(cause.status));
    if let Some((upstream, status)) = &cause.upstream {
        text.push_str(&format!("; probably because of {upstream} ({})", state(*status)));
    }
    if !cause.others.is_empty() {
        text.push_str(&format!("; also at {}", cause.others.join(", ")));
    }
    clean_line(&text, VALUE_CHARS)
}

/// Returns an instant as its reader's clock shows it, and in UTC, which colleagues elsewhere can compare.
fn time_text(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone()).strftime("%a %-d %b %Y, %H:%M:%S %Z").to_string();
    if *zone == TimeZone::UTC {
        return local;
    }
    let utc = at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S UTC");
    format!("{local} ({utc})")
}

fn text(content: &Content) -> String {
    let mut lines = vec![content.heading.clone(), String::new()];
    for note in &content.notes {
        lines.extend([(*note).to_owned(), String::new()]);
    }
    for (name, value) in &content.facts {
        lines.push(format!("{name}: {value}"));
    }
    if let Some(said) = &content.said {
        lines.extend([String::new(), "The provider says:".to_owned()]);
        lines.extend(said.lines().map(|line| format!("  {line}").trim_end().to_owned()));
    }
    if !content.also.is_empty() {
        lines.extend([String::new(), format!("And {} more:", content.also.len())]);
        lines.extend(content.also.iter().map(|line| format!("  {line}")));
    }
    if !content.services.is_empty() {
        lines.extend([String::new(), format!("All {} services:", content.services.len())]);
        lines.extend(content.services.iter().map(|line| format!("  {line}")));
    }
    lines.push(String::new());
    for (name, url) in &content.links {
        lines.push(format!("{name}: {url}"));
    }
    lines.extend([
        String::new(),
        content.reason.clone(),
        format!("Midwatch for {}", content.organization),
        String::new(),
    ]);
    lines.join("\n")
}

fn html(content: &Content, subject: &str) -> String {
    let mut body = String::new();
    for note in &content.notes {
        body.push_str(&format!("<p style=\"margin:0 0 12px;font-weight:600\">{}</p>\n", escape(note)));
    }
    body.push_str("<table style=\"border-collapse:collapse;margin:0 0 20px\">\n");
    for (name, value) in &content.facts {
        let (name, value) = (escape(name), escape(value));
        body.push_str(&format!(
            "<tr><th scope=\"row\" style=\"text-align:left;vertical-align:top;padding:4px 16px 4px 0;color:#4b5563;\
             font-weight:500;white-space:nowrap\">{name}</th><td style=\"padding:4px 0\">{value}</td></tr>\n"
        ));
    }
    body.push_str("</table>\n");
    if let Some(said) = &content.said {
        let said = escape(said).replace('\n', "<br>\n");
        body.push_str(&format!(
            "<p style=\"margin:0 0 4px;color:#4b5563\">The provider says:</p>\n<blockquote style=\"margin:0 0 20px;\
             padding:0 0 0 12px;border-left:3px solid #d1d5db\">{said}</blockquote>\n"
        ));
    }
    body.push_str(&list("And", "more", &content.also));
    body.push_str(&list("All", "services", &content.services));
    for (place, (name, url)) in content.links.iter().enumerate() {
        let style = match place {
            0 => {
                "display:inline-block;padding:12px 20px;border-radius:6px;background:#1d4ed8;color:#ffffff;\
                  font-weight:600;text-decoration:none"
            }
            _ => "color:#1d4ed8",
        };
        let (name, url) = (escape(name), escape(url));
        body.push_str(&format!(
            "<p style=\"margin:0 0 16px\"><a href=\"{url}\" style=\"{style}\">{name}</a></p>\n"
        ));
    }
    let footer = format!("{}<br>\nMidwatch for {}", escape(&content.reason), escape(&content.organization));
    frame(subject, &content.heading, &body, &footer)
}

/// A list under its count: `And 3 more:`; nothing where there is none.
fn list(before: &str, after: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let items: String = lines.iter().map(|line| format!("<li>{}</li>\n", escape(line))).collect();
    format!(
        "<p style=\"margin:0 0 4px;font-weight:600\">{before} {} {after}:</p>\n<ul style=\"margin:0 0 20px;\
         padding:0 0 0 20px\">\n{items}</ul>\n",
        lines.len()
    )
}

/// Returns a whole document around `body` and `footer`, which are HTML; the other two are text.
pub(super) fn frame(subject: &str, heading: &str, body: &str, footer: &str) -> String {
    let (subject, heading) = (escape(subject), escape(heading));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light\">\n<title>{subject}</title>\n</head>\n\
         <body style=\"margin:0;padding:24px 12px;background:#f3f4f6;color:#111827;\
         font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif\">\n\
         <main style=\"max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border:1px solid #e5e7eb;\
         border-radius:8px\">\n<h1 style=\"margin:0 0 16px;font-size:20px;line-height:1.3\">{heading}</h1>\n{body}\
         <p style=\"margin:24px 0 0;font-size:14px;color:#4b5563\">{footer}</p>\n\
         </main>\n</body>\n</html>\n"
    )
}

/// Returns text that is safe between tags and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
