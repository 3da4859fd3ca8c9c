//! What surrounds the content of every HTML page: head, bar, footer.

use domain::Language;

use crate::{
    assets::PATHS,
    image,
    view::{Board, Place},
    words::Words,
};

/// A page in one of its languages.
pub(crate) struct Edition {
    pub(crate) language: Language,
    pub(crate) place: Place,
}

/// The same file in a language.
pub(crate) struct Tongue {
    pub(crate) language: Language,
    pub(crate) path: String,
    pub(crate) url: String,
}

/// The surroundings of one page.
pub(crate) struct Frame<'a> {
    pub(crate) words: Words<'a>,
    /// The languages that this page stands in, the page's own first; empty where it is one.
    pub(crate) tongues: Vec<Tongue>,
    pub(crate) title: String,
    pub(crate) description: String,
    /// The page's own full address.
    pub(crate) canonical: String,
    /// The stream of events of a page that keeps itself current.
    pub(crate) events: Option<&'a str>,
    /// Whether a reader without script gets a fresh copy every minute.
    pub(crate) refreshes: bool,
    /// The name in the bar and where it leads.
    pub(crate) mark: (&'a str, String),
    /// The links in the bar.
    pub(crate) nav: Vec<(&'static str, String)>,
    /// The addresses of the feeds, Atom first.
    pub(crate) feeds: Option<(String, String)>,
    /// The full address of the picture that is shown beside a link to it.
    pub(crate) image: Option<String>,
    /// Whether search engines should know it.
    pub(crate) is_listed: bool,
    /// Facts for programs, as JSON that may stand inside HTML.
    pub(crate) json_ld: Option<String>,
    /// The name of the site it belongs to, for those who share it.
    pub(crate) site: &'a str,
    pub(crate) style: &'static str,
    pub(crate) scripts: Vec<&'static str>,
    pub(crate) icon: &'static str,
}

impl<'a> Frame<'a> {
    /// Returns the frame of a page of the directory.
    pub(crate) fn of_directory(place: &'a Place, title: String, description: String, file: &str) -> Self {
        let words = Words::english();
        Frame {
            words,
            tongues: Vec::new(),
            title: format!("{title} · Midwatch"),
            description,
            canonical: place.url(file),
            events: None,
            refreshes: false,
            mark: ("Midwatch", "/directory".to_owned()),
            nav: vec![("Directory", "/directory".to_owned())],
            feeds: None,
            image: None,
            is_listed: true,
            json_ld: None,
            site: "Midwatch",
            style: &PATHS.style,
            scripts: vec![&PATHS.script, &PATHS.finder],
            icon: &PATHS.mark,
        }
    }

    /// Returns the frame of a file of a provider's page.
    pub(crate) fn of_provider(board: &'a Board, title: String, description: String, file: &str) -> Self {
        let place = &board.place;
        let index = file.is_empty();
        Frame {
            events: place.events.as_deref().filter(|_| index),
            refreshes: index,
            feeds: Some(feeds(place)),
            scripts: vec![&PATHS.script, &PATHS.picker],
            ..Self::of_directory(place, title, description, file)
        }
    }

    /// Returns the frame of a file of a status page of ours, which carries the team's name, not the product's.
    pub(crate) fn of_status_page(
        board: &'a Board,
        editions: &[Edition],
        title: String,
        description: String,
        file: &str,
    ) -> Self {
        let (place, words) = (&board.place, board.words());
        let index = file.is_empty();
        let tongue = |edition: &Edition| Tongue {
            language: edition.language,
            path: edition.place.path(file),
            url: edition.place.url(file),
        };
        Frame {
            words,
            tongues: editions.iter().filter(|_| editions.len() > 1).map(tongue).collect(),
            title,
            description,
            canonical: place.url(file),
            events: place.events.as_deref().filter(|_| index),
            refreshes: index,
            mark: (board.title.as_str(), place.path("")),
            nav: vec![
                (words.t("history"), place.path("history")),
                (words.t("uptime"), place.path("uptime")),
                (words.t("follow"), format!("{}#follow", place.path(""))),
            ],
            feeds: Some(feeds(place)),
            image: Some(place.url(image::NAME)),
            is_listed: true,
            json_ld: None,
            site: board.title.as_str(),
            style: &PATHS.style,
            scripts: vec![&PATHS.script],
            icon: &PATHS.mark,
        }
    }
}

fn feeds(place: &Place) -> (String, String) {
    (place.path("history.atom"), place.path("history.rss"))
}
