//! What whoever sends to an acknowledge link asks for: one word, in a form (`act=acknowledge`) or in JSON
//! (`{"act":"acknowledge"}`). A body without such a word asks for nothing: some mail scanners send to every form they see.

use serde::Deserialize;

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Acknowledge,
    TakeBack,
    Snooze,
    Escalate,
    Resolve,
    Publish,
    Reject,
}

/// What a body asks for, and by which generation of paging its sender saw the incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) act: Act,
    pub(super) generation: Option<u32>,
    /// The mark of what its sender was shown that readers would see.
    pub(super) seen: Option<String>,
}

/// Nothing that can be done was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unsaid;

#[derive(Deserialize)]
struct Body {
    act: String,
    generation: Option<u32>,
    seen: Option<String>,
}

impl Act {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "acknowledge" => Some(Act::Acknowledge),
            "unacknowledge" => Some(Act::TakeBack),
            "snooze" => Some(Act::Snooze),
            "escalate" => Some(Act::Escalate),
            "resolve" => Some(Act::Resolve),
            "publish" => Some(Act::Publish),
            "reject" => Some(Act::Reject),
            _ => None,
        }
    }
}

impl Wish {
    /// Reads a body. A generation that is there and no number is not taken for one that is absent.
    pub(super) fn read(body: &[u8]) -> Result<Self, Unsaid> {
        let text = std::str::from_utf8(body).map_err(|_| Unsaid)?.trim();
        let (act, generation, seen) = if text.starts_with('{') {
            let body: Body = serde_json::from_str(text).map_err(|_| Unsaid)?;
            (Act::from_word(&body.act), body.generation, body.seen)
        } else {
            let value = |name: &str| {
                let mut pairs = text.split('&').filter_map(|pair| pair.split_once('='));
                pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
            };
            let generation = value("generation").map(str::parse).transpose().map_err(|_| Unsaid)?;
            (value("act").and_then(Act::from_word), generation, value("seen").map(str::to_owned))
        };
        Ok(Self { act: act.ok_or(Unsaid)?, generation, seen })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(act: Act, generation: Option<u32>) -> Result<Wish, Unsaid> {
        Ok(Wish { act, generation, seen: None })
    }

    #[test]
    fn a_word_is_needed_in_a_form_or_in_json() {
        let check = |body: &str, expected| assert_eq!(Wish::read(body.as_bytes()), expected, "{body}");
        check("act=acknowledge", wish(Act::Acknowledge, None));
        check("generation=3&act=snooze", wish(Act::Snooze, Some(3)));
        check("act=unacknowledge\n", wish(Act::TakeBack, None));
        check(r#" {"act":"resolve","generation":2}"#, wish(Act::Resolve, Some(2)));
        check(r#"{"act":"acknowledge"}"#, wish(Act::Acknowledge, None));
        let seen = Some("0af3".to_owned());
        check("act=publish&seen=0af3", Ok(Wish { act: Act::Publish, generation: None, seen }));
        for nothing in [
            "",
            "act",
            "act=",
            "act=Acknowledge",
            "acknowledge",
            "generation=1",
            "act=acknowledge&generation=x",
            "act=acknowledge&generation=",
            "react=acknowledge",
            "{}",
            "{",
            r#"{"act":"launch"}"#,
            r#"{"act":"acknowledge","generation":"1"}"#,
            r#"["act","acknowledge"]"#,
            "email=somebody%40example.test&password=",
        ] {
            check(nothing, Err(Unsaid));
        }
        assert_eq!(Wish::read(&[0xff, 0xfe]), Err(Unsaid));
    }
}
