//! Phones: which line takes a number, and what carriers have in common.
//!
//! A [`Telephony`] is the installation's lines in order, each an account at a [`Carrier`]. A try takes the line after the one
//! before it, so that what one carrier does not take goes to another at once. Carriers report back below
//! `/callbacks/CARRIER/`, where the address of a report holds the token of the message it is about; that needs a public
//! address with https.

mod gsm;
mod plivo;
mod script;
mod speech;
#[cfg(test)]
mod tests;
mod twilio;

use std::fmt::Debug;

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{delivery::Outcome, destination::Secret};
use serde_json::Value;
use url::form_urlencoded;

use super::{Answer, Call, Letter, Method, Unsendable, by_status};
use crate::setup::Field;

pub use self::script::{Script, script};

/// Every carrier.
pub static CARRIERS: &[&dyn Carrier] = &[&twilio::Twilio, &plivo::Plivo];

/// Seconds that a phone rings before the call counts as not answered: less than most voice mailboxes take.
const RING_S: u32 = 25;

/// The installation's lines, in the order in which they are tried.
#[derive(Clone, Debug, Default)]
pub struct Telephony {
    lines: Vec<Line>,
}

/// An account at a carrier.
#[derive(Clone, Debug)]
pub struct Line {
    /// Who carries.
    pub carrier: &'static dyn Carrier,
    /// The account's id, which is the user name.
    pub account: String,
    /// The account's token: the password, and the key of what the carrier signs.
    pub token: Secret,
    /// The number that messages and calls come from, in E.164 form.
    pub from: Option<String>,
    /// The group of senders that texts come from instead, where the carrier has such groups.
    pub messaging_service: Option<String>,
    /// The beginnings of the numbers that it takes; none for all.
    pub prefixes: Vec<String>,
    /// The base address of the carrier's interface, without a trailing slash; `None` for the usual one.
    pub api: Option<String>,
}

/// A company that carries texts and calls, by its wire format.
pub trait Carrier: Debug + Sync {
    /// Its word in the configuration and in the addresses of callbacks.
    fn word(&self) -> &'static str;

    /// Whether it fetches from us what a call says, so that calls need callbacks.
    fn fetches_scripts(&self) -> bool;

    /// The call that sends a text.
    fn sms(&self, line: &Line, errand: &Errand<'_>, text: &str) -> Call;

    /// The call that has a phone rung and the script read.
    fn ring(&self, line: &Line, errand: &Errand<'_>, script: &Script) -> Call;

    /// What an answer means; `None` when it has not this carrier's form.
    fn read(&self, answer: &Answer<'_>, body: &Value) -> Option<Outcome>;

    /// Whether the owner of the line's account, who is this carrier, has signed the callback.
    fn is_authentic(&self, line: &Line, callback: &Callback<'_>) -> bool;

    /// The text that somebody sent us.
    fn text(&self, form: &Form) -> Option<Text>;

    /// The key that was pressed in a call.
    fn key(&self, form: &Form) -> Option<char>;

    /// What became of a message or a call; `None` while that is open.
    fn report(&self, form: &Form) -> Option<Report>;

    /// The document that has a script read.
    fn speak(&self, script: &Script) -> String;

    /// The document that answers a text.
    fn reply(&self, to: &Text, words: &str) -> String;
}

/// One message on its way to one number.
#[derive(Clone, Copy, Debug)]
pub struct Errand<'a> {
    /// The number it goes to, in E.164 form.
    pub to: &'a str,
    /// The token of the message.
    pub token: &'a str,
    /// Where the carrier reaches us, without a trailing slash; `None` where it can't.
    pub reachable: Option<&'a str>,
}

/// What a carrier posted to us.
#[derive(Clone, Debug)]
pub struct Callback<'a> {
    /// The public address it was posted to: what the carrier signed.
    pub url: String,
    /// All headers, their names in lower case.
    pub headers: &'a [(String, String)],
    /// The fields of the body.
    pub form: Form,
    /// Whether it is about a call, for carriers that sign those better than texts.
    pub is_call: bool,
}

/// The fields of a form, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

/// A text that somebody sent us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The number it came from, in E.164 form.
    pub from: String,
    /// The number of ours it came to.
    pub to: String,
    /// What it says.
    pub body: String,
}

/// What became of a message or a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What the carrier calls it.
    pub receipt: String,
    /// Why it did not arrive; `None` when it did.
    pub trouble: Option<String>,
}

