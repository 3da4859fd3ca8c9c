//! What a chat shows of a page: the words of the mail, a colour and a sign, and the buttons that act.
//!
//! A card is plain text; each vendor's module writes it down in the vendor's markup, escaped there, within the vendor's
//! limits. Colour never stands alone: the title begins with the word that it stands for.

use domain::{ButtonAct, Severity};

use super::Letter;
use crate::{
    messages::{ACKNOWLEDGE, Content, Notice, content, news},
    text::shorten,
};

/// Tries that put a message below the first one and quote the provider. What is refused with all that goes out without.
const FULL_TRIES: u32 = 2;

/// Characters below which a passage is not worth its place.
const LEAST_CHARS: usize = 80;

/// The buttons there are, in their order.
const OFFERED: &[ButtonAct] = ButtonAct::ALL;

/// What a chat shows.
pub(super) struct Card {
    /// The colour, `0xRRGGBB`.
    pub(super) colour: u32,
    /// The sign and one line.
    pub(super) title: String,
    /// What the reader has to know about the message itself.
    pub(super) notes: Vec<&'static str>,
    /// Names and values.
    pub(super) facts: Vec<(&'static str, String)>,
    /// The provider's words.
    said: Option<String>,
    /// The other incidents that the page tells of, a line each.
    also: Vec<String>,
    /// Every service of the incident, a line each, where they are many.
    services: Vec<String>,
    /// Names and addresses.
    pub(super) links: Vec<(&'static str, String)>,
    /// The buttons that act, where the vendor has such.
    pub(super) buttons: Vec<ButtonAct>,
    /// Why this reader gets it.
    pub(super) reason: String,
}

impl Card {
    /// The whole card.
    pub(super) fn of(letter: &Letter<'_>) -> Self {
        let Content { heading, organization, notes, facts, said, also, services, links, reason } =
            content(letter.page, letter.zone);
        let (colour, sign) = tone(letter);
        Self {
            colour,
            title: format!("{sign} {heading}"),
            notes,
            facts,
            said: said.filter(|_| is_full(letter)),
            also: if is_full(letter) { also } else { Vec::new() },
            services: if is_full(letter) { services } else { Vec::new() },
            links,
            buttons: buttons(letter),
            reason: format!("{reason} · Midwatch for {organization}"),
        }
    }

    /// The card below the first one: a page once more is whole, but its buttons are those of the first one; news is no
    /// more than the news.
    pub(super) fn reply(letter: &Letter<'_>) -> Self {
        let card = Self { buttons: Vec::new(), ..Self::of(letter) };
        if letter.page.is_call() {
            return card;
        }
        Self {
            facts: news(letter.page, letter.zone),
            said: None,
            also: Vec::new(),
            services: Vec::new(),
            links: Vec::new(),
            ..card
        }
    }

    /// The card as it brings the first message up to date, where that may be changed; what is wrong with a try is not its
    /// concern.
    pub(super) fn standing(letter: &Letter<'_>) -> Option<Self> {
        let mut card = Self::of(&Letter { page: letter.standing?, ..*letter });
        card.notes.clear();
        Some(card)
    }

    /// What stands below the facts: a heading and lines each. The lists of other incidents and of services are cut at a line,
    /// after at most `most_chars` characters together, and say how many they leave out; the provider's words may take twice as
    /// many.
    fn passages(&self, most_chars: usize) -> Vec<(String, String)> {
        let mut left = most_chars;
        let said = self.said.clone().filter(|_| most_chars >= LEAST_CHARS);
        let said = said.map(|said| ("The provider says:".to_owned(), shorten(said, 2 * most_chars)));
        let also = passage(format!("And {} more:", self.also.len()), &self.also, &mut left);
        let services = passage(format!("All {} services:", self.services.len()), &self.services, &mut left);
        said.into_iter().chain(also).chain(services).collect()
    }

    /// The card for a vendor whose buttons act: what a button does needs no link of the same name, so that leads to the story.
    pub(super) fn acting(mut self) -> Self {
        if self.buttons.contains(&ButtonAct::Acknowledge) {
            for (name, _) in self.links.iter_mut().filter(|(name, _)| *name == ACKNOWLEDGE) {
                *name = "Details";
            }
        }
        self
    }

    /// Writes the card down, given its passages: as long as they may be, and shorter until it fits the vendor's limit. All else
    /// about a card is short.
    pub(super) fn fitted<T>(
        &self,
        most_chars: usize,
        write: impl Fn(&[(String, String)]) -> T,
        fits: impl Fn(&T) -> bool,
    ) -> T {
        let mut most_chars = most_chars;
        loop {
            let written = write(&self.passages(most_chars));
            if most_chars == 0 || fits(&written) {
                return written;
            }
            most_chars = if most_chars < LEAST_CHARS { 0 } else { most_chars * 3 / 4 };
        }
    }

    /// The colour as `#rrggbb`.
    pub(super) fn hex(&self) -> String {
        format!("#{:06x}", self.colour)
    }
}

/// A list as far as there is room for it; nothing where it has none.
fn passage(heading: String, lines: &[String], left: &mut usize) -> Option<(String, String)> {
    if lines.is_empty() {
        return None;
    }
    // The heading, and word of what is left out.
    *left = left.checked_sub(heading.chars().count() + 20)?;
    let fits = |line: &&String| {
        let rest = left.checked_sub(line.chars().count() + 1);
        *left = rest.unwrap_or_default();
        rest.is_some()
    };
    let mut shown: Vec<String> = lines.iter().take_while(fits).cloned().collect();
    if shown.len() < lines.len() {
        shown.push(format!("… and {} more", lines.len() - shown.len()));
    }
    Some((heading, shown.join("\n")))
}

/// Returns what the message goes below.
pub(super) fn thread<'a>(letter: &Letter<'a>) -> Option<&'a str> {
    letter.thread.filter(|_| is_full(letter))
}

