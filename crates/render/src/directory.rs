//! The directory of providers: an index that begins with what is broken, and a page for each category.

use askama::Template;
use domain::SourceHealth;
use jiff::Timestamp;

use crate::{
    card::titled,
    finding::Form,
    frame::Frame,
    links::incident_file,
    page::{HTML, Page},
    show::{Mood, health_label, impact_class, plural},
    verdict::is_unread,
    view::{CategoryView, DirectoryView, Place, ProviderLine, SharedView, Turn, TurnLine},
    words::{Text, Words},
};

/// Providers in trouble that the index names; the others are a link away.
const TROUBLE_SHOWN: usize = 12;

/// Providers behind one cause that the index names.
const SHARED_SHOWN: usize = 20;

/// Beginnings and ends of incidents that the index names.
const TURNS_SHOWN: usize = 12;

/// A directory of so many providers names them all on its index.
const SMALL: usize = 60;

/// Categories with more providers than this are read by letter.
const LETTERS_ABOVE: usize = 40;

/// A provider in a list.
pub(crate) struct Tile<'a> {
    pub(crate) name: Text,
    pub(crate) path: &'a str,
    pub(crate) mood: Mood,
    /// The status, and since when if that matters.
    pub(crate) word: Text,
    /// What a reader should know of it besides: its category, what was met.
    pub(crate) notes: Vec<String>,
    pub(crate) incident: Option<Open>,
}

/// The worst open incident of a provider in a list.
pub(crate) struct Open {
    pub(crate) path: String,
    pub(crate) title: Text,
    pub(crate) tag_class: &'static str,
    pub(crate) tag: &'static str,
}

/// A heading and a count that lead to a list.
struct Door<'a> {
    name: &'a str,
    path: String,
    slug: &'a str,
    count: usize,
    trouble: usize,
    /// The providers themselves, where all of them have room on one page.
    lines: Vec<Tile<'a>>,
}

/// The beginning or the end of an incident.
struct Event<'a> {
    at: Text,
    class: &'static str,
    word: &'static str,
    provider: &'a str,
    path: &'a str,
    title: Text,
    incident: String,
}

/// Providers in trouble that probably share a cause.
struct Shared<'a> {
    cause: &'a str,
    path: &'a str,
    word: String,
    since: Text,
    providers: Vec<(&'a str, &'a str)>,
    more: usize,
}

struct Letter<'a> {
    name: String,
    key: String,
    lines: Vec<Tile<'a>>,
}

#[derive(Template)]
#[template(path = "directory.html")]
struct Index<'a> {
    frame: Frame<'a>,
    form: Form<'a>,
    total: usize,
    is_small: bool,
    /// What stands where nothing is in trouble.
    calm: &'static str,
    figures: Vec<(usize, String, String)>,
    trouble: Vec<Tile<'a>>,
    more_trouble: Option<String>,
    shared: Vec<Shared<'a>>,
    events: Vec<Event<'a>>,
    doors: Vec<Door<'a>>,
    as_of: Text,
}

#[derive(Template)]
#[template(path = "category.html")]
struct Category<'a> {
    frame: Frame<'a>,
    form: Form<'a>,
    name: &'a str,
    up: &'a str,
    summary: String,
    trouble: Vec<Tile<'a>>,
    letters: Vec<Letter<'a>>,
    changed: Option<Text>,
}

#[derive(Template)]
#[template(path = "not_found.html")]
struct NotFound<'a> {
    frame: Frame<'a>,
}

/// Returns the index and the page of each category.
#[must_use]
pub fn directory_pages(view: &DirectoryView) -> Vec<Page> {
    let index = Page::of(view.place.path(""), HTML, &index(view));
    let each = view
        .categories
        .iter()
        .map(|category| Page::of(view.place.path(&category.slug), HTML, &category_page(view, category)));
    std::iter::once(index).chain(each).collect()
}

/// Returns the page for an address that leads nowhere.
#[must_use]
pub fn not_found() -> Page {
    let place = Place { base_path: String::new(), public_url: String::new(), events: None };
    let frame =
        Frame::of_directory(&place, "Not found".to_owned(), "There is no page here".to_owned(), "404");
    Page::of("/404", HTML, &NotFound { frame: Frame { is_listed: false, ..frame } })
}

