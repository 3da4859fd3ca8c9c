//! The page of one provider: everything the directory knows of it.

use std::borrow::Cow;

use askama::Template;
use domain::{SourceHealth, Status};

use crate::{
    api::{self, Shortlink},
    badge,
    card::Card,
    directory::{Tile, tile},
    feed,
    frame::Frame,
    linked,
    links::web,
    page::{HTML, Page},
    plain, record, records,
    rows::{Group, groups, has_days},
    show::Mood,
    verdict::{Verdict, believed, is_unread},
    view::{Board, Claim, Note, ProviderView, Source, Uptime},
    words::{Text, Words, iso},
};

/// Components to choose from when a piece of configuration is picked together.
const PICKS: usize = 200;

/// A list of more components is begun with those in trouble.
const LONG: usize = 30;

#[derive(Template)]
#[template(path = "provider.html")]
struct Index<'a> {
    frame: Frame<'a>,
    words: Words<'a>,
    name: &'a str,
    slug: &'a str,
    base: &'a str,
    category: &'a str,
    category_path: &'a str,
    platform: Option<&'a str>,
    official: Option<&'a str>,
    feed: Option<&'a str>,
    verdict: &'a Verdict,
    mood: Mood,
    /// The last reading, and its instant for the script.
    read: Option<(Text, String)>,
    source: &'static str,
    source_trouble: Option<String>,
    claim: Option<&'a str>,
    notes: &'a [Note],
    open: Vec<Card<'a>>,
    work: Vec<Card<'a>>,
    planned: Vec<Card<'a>>,
    groups: Vec<Group>,
    has_days: bool,
    /// Whether those in trouble are named before all the others.
    names_trouble: bool,
    /// Whether there is a verdict on the whole.
    is_judged: bool,
    figure: Option<Text>,
    uptime_path: String,
    past: Vec<Card<'a>>,
    /// The names of components to choose from.
    picks: Vec<&'a str>,
    /// How many components are third parties'.
    thirds: usize,
    interval: String,
    /// How the figure comes about, in numbers.
    formula: Option<String>,
    badge: String,
    url: &'a str,
    related: Vec<(&'static str, Vec<Tile<'a>>)>,
    as_of: Text,
}

/// Returns the files of a provider's page but those of its [records](provider_records).
#[must_use]
pub fn provider_pages(view: &ProviderView) -> Vec<Page> {
    let board: Cow<'_, Board> = believed(&view.board, &view.source);
    let verdict = Verdict::on_provider(view, &board);
    let frame =
        |title: String, description: String, file: &str| Frame::of_provider(&board, title, description, file);
    let mut pages = vec![index(view, &board, &verdict)];
    pages.extend(records::pages(&board, "Component", &[], &frame));
    pages.extend(api::pages(&board, &verdict, Shortlink::There));
    pages.extend(feed::pages(&board, "provider"));
    pages.extend(badge::pages(&board, &verdict));
    pages.push(plain::page(&board, &verdict));
    pages
}

/// Returns the paths of the pages that each incident and each piece of announced work has.
#[must_use]
pub fn provider_records(view: &ProviderView) -> Vec<String> {
    record::paths(&view.board)
}

/// Returns one of these pages.
#[must_use]
pub fn provider_record(view: &ProviderView, path: &str) -> Option<Page> {
    let board: Cow<'_, Board> = believed(&view.board, &view.source);
    let incident = record::find(&board, path);
    let frame = |title: String, description: String, file: &str| Frame {
        json_ld: incident.and_then(|of| linked::incident(view, of, &board.place.url(file))),
        ..Frame::of_provider(&board, title, description, file)
    };
    record::one(&board, path, &frame)
}

