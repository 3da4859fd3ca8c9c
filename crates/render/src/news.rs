//! Messages to subscribers of a status page of ours, in their language: a subject, a text part and an HTML part that say the
//! same.
//!
//! The HTML carries its styles inline and loads nothing, so that it tells nobody it was opened.

use askama::Template;
use jiff::tz::TimeZone;

use crate::{
    page::{clean, is_banned},
    view::{MailView, NewsView, QuestionView, ReaderView},
    words::{Text, Words},
};

/// The longest name in a line, in characters.
const NAME_CHARS: usize = 160;

#[derive(Template)]
#[template(path = "mail_news.html")]
struct News<'a> {
    words: Words<'a>,
    subject: &'a str,
    page: Text,
    page_url: &'a str,
    heading: Text,
    url: &'a str,
    facts: Vec<(&'static str, Text)>,
    said: Vec<&'a str>,
    /// Those of the element that holds it.
    attributes: &'static str,
    is_repeat: bool,
    manage_url: &'a str,
}

#[derive(Template)]
#[template(path = "mail_question.html")]
struct Question<'a> {
    words: Words<'a>,
    subject: &'a str,
    asked: Text,
    confirm_url: &'a str,
    good: Text,
}

/// Returns the mail that tells a subscriber of something.
///
/// # Panics
/// Never: the template writes into memory.
#[must_use]
pub fn news_mail(news: &NewsView, reader: &ReaderView) -> MailView {
    let words = Words::new(reader.language, news.written, &news.time_zone);
    let page = words.theirs(&line(&news.page_title));
    let heading = heading(words, news);
    let subject = format!("[{}] {}", line(&news.page_title), heading.plain());
    let facts = facts(words, news);
    let said: Vec<&str> = news.said.iter().flat_map(|said| said.text.lines()).collect();
    let is_ours = news.said.as_ref().is_some_and(|said| !said.tongues.is_empty());
    let text = text(words, news, reader, &heading, &facts);
    let template = News {
        words,
        subject: &subject,
        page,
        page_url: &news.page_url,
        heading,
        url: &news.url,
        facts,
        said,
        attributes: if is_ours { "" } else { words.written() },
        is_repeat: reader.possible_duplicate,
        manage_url: &reader.manage_url,
    };
    let html = template.render().expect("the template writes into memory");
    mail(subject, text, html)
}

/// Returns the headline, and what the link is called by which they change what they are told: for chats.
#[must_use]
pub fn news_lines(news: &NewsView, reader: &ReaderView) -> [String; 2] {
    let words = Words::new(reader.language, news.written, &news.time_zone);
    [clean(heading(words, news).plain()), words.t("news-change").to_owned()]
}

/// Returns the question, the word that says yes, and how long that can be said: for chats.
#[must_use]
pub fn question_lines(question: &QuestionView) -> [String; 3] {
    let zone = TimeZone::UTC;
    let words = Words::new(question.language, question.written, &zone);
    [
        clean(words.named("question-asked", &line(&question.page_title)).plain()),
        words.t("question-yes").to_owned(),
        words.count("question-good", question.hours).plain(),
    ]
}

/// Returns the mail that asks whether it was them.
///
/// # Panics
/// Never: the template writes into memory.
#[must_use]
pub fn question_mail(question: &QuestionView) -> MailView {
    let zone = TimeZone::UTC;
    let words = Words::new(question.language, question.written, &zone);
    let name = line(&question.page_title);
    let subject = words.named("question-subject", &name).plain();
    let asked = words.named("question-asked", &name);
    let good = words.count("question-good", question.hours);
    let (yes, url) = (words.t("question-yes"), &question.confirm_url);
    let text = format!("{}\n\n{yes}: {url}\n\n{}\n", asked.plain(), good.plain());
    let template = Question { words, subject: &subject, asked, confirm_url: url, good };
    let html = template.render().expect("the template writes into memory");
    mail(subject, text, html)
}

/// What sets names apart is put in last, as on pages.
fn mail(subject: String, text: String, html: String) -> MailView {
    MailView { subject: clean(subject), text: clean(text), html: clean(html) }
}

fn heading(words: Words<'_>, news: &NewsView) -> Text {
    let title = line(&news.title.text);
    let title = if news.title.tongues.is_empty() { words.theirs(&title) } else { Text::ours(title) };
    words.say("news-heading", [("state", state(words, news).into()), ("title", title.into())])
}

fn state(words: Words<'_>, news: &NewsView) -> Text {
    match (news.event, news.hours_ahead.and_then(|hours| usize::try_from(hours).ok())) {
        (_, Some(hours)) => words.count("news-begins-in", hours),
        ("incident_reopened", None) => Text::ours(words.t("news-reopened")),
        _ => words.announced(&news.word),
    }
}

fn facts(words: Words<'_>, news: &NewsView) -> Vec<(&'static str, Text)> {
    let mut facts = Vec::new();
    if let Some(impact) = news.impact {
        facts.push((words.t("news-impact"), Text::ours(words.impact(impact))));
    }
    if !news.components.is_empty() {
        let names = news.components.iter().map(|(_, name)| words.theirs(&line(name)));
        facts.push((words.t("services"), words.list(names)));
    }
    if let Some((from, to)) = news.planned {
        facts.push((words.t("clock-starts"), words.full(from)));
        facts.push((words.t("clock-ends"), words.full(to)));
    }
    facts.push((words.t("news-at"), words.full(news.at)));
    facts
}

