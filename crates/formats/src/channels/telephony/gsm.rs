//! What a text says, within one short message.
//!
//! A short message holds 160 characters of the GSM alphabet, or 70 UTF-16 units of any; joined ones hold 153 and 67 each
//! (3GPP TS 23.038, 23.040). Signs outside the alphabet are written as their nearest; letters that have no nearest, such as
//! Japanese ones, make it a message of two joined parts.

use crate::{
    messages::{Notice, PageMessage},
    text::clean_line,
};

/// The alphabet, whose characters take one place.
const ALPHABET: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿\
                        abcdefghijklmnopqrstuvwxyzäöñüà";

/// The characters that take two places.
const EXTENSION: &str = "^{}\\[~]|€";

/// What stands for signs that are not in the alphabet.
const NEAREST: &[(&str, &str)] = &[
    ("‘’‚‛′´`", "'"),
    ("“”„‟″«»", "\""),
    ("‐‑‒–—―−", "-"),
    ("•·", "*"),
    ("…", "..."),
    ("→", "->"),
    ("←", "<-"),
    ("×", "x"),
    ("áâãāăą", "a"),
    ("ÁÀÂÃĀĂĄ", "A"),
    ("çćč", "c"),
    ("ĆČ", "C"),
    ("ďđ", "d"),
    ("ĎĐ", "D"),
    ("êëēėęě", "e"),
    ("ÈÊËĒĖĘĚ", "E"),
    ("ğ", "g"),
    ("Ğ", "G"),
    ("íîïīįı", "i"),
    ("ÍÌÎÏĪĮİ", "I"),
    ("ł", "l"),
    ("Ł", "L"),
    ("ńň", "n"),
    ("ŃŇ", "N"),
    ("óôõőō", "o"),
    ("ÓÒÔÕŐŌ", "O"),
    ("œ", "oe"),
    ("Œ", "OE"),
    ("ř", "r"),
    ("Ř", "R"),
    ("śşšș", "s"),
    ("ŚŞŠȘ", "S"),
    ("ťţț", "t"),
    ("ŤŢȚ", "T"),
    ("úûūůűų", "u"),
    ("ÚÙÛŪŮŰŲ", "U"),
    ("ýÿ", "y"),
    ("ÝŸ", "Y"),
    ("źżž", "z"),
    ("ŹŻŽ", "Z"),
];

/// The characters of a summary that are worth more than the link.
const LEAST_SUMMARY: usize = 40;

/// More than any message holds.
const SUMMARY_CHARS: usize = 300;

/// How a message is coded, which says how much it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// In the GSM alphabet.
    Gsm,
    /// In UTF-16.
    Ucs2,
}

/// Returns what a text says; whoever can reply is told how.
pub(super) fn text(page: &PageMessage, can_reply: bool) -> String {
    let summary = clean_line(&page.incident.summary, SUMMARY_CHARS);
    let (coding, summary) = coded(&summary);
    let head = head(page);
    let room = |tail: &str| {
        coding.most().saturating_sub(coding.length(&head) + coding.length(tail)).max(LEAST_SUMMARY)
    };
    let more = match page.also.len() {
        0 => String::new(),
        others => format!(" and {others} more"),
    };
    let needed = coding.length(&summary).min(LEAST_SUMMARY);
    let tails = tails(page, can_reply).into_iter().map(|tail| format!("{more}{tail}"));
    let fits = |tail: &String| coding.length(&head) + needed + coding.length(tail) <= coding.most();
    let tails: Vec<_> = tails.collect();
    let tail = tails.iter().find(|tail| fits(tail)).or(tails.last()).cloned().unwrap_or_default();
    format!("{head}{}{tail}", coding.cut(&summary, room(&tail)))
}

/// What stands before the summary.
fn head(page: &PageMessage) -> String {
    let late = if page.delayed { "Late: " } else { "" };
    let again = if page.possible_duplicate { "Repeat? " } else { "" };
    let number = page.incident.number;
    let name = |text: &str| clean_line(&coded(text).1, LEAST_SUMMARY);
    let what = match &page.notice {
        Notice::Page => page.incident.severity.word().to_uppercase(),
        Notice::Acknowledged { by, snoozed: None, .. } => format!("{} has it", name(by)),
        Notice::Acknowledged { by, snoozed: Some(snooze), .. } => {
            format!("snoozed until {} by {}", snooze.clock, name(by))
        }
        Notice::Reassigned { to, .. } => format!("belongs to {} now", name(to)),
        Notice::Resolved { .. } => "is over".to_owned(),
        Notice::Unanswered => "NOBODY ANSWERED".to_owned(),
        Notice::Notice => return format!("{late}{again}"),
    };
    format!("{late}{again}#{number} {what}: ")
}

/// What may stand after the summary: the first that fits does, else the last.
fn tails(page: &PageMessage, can_reply: bool) -> Vec<String> {
    const ASK: &str = ". Reply 4 to acknowledge";
    match &page.ack_url {
        None => vec![String::new()],
        Some(url) if can_reply => vec![format!("{ASK}: {url}"), ASK.to_owned()],
        Some(url) => vec![format!(". Acknowledge: {url}")],
    }
}

/// Returns a text as it is sent, and how. Pictures and other signs without a nearest are left out.
pub(super) fn coded(text: &str) -> (Coding, String) {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match NEAREST.iter().find(|(signs, _)| signs.contains(c)) {
            _ if is_gsm(c) => written.push(c),
            Some((_, nearest)) => written.push_str(nearest),
            None if c.is_alphanumeric() => return (Coding::Ucs2, text.to_owned()),
            None => {}
        }
    }
    (Coding::Gsm, clean_line(&written, usize::MAX))
}

fn is_gsm(c: char) -> bool {
    ALPHABET.contains(c) || EXTENSION.contains(c)
}

impl Coding {
    /// The places that our messages may take.
    const fn most(self) -> usize {
        match self {
            Coding::Gsm => 160,
            Coding::Ucs2 => 2 * 67,
        }
    }

    /// The places that a text takes.
    pub(super) fn length(self, text: &str) -> usize {
        match self {
            Coding::Gsm => text.chars().map(|c| if EXTENSION.contains(c) { 2 } else { 1 }).sum(),
            Coding::Ucs2 => text.encode_utf16().count(),
        }
    }

    /// Returns the text, or its beginning with a mark that there is more, within so many places. No character is split, nor what
    /// is joined to one.
    fn cut(self, text: &str, most: usize) -> String {
        if self.length(text) <= most {
            return text.to_owned();
        }
        let mark = match self {
            Coding::Gsm => "...",
            Coding::Ucs2 => "…",
        };
        let (mut kept, mut left) = (String::new(), most.saturating_sub(self.length(mark)));
        for c in text.chars() {
            let places = self.length(c.encode_utf8(&mut [0; 4]));
            if places > left {
                break;
            }
            left -= places;
            kept.push(c);
        }
        let end = kept.trim_end_matches([' ', '\u{200D}', '\u{FE0F}']).len();
        kept.truncate(end);
        kept + mark
    }
}
