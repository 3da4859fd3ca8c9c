//! What came of a drill: everything that happened, what readers were told, and the figures.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::Result;
use domain::{NoticeKind, delivery::STORM_WINDOW, schedule::NIGHT, setup::Setup};
use formats::messages::plain_text;
use jiff::{SignedDuration, Timestamp, civil};

use crate::replay::{Event, Message, Stage, What};

/// The longest word that is shown, in characters: more than the machine says.
const MOST_CHARS: usize = 4_000;

/// What came of a drill.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Record {
    /// Everything that happened, in order.
    pub(crate) events: Vec<Event>,
    /// What was said of incidents: when, which, in which phase, whether in public, the words.
    pub(crate) words: Vec<Word>,
    /// The figures.
    pub(crate) figures: Figures,
}

/// Something that was said of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) at: Timestamp,
    pub(crate) incident: i64,
    pub(crate) phase: &'static str,
    pub(crate) is_public: bool,
    pub(crate) body: String,
}

/// The figures of a drill.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// From the first trouble of a service to the first page.
    pub(crate) first_page_after: Option<SignedDuration>,
    /// From the first trouble of a service to the first page that reached a person.
    pub(crate) first_human_after: Option<SignedDuration>,
    /// Pages for each who was paged, by address.
    pub(crate) pages: BTreeMap<String, usize>,
    /// The most pages that one of them got within [`STORM_WINDOW`], and who.
    pub(crate) most_in_ten_minutes: Option<(String, usize)>,
    /// What was told later than it was due, since there was too much at once.
    pub(crate) held: usize,
    /// Pages that came to a person in the night of their own clock.
    pub(crate) sleep_interrupting: usize,
    /// Incidents.
    pub(crate) incidents: usize,
    /// Texts that readers saw.
    pub(crate) public_words: usize,
}

/// Plays a stage to its end; `tell` hears how many captures are behind it.
///
/// # Errors
/// What a worker answers.
pub(crate) async fn perform(stage: &mut Stage, setup: &Setup, mut tell: impl FnMut(usize)) -> Result<Record> {
    let mut events = Vec::new();
    stage
        .play(&mut |played, news| {
            tell(played);
            events.extend_from_slice(news);
            Ok(())
        })
        .await?;
    let mut words = Vec::new();
    for said in stage.words().await? {
        let is_shown = said.incident.publish == domain::setup::Publish::Auto;
        words.extend(said.updates.into_iter().map(|update| Word {
            at: update.at,
            incident: said.incident.number,
            phase: update.phase.word(),
            is_public: update.is_public && is_shown,
            body: plain_text(&update.body, MOST_CHARS),
        }));
    }
    words.sort_by_key(|word| (word.at, word.incident));
    let figures = Figures::of(setup, &events, &words);
    Ok(Record { events, words, figures })
}

impl Figures {
    fn of(setup: &Setup, events: &[Event], words: &[Word]) -> Self {
        let pages = pages(events);
        let trouble = events.iter().find(|event| is_trouble(&event.what)).map(|event| event.at);
        let after = |at: Option<Timestamp>| Some(at?.duration_since(trouble?));
        let is_person = |message: &Message| setup.user_by_email(&message.to).is_some();
        let mut times: BTreeMap<String, Vec<Timestamp>> = BTreeMap::new();
        for Page { at, told } in &pages {
            times.entry(told[0].to.clone()).or_default().push(*at);
        }
        let most = times.iter().map(|(who, times)| (who.clone(), crowd(times)));
        let asleep = pages.iter().filter(|Page { at, told }| {
            setup
                .user_by_email(&told[0].to)
                .is_some_and(|user| is_night(at.to_zoned(user.time_zone.clone()).time()))
        });
        let numbers: BTreeSet<i64> = events
            .iter()
            .filter_map(|event| match &event.what {
                What::Incident { number, .. } => Some(*number),
                What::Change { .. } | What::Service { .. } | What::Message(_) => None,
            })
            .collect();
        Self {
            first_page_after: after(pages.first().map(|page| page.at)),
            first_human_after: after(pages.iter().find(|page| is_person(page.told[0])).map(|page| page.at)),
            held: pages.iter().flat_map(|page| page.told.iter().filter(|told| told.due_at < page.at)).count(),
            sleep_interrupting: asleep.count(),
            // The first of those with as many, so that the answer is the same each time.
            most_in_ten_minutes: most.rev().max_by_key(|(_, count)| *count),
            pages: times.iter().map(|(who, times)| (who.clone(), times.len())).collect(),
            incidents: numbers.len(),
            public_words: words.iter().filter(|word| word.is_public).count(),
        }
    }
}

/// A page as it came, with everything that it told: at least one thing.
pub(crate) struct Page<'a> {
    pub(crate) at: Timestamp,
    pub(crate) told: Vec<&'a Message>,
}

/// Returns the pages, without notices of other kinds. What leaves for one contact at one instant is one page.
pub(crate) fn pages(events: &[Event]) -> Vec<Page<'_>> {
    let mut pages: Vec<Page<'_>> = Vec::new();
    for event in events {
        let What::Message(message) = &event.what else { continue };
        if message.kind != NoticeKind::Page {
            continue;
        }
        let now = pages.iter_mut().rev().take_while(|page| page.at == event.at);
        match now.into_iter().find(|page| page.told[0].is_one_with(message)) {
            Some(page) => page.told.push(message),
            None => pages.push(Page { at: event.at, told: vec![message] }),
        }
    }
    pages
}

/// Whether people sleep at this time of their clock.
pub(crate) fn is_night(time: civil::Time) -> bool {
    time >= NIGHT.0 || time < NIGHT.1
}

fn is_trouble(what: &What) -> bool {
    match what {
        What::Service { to, .. } => domain::Status::from_word(to).is_some_and(|status| status.is_trouble()),
        What::Change { .. } | What::Incident { .. } | What::Message(_) => false,
    }
}

/// The most of these times, which are in order, that lie within [`STORM_WINDOW`].
fn crowd(times: &[Timestamp]) -> usize {
    let within = |first: &Timestamp| {
        let is_near = |at: &Timestamp| {
            Duration::try_from(at.duration_since(*first)).is_ok_and(|span| span < STORM_WINDOW)
        };
        times.iter().filter(|at| is_near(at)).count()
    };
    times.iter().map(within).max().unwrap_or_default()
}