fn index(view: &DirectoryView) -> Index<'_> {
    let all = || view.categories.iter().flat_map(|category| &category.providers);
    let named = view.categories.iter().flat_map(|c| c.providers.iter().map(|line| (line, c.name.as_str())));
    let mut trouble: Vec<(&ProviderLine, &str)> = named.filter(|(line, _)| line.is_troubled()).collect();
    // The worst first; of equals the one that turned last, since the others have been read about already.
    trouble.sort_by_key(|(line, _)| std::cmp::Reverse((line.shown(), line.since)));
    let more = trouble.len().checked_sub(TROUBLE_SHOWN).filter(|more| *more > 0);
    let (total, as_of) = (all().count(), view.as_of);
    let description = format!(
        "{} of {} cloud providers in trouble now. Their state, incidents and history, read from their own pages.",
        trouble.len(),
        total
    );
    let events = view.place.events.as_deref();
    let frame = Frame::of_directory(&view.place, "Provider directory".to_owned(), description, "");
    Index {
        frame: Frame { events, refreshes: true, json_ld: crate::linked::directory(view), ..frame },
        form: Form::of(view, None),
        total,
        is_small: total <= SMALL,
        calm: match (total, all().all(|line| line.health == SourceHealth::NeverRead)) {
            (0, _) => "The directory is empty. Add a provider in the configuration file.",
            (_, true) => {
                "No provider has been read so far. Each is read once somebody opens its page or depends on it."
            }
            (_, false) => "No provider that we can read reports trouble.",
        },
        figures: figures(view),
        trouble: trouble.iter().take(TROUBLE_SHOWN).map(|(line, of)| in_trouble(line, of, as_of)).collect(),
        more_trouble: more.map(|more| format!("{more} more in trouble")),
        shared: view.shared.iter().map(|shared| shared_cause(shared, as_of)).collect(),
        events: view.turns.iter().take(TURNS_SHOWN).map(|turn| event(turn, as_of)).collect(),
        doors: view.categories.iter().map(|category| door(view, category)).collect(),
        as_of: Words::english().near(as_of, as_of),
    }
}

fn shared_cause(view: &SharedView, as_of: Timestamp) -> Shared<'_> {
    let count = plural(view.providers.len(), "provider points to it", "providers point to it");
    let word = if view.is_confirmed { "reports trouble itself" } else { "reports nothing itself" };
    let named = view.providers.iter().take(SHARED_SHOWN);
    Shared {
        cause: &view.cause.name,
        path: &view.cause.path,
        word: format!("{word} · {count}"),
        since: Words::english().near(view.since, as_of),
        providers: named.map(|provider| (provider.name.as_str(), provider.path.as_str())).collect(),
        more: view.providers.len().saturating_sub(SHARED_SHOWN),
    }
}

/// How many are how, each with the list of them.
fn figures(view: &DirectoryView) -> Vec<(usize, String, String)> {
    let all = || view.categories.iter().flat_map(|category| &category.providers);
    let base = &view.place.base_path;
    let trouble = all().filter(|line| line.is_troubled()).count();
    let first = (trouble, "in trouble now".to_owned(), format!("{base}?trouble=1"));
    let healths =
        [SourceHealth::Fresh, SourceHealth::Stale, SourceHealth::Unreadable, SourceHealth::NeverRead];
    let each = healths.into_iter().map(|health| {
        let count = all().filter(|line| line.health == health).count();
        (count, health_label(health).to_owned(), format!("{base}?health={}", health.word()))
    });
    std::iter::once(first).chain(each.filter(|(count, _, _)| *count > 0)).collect()
}

fn door<'a>(view: &'a DirectoryView, category: &'a CategoryView) -> Door<'a> {
    let trouble = category.providers.iter().filter(|line| line.is_troubled()).count();
    let path = view.place.path(&category.slug);
    let is_small = view.categories.iter().map(|category| category.providers.len()).sum::<usize>() <= SMALL;
    let shown = category.providers.iter().filter(|_| is_small);
    Door {
        name: &category.name,
        slug: &category.slug,
        path,
        count: category.providers.len(),
        trouble,
        lines: shown.map(|line| tile(line, view.as_of)).collect(),
    }
}

fn event<'a>(turn: &'a TurnLine, as_of: Timestamp) -> Event<'a> {
    let (class, word) = match turn.turn {
        Turn::Opened => ("major", "opened"),
        Turn::Reopened => ("partial", "reopened"),
        Turn::Resolved => ("ok", "resolved"),
    };
    Event {
        at: Words::english().near(turn.at, as_of),
        class,
        word,
        provider: &turn.provider,
        path: &turn.path,
        title: titled(&turn.title, Words::english()),
        incident: format!("{}/{}", turn.path, incident_file(&turn.id)),
    }
}