fn index(view: &ProviderView, board: &Board, verdict: &Verdict) -> Page {
    let (place, as_of, words) = (&board.place, board.as_of, board.words());
    let description = description(view, board, verdict);
    let title = format!("{} status: {}", board.title, verdict.within.plain());
    let json_ld = linked::provider(view, &description);
    let groups = groups(board);
    let template = Index {
        frame: Frame { json_ld, ..Frame::of_provider(board, title, description, "") },
        words,
        name: &board.title,
        slug: &board.id,
        base: &place.base_path,
        category: &view.category,
        category_path: &view.category_path,
        platform: view.platform.as_deref(),
        official: view.official_url.as_deref().and_then(web),
        feed: view.feed_url.as_deref().and_then(web),
        verdict,
        mood: verdict.mood(words),
        read: view.source.last_read_at.map(|at| (words.seconds(at, as_of), iso(at))),
        source: health(&view.source),
        source_trouble: source_trouble(view),
        claim: view.claim.as_ref().and_then(|claim| contradiction(claim, verdict.status)),
        open: records::open(board),
        work: records::work(board, |status| status.is_active()),
        planned: records::work(board, |status| !status.is_active() && !status.is_over()),
        names_trouble: board.components.len() > LONG
            && board.components.iter().any(|c| c.status.is_trouble()),
        has_days: has_days(&groups),
        groups,
        is_judged: verdict.status != Status::Unknown,
        figure: records::figure_of_all(board),
        uptime_path: place.path("uptime"),
        past: records::past(board),
        picks: board.components.iter().take(PICKS).map(|c| c.name.as_str()).collect(),
        thirds: board.components.iter().filter(|c| c.is_third_party).count(),
        notes: &view.notes,
        interval: words.duration(view.interval),
        formula: formula(board),
        badge: format!("{}/badge.svg", place.public_url),
        url: &place.public_url,
        related: [
            ("Runs on", &view.upstreams),
            ("What runs on it", &view.downstreams),
            ("More in this category", &view.siblings),
        ]
        .into_iter()
        .filter(|(_, lines)| !lines.is_empty())
        .map(|(name, lines)| (name, lines.iter().map(|line| tile(line, as_of)).collect()))
        .collect(),
        as_of: words.seconds(as_of, as_of),
    };
    Page::of(place.path(""), HTML, &template)
}

fn health(source: &Source) -> &'static str {
    match source.health {
        SourceHealth::Fresh => "source fresh",
        SourceHealth::Stale => "source stale",
        SourceHealth::Unreadable => "source unreadable",
        SourceHealth::NeverRead if source.reason.is_some() => "source unreadable so far",
        SourceHealth::NeverRead => "first reading under way",
    }
}

/// What a reader should know about a source that isn't fresh.
fn source_trouble(view: &ProviderView) -> Option<String> {
    let title = &view.board.title;
    let because = view.source.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
    let full = |at| view.board.words().full(at).plain();
    let last = view.source.last_read_at.map(|at| format!(" The last good reading is of {}.", full(at)));
    let last = last.unwrap_or_default();
    match view.source.health {
        SourceHealth::Fresh => None,
        SourceHealth::Stale => Some(format!("The last reading is older than it should be{because}.{last}")),
        SourceHealth::Unreadable => Some(format!(
            "We can’t read {title}’s page at the moment{because}. This says nothing about {title}.{last}"
        )),
        SourceHealth::NeverRead => match because.as_str() {
            "" => Some(format!(
                "{title}’s page has not been read so far; what it says comes with the first reading."
            )),
            because => {
                Some(format!("We can’t read {title}’s page{because}. This says nothing about {title}."))
            }
        },
    }
}

/// The provider's own words, where they say something else than we do.
fn contradiction(claim: &Claim, ours: Status) -> Option<&str> {
    let words = claim.headline.as_deref().unwrap_or(&claim.raw);
    (claim.status != ours && !words.trim().is_empty() && !is_code(words.trim())).then_some(words)
}

/// Whether it is a word of a machine, such as `HASISSUES` or `partial_outage`, and none that somebody would say.
fn is_code(words: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let is_said = words.starts_with(|c: char| c.is_ascii_uppercase())
        && words.chars().skip(1).all(|c| c.is_ascii_lowercase());
    words.chars().all(is_name) && !is_said
}

/// What the page says in one sentence: how it is, since when, how fresh.
fn description(view: &ProviderView, board: &Board, verdict: &Verdict) -> String {
    let words = board.words();
    let mut text = format!("{}: {}", board.title, verdict.within.plain());
    if !verdict.detail.is_empty() {
        text.push_str(". ");
        text.push_str(&verdict.detail.plain());
    }
    if let Some(read) = view.source.last_read_at {
        text.push_str(&format!(". Read {}", words.full(read).plain()));
    }
    text.push_str(". Components, incidents and 90 days of history.");
    text
}

/// `1 − 1 h 13 min down / (90 d − 45 min maintenance − 2 h no reading)`
fn formula(board: &Board) -> Option<String> {
    let Uptime { window, down, maintenance, unknown } = board.uptime.as_ref()?;
    let [window, down, maintenance, unknown] =
        [window, down, maintenance, unknown].map(|length| board.words().duration(*length));
    Some(format!("1 − {down} down / ({window} − {maintenance} maintenance − {unknown} no reading)"))
}

/// Whether a provider in a list is drawn without a status.
pub(crate) const fn shown(status: Status, health: SourceHealth) -> Status {
    if is_unread(health) { Status::Unknown } else { status }
}
