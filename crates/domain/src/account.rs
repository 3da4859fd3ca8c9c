//! Accounts: who acts and is no member. An API token, a login on the machine, an account of a chat, whoever reads a channel.
//!
//! An account is told from others by its name alone, which is also what people read: what it did is told by that name also
//! when it is long gone. The name is short and lies in the value itself, so that an actor is copied like an id.

use std::fmt;

/// The longest name, in bytes; what is longer is cut and says so.
const MOST_BYTES: usize = 96;

/// The longest name of an API token, in characters: what is said of it is never cut, so no two are taken for one.
pub const MOST_TOKEN_CHARS: usize = 64;

/// Who acts and is no member, by name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Account {
    bytes: [u8; MOST_BYTES],
    len: u8,
}

impl Account {
    /// An API token.
    #[must_use]
    pub fn token(name: &str) -> Self {
        Self::named(&format!("api token {name}"))
    }

    /// Somebody at a shell of the machine: `ana@pager-1`.
    #[must_use]
    pub fn shell(login: &str) -> Self {
        Self::named(&format!("command line ({login})"))
    }

    /// An account of a chat that belongs to no member.
    #[must_use]
    pub fn chat(name: &str, chat: &str) -> Self {
        Self::named(&format!("@{name} on {chat}"))
    }

    /// Whoever reads a channel, where nothing says who it was.
    #[must_use]
    pub fn channel(slug: &str) -> Self {
        Self::named(&format!("somebody in {slug}"))
    }

    /// The account with this whole name, without the characters that no name has.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let mut kept: String = name.chars().filter(|c| !c.is_control()).collect();
        if kept.len() > MOST_BYTES {
            kept.truncate(kept.floor_char_boundary(MOST_BYTES - '…'.len_utf8()));
            kept.push('…');
        }
        let mut bytes = [0; MOST_BYTES];
        bytes[..kept.len()].copy_from_slice(kept.as_bytes());
        Self { bytes, len: u8::try_from(kept.len()).expect("a name has at most 96 bytes") }
    }

    /// Returns the whole name.
    #[must_use]
    pub fn name(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).expect("it was made from text")
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({:?})", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_its_name_and_a_long_one_is_cut_between_characters() {
        assert_eq!(Account::token("deploy-bot").name(), "api token deploy-bot");
        assert_eq!(Account::shell("ana@pager-1").to_string(), "command line (ana@pager-1)");
        assert_eq!(Account::chat("zoe", "Slack"), Account::named("@zoe on Slack"));
        assert_eq!(Account::named("a\nb\u{7}"), Account::named("ab"));
        assert_ne!(Account::token("a"), Account::token("b"));
        let longest = "é".repeat(48);
        assert_eq!(Account::named(&longest).name(), longest);
        let cut = Account::named(&"é".repeat(49));
        assert_eq!(cut.name(), format!("{}…", "é".repeat(46)));
        assert_eq!(Account::named(cut.name()), cut);
    }
}
