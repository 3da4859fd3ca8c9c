//! Entries folded into stories: what a feed says, at several times, of one incident.
//!
//! Feeds give an id to each incident, or to each update. A link that leads to one thing in particular is the surest name of an
//! incident; where there is none, entries with the same title that follow one another belong together, until one tells the
//! end. What an entry belongs to never depends on how many others there are, or an incident would change its id by being
//! updated.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::entries::{Entry, Log, digest};
use super::words::{State, announced, bare_title};
use crate::feeds::rows;
use crate::feeds::wire::Text;

/// How long a story may be silent and still go on.
pub(crate) const SILENCE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The last parts of paths that lead to a list, whatever they are long.
const PLACES: [&str; 9] =
    ["incident", "incidents", "notice", "notices", "event", "events", "issue", "issues", "maintenance"];

/// What a feed tells of one incident.
#[derive(Debug)]
pub(crate) struct Story<'a> {
    /// Stays the same when the story goes on.
    pub(crate) id: String,
    /// The title without labels.
    pub(crate) title: String,
    /// Never empty; newest first.
    pub(crate) chapters: Vec<Chapter<'a>>,
}

/// One entry of a story.
#[derive(Debug)]
pub(crate) struct Chapter<'a> {
    /// The entry.
    pub(crate) entry: &'a Entry,
    /// The state it announces, and the label that says so.
    pub(crate) state: Option<(State, String)>,
}

impl Story<'_> {
    /// Returns the newest state that is one.
    pub(crate) fn state(&self) -> Option<State> {
        let states = self.chapters.iter().filter_map(|chapter| chapter.state.as_ref());
        states.map(|(state, _)| *state).find(|state| *state != State::Same)
    }

    /// Returns when it was told of last.
    pub(crate) fn at(&self) -> Option<Timestamp> {
        self.chapters.iter().filter_map(|chapter| chapter.entry.at()).max()
    }

    /// Whether it has come to an end.
    pub(crate) fn is_over(&self) -> bool {
        match self.state() {
            Some(State::Incident(phase)) => phase.is_over(),
            Some(State::Work(status)) => status.is_over(),
            Some(State::Same) | None => false,
        }
    }
}

/// Folds the entries of a feed into stories, in the order of their newest entries in the feed.
pub(crate) fn fold(log: &Log) -> Vec<Story<'_>> {
    let mut chapters: Vec<(usize, Chapter<'_>)> = log
        .entries
        .iter()
        .enumerate()
        .map(|(index, entry)| (index, Chapter { entry, state: announced(entry) }))
        .collect();
    // Oldest first, since a story goes on from its beginning; without dates feeds are newest first.
    chapters.reverse();
    if chapters.iter().all(|(_, chapter)| chapter.entry.at().is_some()) {
        chapters.sort_by_key(|(_, chapter)| chapter.entry.at());
    }
    let mut stories: Vec<(usize, Story<'_>)> = Vec::new();
    let mut by_name: HashMap<String, usize> = HashMap::new();
    let mut by_entry: HashMap<&str, usize> = HashMap::new();
    for (index, chapter) in chapters {
        let title = bare_title(&chapter.entry.title).to_owned();
        let link = particular(chapter.entry.link.as_deref(), log.url.as_deref());
        let name = link.clone().unwrap_or_else(|| title.to_lowercase());
        let named = by_name.get(&name).copied();
        let named = named.filter(|&known| link.is_some() || goes_on(&stories[known].1, &chapter));
        let known = by_entry.get(chapter.entry.id.as_str()).copied().or(named);
        if let Some(known) = known {
            let (place, story) = &mut stories[known];
            *place = index;
            by_entry.insert(&chapter.entry.id, known);
            if !title.is_empty() {
                story.title = title;
            }
            story.chapters.insert(0, chapter);
            continue;
        }
        by_name.insert(name, stories.len());
        by_entry.insert(&chapter.entry.id, stories.len());
        let id = match link {
            Some(link) => rows::id(&Text(Some(link.clone()))).unwrap_or_else(|| digest(&link)),
            None => chapter.entry.id.clone(),
        };
        stories.push((index, Story { id, title, chapters: vec![chapter] }));
    }
    stories.sort_by_key(|(place, _)| *place);
    stories.into_iter().map(|(_, story)| story).collect()
}

/// Whether a chapter continues a story of the same title: one that is not over and not long silent.
fn goes_on(story: &Story<'_>, chapter: &Chapter<'_>) -> bool {
    let last = story.chapters[0].entry;
    let is_near = match (last.at(), chapter.entry.at()) {
        (Some(before), Some(now)) => now.duration_since(before) <= SILENCE,
        (_, _) => true,
    };
    is_near && !story.is_over() && !story.title.is_empty()
}

/// Returns a link that leads to one thing in particular, without what may differ between updates.
fn particular(link: Option<&str>, page: Option<&str>) -> Option<String> {
    let link = link.filter(|link| Some(*link) != page)?;
    let mut url = Url::parse(link).ok()?;
    let segments: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
    let has_digit = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    let is_particular = match segments.as_slice() {
        [.., place, last] if PLACES.contains(place) => !PLACES.contains(last),
        [.., last] => has_digit(last) || last.matches('-').count() >= 2,
        [] => false,
    };
    if is_particular {
        url.set_fragment(None);
        return Some(url.into());
    }
    let inner = url.query().into_iter().chain(url.fragment()).any(has_digit);
    inner.then(|| link.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_one_thing_is_told_from_one_to_a_page() {
        let page = Some("https://status.lumen.example/p1");
        let check = |link: &str, expect: Option<&str>| {
            assert_eq!(particular(Some(link), page).as_deref(), expect, "{link}");
        };
        let own = "https://status.lumen.example/incidents/abcdefghijkl";
        check(own, Some(own));
        check(&format!("{own}#u5"), Some(own));
        check(
            "https://status.lumen.example/2026/mail-leaves-late",
            Some("https://status.lumen.example/2026/mail-leaves-late"),
        );
        check("https://status.lumen.example/view?id=7", Some("https://status.lumen.example/view?id=7"));
        check("https://status.lumen.example/#17", Some("https://status.lumen.example/#17"));
        for page in [
            "https://status.lumen.example/",
            "https://status.lumen.example/history",
            "https://status.lumen.example/p1",
        ] {
            check(page, None);
        }
        check("https://status.lumen.example/events/incidents", None);
        check("mailto:a@b.example", None);
    }
}