fn text(
    words: Words<'_>,
    news: &NewsView,
    reader: &ReaderView,
    heading: &Text,
    facts: &[(&'static str, Text)],
) -> String {
    let mut lines = Vec::new();
    if reader.possible_duplicate {
        lines.extend([words.t("news-repeat").to_owned(), String::new()]);
    }
    lines.extend([heading.plain(), String::new()]);
    if let Some(said) = &news.said {
        lines.extend(said.text.lines().map(|line| line.trim_end().to_owned()));
        lines.push(String::new());
    }
    lines.extend(facts.iter().map(|(name, value)| format!("{name}: {}", value.plain())));
    lines.extend([
        String::new(),
        news.url.clone(),
        String::new(),
        words.t("news-why").to_owned(),
        format!("{}: {}", words.t("news-change"), reader.manage_url),
        String::new(),
    ]);
    lines.join("\n")
}

/// Returns a name as one line that can't leave its place.
fn line(name: &str) -> String {
    let plain = name.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_banned(*c));
    let text: String = plain.collect();
    let mut chars = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect::<Vec<_>>();
    if chars.len() > NAME_CHARS {
        chars.truncate(NAME_CHARS - 1);
        chars.push('…');
    }
    chars.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use domain::{Impact, Language, public::Said};

    use super::*;
    use crate::view::NewsKind;

    fn news() -> NewsView {
        NewsView {
            page: "acme".to_owned(),
            page_title: "Acme <status>\r\nBcc: x@y.z".to_owned(),
            page_url: "https://midwatch.test/status/acme".to_owned(),
            written: Language::English,
            time_zone: TimeZone::get("Europe/Rome").unwrap(),
            kind: NewsKind::Incident,
            thing: "i1".to_owned(),
            event: "incident_opened",
            title: Said::by_a_person("Checkout <script>\r\nX-Evil: 1 \u{202e}fails"),
            word: "investigating".to_owned(),
            impact: Some(Impact::Major),
            components: vec![("checkout".to_owned(), "Checkout".to_owned())],
            planned: None,
            hours_ahead: None,
            said: Some(Said::by_a_person("We look <img src=x>\ninto it.")),
            at: "2026-03-02T08:00:00Z".parse().unwrap(),
            url: "https://midwatch.test/status/acme/incidents/i1".to_owned(),
        }
    }

    fn reader(language: Language) -> ReaderView {
        let manage_url = "https://midwatch.test/subscriptions/t".to_owned();
        ReaderView { language, manage_url, possible_duplicate: true }
    }

    #[test]
    fn what_others_wrote_ends_no_header_and_is_text_in_every_part() {
        let mail = news_mail(&news(), &reader(Language::English));
        assert!(
            mail.subject.starts_with("[Acme <status> Bcc: x@y.z] Investigating: Checkout"),
            "{}",
            mail.subject
        );
        for banned in ['\r', '\n', '\u{202e}'] {
            assert!(!mail.subject.contains(banned), "{:?}", mail.subject);
        }
        assert!(!mail.html.contains("<script>") && !mail.html.contains("<img"), "{}", mail.html);
        for part in [&mail.text, &mail.html] {
            assert!(part.contains("https://midwatch.test/subscriptions/t"), "{part}");
            assert!(part.contains("09:00 CET"), "the time has its zone: {part}");
            assert!(part.contains("an earlier try may have arrived"), "{part}");
            assert!(!part.contains('\u{202e}'), "{part}");
        }
    }

    #[test]
    fn a_reader_is_told_in_their_language_and_reminded_by_the_hours_that_are_left() {
        let mail = news_mail(&news(), &reader(Language::Italian));
        assert!(
            mail.html.contains("lang=\"it\"") && mail.subject.contains("In fase di analisi: "),
            "{}",
            mail.subject
        );
        let arabic = news_mail(&news(), &reader(Language::Arabic));
        assert!(arabic.html.contains("dir=\"rtl\""), "{}", arabic.html);
        assert!(arabic.subject.contains('\u{2068}') && arabic.text.contains('\u{2068}'), "{}", arabic.text);
        assert!(!format!("{arabic:?}").contains("fdd0"), "{arabic:?}");
        let work = NewsView {
            kind: NewsKind::Maintenance,
            event: "maintenance_reminder",
            hours_ahead: Some(24),
            planned: Some((news().at, news().at)),
            impact: None,
            ..news()
        };
        let mail = news_mail(&work, &reader(Language::English));
        assert!(mail.subject.contains("Begins in 24 hours: "), "{}", mail.subject);
        assert!(mail.text.contains("Starts: Mar 2, 2026, 09:00 CET"), "{}", mail.text);
    }

    #[test]
    fn the_question_names_the_page_and_the_link_in_every_part() {
        let question = QuestionView {
            page_title: "Acme <b>\r\nBcc: x@y.z".to_owned(),
            written: Language::English,
            language: Language::German,
            confirm_url: "https://midwatch.test/subscriptions/t/confirm".to_owned(),
            hours: 24,
        };
        let mail = question_mail(&question);
        assert!(
            !mail.subject.contains(['\r', '\n']) && mail.html.contains("lang=\"de\""),
            "{}",
            mail.subject
        );
        assert!(!mail.html.contains("<b>"), "{}", mail.html);
        for part in [&mail.text, &mail.html] {
            assert!(part.contains(&question.confirm_url) && part.contains("24 Stunden"), "{part}");
        }
    }
}
