//! Alerts for people outside: the form, the question whether it was them, and what they can change by their link.
//!
//! Drawn for one reader at a time and never kept. Everything works without script.

use askama::Template;
use domain::{Impact, Language};

use crate::{
    frame::Frame,
    page::{HTML, Page},
    view::{About, ChoiceView, FormTrouble, NoteView, Place, SubscribeView, SubscriptionView},
    words::{Text, Words},
};

/// The steps of how bad trouble must be, with the keys of their words.
const LEAST: [(Impact, &str, &str); 4] = [
    (Impact::None, "none", "least-any"),
    (Impact::Minor, "minor", "least-degraded"),
    (Impact::Major, "major", "least-partial"),
    (Impact::Critical, "critical", "least-major"),
];

/// A step, as an option of a form.
struct Step {
    value: &'static str,
    words: &'static str,
    is_chosen: bool,
}

/// The components under one heading.
struct Group<'a> {
    name: Option<&'a str>,
    components: Vec<&'a crate::view::ComponentChoice>,
}

/// What a form shows of a choice.
struct Fields<'a> {
    groups: Vec<Group<'a>>,
    is_whole: bool,
    steps: Vec<Step>,
    incidents: bool,
    maintenances: bool,
    postmortems: Option<bool>,
    only: Option<Only<'a>>,
    languages: Vec<(Language, bool)>,
}

/// The one incident or work that is asked for.
struct Only<'a> {
    id: &'a str,
    words: Text,
}

#[derive(Template)]
#[template(path = "subscribe.html")]
struct Form<'a> {
    frame: Frame<'a>,
    words: Words<'a>,
    about: &'a About,
    fields: Fields<'a>,
    email: &'a str,
    url: &'a str,
    slack: Option<&'a str>,
    has_mail: bool,
    trouble: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "subscription.html")]
struct Subscription<'a> {
    frame: Frame<'a>,
    words: Words<'a>,
    about: &'a About,
    fields: Fields<'a>,
    /// Where alerts go, in a sentence.
    going: Text,
    secret: Option<&'a str>,
    leave_path: &'a str,
    is_saved: bool,
}

#[derive(Template)]
#[template(path = "note.html")]
struct Note<'a> {
    frame: Frame<'a>,
    about: Option<&'a About>,
    heading: &'a str,
    text: &'a str,
    button: Option<(&'static str, &'static str)>,
    link: Option<&'a (&'static str, String)>,
}

/// Returns the form by which somebody asks for alerts.
#[must_use]
pub fn subscribe_page(view: &SubscribeView) -> Page {
    let about = &view.about;
    let place = place(&about.public_url, &about.path);
    let words = Words::of(about.language);
    let named = |key| words.named(key, &about.name).plain();
    let template = Form {
        frame: frame(about, &place, named("alerts-about"), named("alerts-description"), "subscribe"),
        words,
        about,
        fields: Fields::of(&view.choice, words),
        email: &view.email,
        url: &view.url,
        slack: view.slack.as_deref(),
        has_mail: view.has_mail,
        trouble: view.trouble.as_deref(),
    };
    Page::of(place.path("subscribe"), HTML, &template)
}

/// Returns what a subscriber can change by their link.
#[must_use]
pub fn subscription_page(view: &SubscriptionView) -> Page {
    let about = &view.about;
    let place = place(&about.public_url, &about.path);
    let words = Words::of(about.language);
    let title = words.named("alerts-yours", &about.name).plain();
    let template = Subscription {
        frame: frame(about, &place, title.clone(), title, ""),
        words,
        about,
        fields: Fields::of(&view.choice, words),
        going: words.say("alerts-go-to", [("address", words.theirs(&view.address).into())]),
        secret: view.secret.as_deref(),
        leave_path: &view.leave_path,
        is_saved: view.is_saved,
    };
    Page::of("", HTML, &template)
}

/// Returns a question with one button, or a word without.
#[must_use]
pub fn note_page(view: &NoteView) -> Page {
    let about = view.about.as_ref();
    let place = about.map_or_else(|| place("", "/directory"), |about| place(&about.public_url, &about.path));
    let words = Words::of(about.map_or(Language::English, |about| about.language));
    let (heading, text) = (view.heading.clone(), view.text.clone());
    let template = Note {
        frame: match about {
            Some(about) => frame(about, &place, heading, text, ""),
            None => Frame { words, ..Frame::of_directory(&place, heading, text, "") },
        },
        about,
        heading: &view.heading,
        text: &view.text,
        button: view.button,
        link: view.link.as_ref(),
    };
    Page::of("", HTML, &template)
}