fn category_page<'a>(view: &'a DirectoryView, one: &'a CategoryView) -> Category<'a> {
    let mut trouble: Vec<&ProviderLine> = one.providers.iter().filter(|line| line.is_troubled()).collect();
    trouble.sort_by_key(|line| std::cmp::Reverse((line.shown(), line.since)));
    let summary = match trouble.len() {
        0 => format!("{}, none known to be in trouble", plural(one.providers.len(), "provider", "providers")),
        some => format!("{}, {some} in trouble now", plural(one.providers.len(), "provider", "providers")),
    };
    let description = format!("{}: {summary}. Status pages read and kept current by Midwatch.", one.name);
    let frame = Frame::of_directory(&view.place, format!("{} status", one.name), description, &one.slug);
    let events = view.place.events.as_deref();
    Category {
        frame: Frame { events, refreshes: true, json_ld: crate::linked::category(view, one), ..frame },
        form: Form::of(view, Some(one)),
        name: &one.name,
        up: &view.place.base_path,
        summary,
        trouble: trouble.iter().map(|line| in_trouble(line, "", view.as_of)).collect(),
        letters: letters(&one.providers, view.as_of),
        changed: one
            .providers
            .iter()
            .filter_map(|line| line.since)
            .max()
            .map(|at| Words::english().near(at, view.as_of)),
    }
}

/// The providers of a category by the letter they begin with, or all together when they are few.
fn letters(lines: &[ProviderLine], as_of: Timestamp) -> Vec<Letter<'_>> {
    if lines.len() <= LETTERS_ABOVE {
        let lines = lines.iter().map(|line| tile(line, as_of)).collect();
        return vec![Letter { name: "All".to_owned(), key: "all".to_owned(), lines }];
    }
    // A name may begin with a sign and so stand apart from the others of its letter.
    let mut sorted: Vec<&ProviderLine> = lines.iter().collect();
    sorted.sort_by_key(|line| letter(line));
    let runs = sorted.chunk_by(|a, b| letter(a) == letter(b));
    runs.map(|run| {
        let (name, key) = match letter(run[0]) {
            Some('0') => ("0–9".to_owned(), "0".to_owned()),
            Some(letter) => (letter.to_string(), letter.to_ascii_lowercase().to_string()),
            None => ("Other".to_owned(), "other".to_owned()),
        };
        Letter { name, key, lines: run.iter().map(|line| tile(line, as_of)).collect() }
    })
    .collect()
}

/// The letter it is found under, `0` for every digit.
fn letter(line: &ProviderLine) -> Option<char> {
    match line.name.chars().find(|c| c.is_alphanumeric())? {
        c if c.is_ascii_alphabetic() => Some(c.to_ascii_uppercase()),
        c if c.is_ascii_digit() => Some('0'),
        _ => None,
    }
}

fn in_trouble<'a>(line: &'a ProviderLine, category: &str, as_of: Timestamp) -> Tile<'a> {
    let affected = line.affected.map(|(part, all)| format!("{part} of {all} components"));
    let notes = [category.to_owned()].into_iter().filter(|note| !note.is_empty()).chain(affected);
    Tile { notes: notes.collect(), ..tile(line, as_of) }
}

/// Returns a provider as it stands in a list.
pub(crate) fn tile(line: &ProviderLine, as_of: Timestamp) -> Tile<'_> {
    let (status, words) = (line.shown(), Words::english());
    let mood = match line.health {
        SourceHealth::NeverRead => Mood { word: "Not read yet", ..Mood::of(status, words) },
        SourceHealth::Unreadable => Mood::of(status, words),
        SourceHealth::Fresh | SourceHealth::Stale => Mood::with(status, line.open_impact(), words),
    };
    let word = match line.since.filter(|_| status.is_trouble()) {
        Some(since) => words.since(Text::ours(mood.word), since, line.since_is_first_reading, as_of),
        None => Text::ours(mood.word),
    };
    let incident = line.incident.as_ref().filter(|_| !is_unread(line.health)).map(|incident| Open {
        path: format!("{}/{}", line.path, incident_file(&incident.id)),
        title: titled(&incident.title, words),
        tag_class: impact_class(incident.impact),
        tag: words.impact(incident.impact),
    });
    Tile { name: titled(&line.name, words), path: &line.path, mood, word, notes: Vec::new(), incident }
}