/// Returns the carrier with this word.
#[must_use]
pub fn carrier(word: &str) -> Option<&'static dyn Carrier> {
    CARRIERS.iter().copied().find(|carrier| carrier.word() == word)
}

impl Telephony {
    /// Takes the installation's lines in their order.
    #[must_use]
    pub const fn new(lines: Vec<Line>) -> Self {
        Self { lines }
    }

    /// Returns all lines.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Whether a callback comes from this carrier: one of our accounts there has signed it.
    #[must_use]
    pub fn is_authentic(&self, carrier: &dyn Carrier, callback: &Callback<'_>) -> bool {
        let mut lines = self.lines.iter().filter(|line| line.carrier.word() == carrier.word());
        lines.any(|line| carrier.is_authentic(line, callback))
    }

    /// Returns the lines that take a number: the longest prefix first, else in their order.
    #[must_use]
    pub fn lines_for(&self, number: &str) -> Vec<&Line> {
        let mut lines: Vec<_> =
            self.lines.iter().filter_map(|line| Some((line.prefix_of(number)?, line))).collect();
        lines.sort_by_key(|(prefix, _)| std::cmp::Reverse(*prefix));
        lines.into_iter().map(|(_, line)| line).collect()
    }

    /// Returns why a number can't be texted or, where it `rings`, called, and what would be right.
    #[must_use]
    pub fn objection(&self, number: &str, rings: bool, public_url: &str) -> Option<&'static str> {
        self.able(number, rings, public_url).err()
    }

    /// The lines that take a number and can do what is asked.
    fn able(&self, number: &str, rings: bool, public_url: &str) -> Result<Vec<&Line>, &'static str> {
        if self.lines.is_empty() {
            return Err("no phone line is configured: add [[telephony]] to the configuration");
        }
        let mut lines = self.lines_for(number);
        if lines.is_empty() {
            return Err("no [[telephony]] takes this number: add its beginning to the prefixes of one");
        }
        let is_called_back = reachable(public_url).is_some();
        lines.retain(|line| {
            !rings || line.from.is_some() && (is_called_back || !line.carrier.fetches_scripts())
        });
        if lines.is_empty() {
            return Err(
                "no [[telephony]] that takes this number can call: it needs `from`, and plivo a public_url of [server] \
                 that begins with https",
            );
        }
        Ok(lines)
    }
}

impl Line {
    /// Returns how much of a number's beginning this line asks for; `None` when it does not take the number.
    fn prefix_of(&self, number: &str) -> Option<usize> {
        if self.prefixes.is_empty() {
            return Some(0);
        }
        let fitting = self.prefixes.iter().filter(|prefix| number.starts_with(prefix.as_str()));
        fitting.map(String::len).max()
    }

    fn below(&self, usual: &str, path: &str) -> String {
        format!("{}/{path}", self.api.as_deref().unwrap_or(usual))
    }

    /// Adds who we are.
    fn signed(&self, call: Call) -> Call {
        let credentials = format!("{}:{}", self.account, self.token.expose());
        call.header("authorization", format!("Basic {}", BASE64_STANDARD.encode(credentials)))
    }
}

impl Errand<'_> {
    /// The address of ours for something about this message.
    fn address(&self, carrier: &dyn Carrier, what: &str) -> Option<String> {
        let (reachable, token) = (self.reachable?, self.token);
        Some(format!("{reachable}/callbacks/{}/{what}/{token}", carrier.word()))
    }
}

impl Callback<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

impl Form {
    /// Reads a body in the form `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// What the carrier calls the message that the form is about.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.get("MessageSid").or_else(|| self.get("MessageUUID"))
    }

    fn get(&self, key: &str) -> Option<&str> {
        let found = self.0.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The names and values one after the other, sorted and each pair once: what carriers sign.
    fn sorted(&self) -> String {
        let mut fields: Vec<_> = self.0.iter().collect();
        fields.sort_unstable();
        fields.dedup();
        fields.into_iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect()
    }
}