/// Returns the question whether it was them.
#[must_use]
pub fn asking_note(about: About, address: &str) -> NoteView {
    let words = Words::of(about.language);
    NoteView {
        heading: words.named("note-ask-heading", &about.name).plain(),
        text: words.say("note-ask", [("address", words.theirs(address).into())]).plain(),
        button: Some((words.t("question-yes"), "confirm")),
        link: None,
        about: Some(about),
    }
}

/// Returns the answer to everybody who asks.
#[must_use]
pub fn sent_note(about: About, is_mail: bool) -> NoteView {
    let words = Words::of(about.language);
    NoteView {
        heading: words.t("note-sent-heading").to_owned(),
        text: if is_mail { words.t("note-sent-mail") } else { words.t("note-sent-posted") }.to_owned(),
        button: None,
        link: Some((words.t("note-back"), about.path.clone())),
        about: Some(about),
    }
}

/// Returns the question whether to leave; `manage_path` leads to what can be changed instead.
#[must_use]
pub fn leaving_note(language: Language, manage_path: String) -> NoteView {
    let words = Words::of(language);
    NoteView {
        about: None,
        heading: words.t("note-leaving-heading").to_owned(),
        text: words.t("note-leaving").to_owned(),
        button: Some((words.t("alerts-unsubscribe"), "leave")),
        link: Some((words.t("note-change-instead"), manage_path)),
    }
}

/// Returns what whoever has left is told, each time.
#[must_use]
pub fn left_note(language: Language) -> NoteView {
    let words = Words::of(language);
    NoteView {
        about: None,
        heading: words.t("note-left-heading").to_owned(),
        text: words.t("note-left").to_owned(),
        button: None,
        link: None,
    }
}

/// Returns why a form is shown again.
#[must_use]
pub fn form_trouble(language: Language, trouble: FormTrouble) -> &'static str {
    Words::of(language).t(match trouble {
        FormTrouble::Nowhere => "trouble-nowhere",
        FormTrouble::SeveralPlaces => "trouble-one-place",
        FormTrouble::NoWebhook => "trouble-webhook",
        FormTrouble::NoSlack => "trouble-slack",
        FormTrouble::NoMail => "trouble-no-mail",
        FormTrouble::NoMailbox => "trouble-email",
        FormTrouble::Nothing => "trouble-nothing",
        FormTrouble::NoComponent => "trouble-no-component",
    })
}

/// The surroundings: a page of ours carries the team's name, not the product's.
fn frame<'a>(
    about: &'a About,
    place: &'a Place,
    title: String,
    description: String,
    file: &str,
) -> Frame<'a> {
    let words = Words::of(about.language);
    let frame = Frame { words, ..Frame::of_directory(place, title.clone(), description, file) };
    if about.category.is_some() {
        return frame;
    }
    let (name, path) = (about.name.as_str(), about.path.clone());
    Frame { title, mark: (name, path), nav: Vec::new(), site: name, is_listed: false, ..frame }
}

fn place(public_url: &str, path: &str) -> Place {
    Place { public_url: format!("{public_url}{path}"), base_path: path.to_owned(), events: None }
}

impl<'a> Fields<'a> {
    fn of(choice: &'a ChoiceView, words: Words<'_>) -> Self {
        let group = |components: &'a [crate::view::ComponentChoice]| Group {
            name: components.first().and_then(|component| component.group.as_deref()),
            components: components.iter().collect(),
        };
        let step =
            |(impact, value, key)| Step { value, words: words.t(key), is_chosen: impact == choice.least };
        Self {
            groups: choice.components.chunk_by(|a, b| a.group == b.group).map(group).collect(),
            is_whole: !choice.components.iter().any(|component| component.is_chosen),
            steps: LEAST.map(step).into(),
            incidents: choice.incidents,
            maintenances: choice.maintenances,
            postmortems: choice.postmortems,
            only: choice.only.as_ref().map(|(id, title)| Only {
                id,
                words: words.say("alerts-one-only", [("title", words.theirs(title).into())]),
            }),
            languages: choice.languages.iter().map(|one| (*one, *one == choice.language)).collect(),
        }
    }
}
