//! What surrounds the content of every HTML page: head, bar, footer.

use domain::Language;

use crate::{
    assets::PATHS,
    dress::Dress,
    image,
    links::web,
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
    /// Whether lines have their past days beside them.
    pub(crate) shows_days: bool,
    /// The links at the foot, which lead to other sites.
    pub(crate) links: Vec<(&'static str, &'a str)>,
    /// The addresses of the feeds, Atom first.
    pub(crate) feeds: Option<(String, String)>,
    /// Where a reader of a page of ours asks for alerts, with a query begun.
    pub(crate) alerts: Option<String>,
    /// The full address of the picture that is shown beside a link to it.
    pub(crate) image: Option<String>,
    /// Whether search engines should know it.
    pub(crate) is_listed: bool,
    /// Facts for programs, as JSON that may stand inside HTML.
    pub(crate) json_ld: Option<String>,
    /// The name of the site it belongs to, for those who share it.
    pub(crate) site: &'a str,
    pub(crate) style: &'static str,
    /// What it wears above that.
    pub(crate) dress: Dress,
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
            links: Vec::new(),
            shows_days: true,
            feeds: None,
            alerts: None,
            image: None,
            is_listed: true,
            json_ld: None,
            site: "Midwatch",
            style: &PATHS.style,
            dress: Dress::default(),
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
            nav: [
                Some((words.t("history"), place.path("history"))),
                board.chrome.shows_uptime.then(|| (words.t("uptime"), place.path("uptime"))),
                Some((words.t("follow"), format!("{}#follow", place.path("")))),
            ]
            .into_iter()
            .flatten()
            .collect(),
            links: links(board),
            shows_days: board.chrome.shows_uptime,
            feeds: Some(feeds(place)),
            // A copy that stands alone has nobody to ask.
            alerts: (board.chrome.subscribe.as_ref())
                .filter(|_| place.events.is_some())
                .map(|form| format!("{form}?language={}", words.language.tag())),
            image: Some(place.url(image::NAME)),
            is_listed: board.chrome.is_listed,
            json_ld: None,
            site: board.title.as_str(),
            style: &PATHS.style,
            dress: Dress::of(board, editions.first().map_or(&place.base_path, |home| &home.place.base_path)),
            scripts: vec![&PATHS.script],
            icon: &PATHS.mark,
        }
    }
}

/// Returns where a page of ours leads besides.
fn links(board: &Board) -> Vec<(&'static str, &str)> {
    let (chrome, words) = (&board.chrome, board.words());
    [("link-site", &chrome.site), ("link-support", &chrome.support), ("link-legal", &chrome.legal)]
        .into_iter()
        .filter_map(|(key, url)| Some((words.t(key), web(url.as_deref()?)?)))
        .collect()
}

fn feeds(place: &Place) -> (String, String) {
    (place.path("history.atom"), place.path("history.rss"))
}