/// Returns where carriers reach us; `None` where they can't, or nobody between us would have to be trusted.
#[must_use]
pub fn reachable(public_url: &str) -> Option<&str> {
    public_url.starts_with("https://").then_some(public_url)
}

/// Returns the call that texts.
pub(super) fn text(number: &str, letter: &Letter<'_>) -> Result<Call, Unsendable> {
    let line = line(number, letter, false)?;
    let errand = errand(number, letter);
    Ok(line.carrier.sms(line, &errand, &gsm::text(letter.page, errand.reachable.is_some())))
}

/// Returns the call that rings.
pub(super) fn ring(number: &str, letter: &Letter<'_>) -> Result<Call, Unsendable> {
    let errand = errand(number, letter);
    let line = line(number, letter, true)?;
    let keys = errand.address(line.carrier, "voice");
    Ok(line.carrier.ring(line, &errand, &script(letter.page, keys)))
}

/// Returns what an answer means, whichever carrier gave it: each has a form of its own. Only a carrier's own word about the
/// number is final; an answer in no carrier's form is about the line, and there may be another.
pub(super) fn answered(answer: &Answer<'_>) -> Outcome {
    let body: Value = serde_json::from_slice(answer.body).unwrap_or_default();
    let read = CARRIERS.iter().find_map(|carrier| carrier.read(answer, &body));
    read.unwrap_or_else(|| match by_status(answer) {
        Outcome::Refused { answer: said } => try_again(answer, said),
        other @ (Outcome::Accepted { .. } | Outcome::TryAgain { .. }) => other,
    })
}

/// Returns the line whose turn it is at this try, among those that take the number and can do what is asked.
fn line<'a>(number: &str, letter: &Letter<'a>, rings: bool) -> Result<&'a Line, Unsendable> {
    let lines = letter.telephony.able(number, rings, letter.public_url);
    let lines = lines.map_err(|why| Unsendable(why.to_owned()))?;
    let turn = usize::try_from(letter.number.saturating_sub(1)).unwrap_or_default() % lines.len();
    Ok(lines[turn])
}

fn errand<'a>(to: &'a str, letter: &Letter<'a>) -> Errand<'a> {
    Errand { to, token: letter.ack_token, reachable: reachable(letter.public_url) }
}

/// A post of a form.
fn post_form(url: String, fields: &[(&str, &str)]) -> Call {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let call = Call { method: Method::Post, url, headers: Vec::new(), body: body.into_bytes() };
    call.header("content-type", "application/x-www-form-urlencoded")
}

/// What a carrier did not take and another line still may.
fn try_again(answer: &Answer<'_>, said: String) -> Outcome {
    Outcome::TryAgain { answer: said, after: answer.retry_after, may_have_arrived: answer.status >= 500 }
}

/// Returns a number as carriers report it in E.164 form: some leave out the plus.
fn e164(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    format!("+{digits}")
}

/// Returns a text with what XML gives a meaning written out, and without what XML can't hold.
fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\u{FFFE}' | '\u{FFFF}' => {}
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

impl Field<'_> {
    /// Returns a phone number in E.164 form: a plus, the country's code and the number, eight to fifteen digits in all.
    pub fn phone(&self) -> Option<String> {
        let example = "\"+393331234567\"";
        let written = self.text_like("a phone number", example)?;
        let number: String =
            written.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/')).collect();
        if is_e164(&number) {
            return Some(number);
        }
        let hint = match number.strip_prefix("00").map(|rest| format!("+{rest}")) {
            Some(number) if is_e164(&number) => format!("write \"{number}\""),
            Some(_) | None => format!(
                "write a plus, the country's code, and the number without a leading zero, like {example}"
            ),
        };
        self.problem(format!("{} is no phone number in international form", self.written()), Some(hint));
        None
    }

    /// Returns the beginning of phone numbers: a plus and up to fifteen digits.
    pub fn phone_prefix(&self) -> Option<String> {
        let prefix = self.text_like("the beginning of phone numbers", "\"+39\"")?;
        let digits = prefix.strip_prefix('+').filter(|digits| (1..=15).contains(&digits.len()));
        if digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0'))
        {
            return Some(prefix);
        }
        self.expected("the beginning of phone numbers", "\"+39\"")
    }
}

fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    })
}