/// Returns what a button says.
pub(super) const fn label(act: ButtonAct) -> &'static str {
    match act {
        ButtonAct::Acknowledge => "Acknowledge",
        ButtonAct::Snooze => "Snooze 30 min",
        ButtonAct::Escalate => "Escalate now",
        ButtonAct::Resolve => "Resolve",
    }
}

/// How long a text is as vendors count that look at it in UTF-16.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn is_full(letter: &Letter<'_>) -> bool {
    letter.number <= FULL_TRIES
}

fn tone(letter: &Letter<'_>) -> (u32, &'static str) {
    match &letter.page.notice {
        // Nobody has it yet.
        Notice::Page | Notice::Unanswered | Notice::Reassigned { .. } => {
            match letter.page.incident.severity {
                Severity::Critical => (0x00c6_2828, "🔴"),
                Severity::Error => (0x00e6_5100, "🟠"),
                Severity::Warning => (0x00f9_a825, "🟡"),
                Severity::Info => (0x0015_65c0, "🔵"),
            }
        }
        Notice::Acknowledged { .. } => (0x006a_1b9a, "🟣"),
        Notice::Resolved { .. } => (0x002e_7d32, "🟢"),
        Notice::Notice => (0x0054_6e7a, "⚪"),
    }
}

fn buttons(letter: &Letter<'_>) -> Vec<ButtonAct> {
    let offered = OFFERED.iter().copied();
    match &letter.page.notice {
        Notice::Page | Notice::Unanswered | Notice::Reassigned { .. } if letter.page.ack_url.is_some() => {
            offered.collect()
        }
        Notice::Acknowledged { .. } => offered.filter(|act| *act != ButtonAct::Acknowledge).collect(),
        Notice::Page
        | Notice::Unanswered
        | Notice::Reassigned { .. }
        | Notice::Resolved { .. }
        | Notice::Notice => Vec::new(),
    }
}
