//! Every kind of destination over real sockets, through the notifier as it is, against a vendor that misbehaves.
//!
//! One table of kinds, one test for each way to misbehave: a new kind is a row. Mail misbehaves in ways of its own.

use testkit::vendor::Heard;

mod apps;
mod chats;
mod mail;
mod misbehaving;
mod phones;
mod scene;

/// A kind of destination, as the table has it.
struct Kind {
    /// Its name; what stands before a dash is the kind's own word.
    word: &'static str,
    /// The keys of a contact; the argument is the vendor's base address.
    keys: fn(&str) -> String,
    method: &'static str,
    /// Where a page goes.
    path: &'static str,
    /// What the vendor answers when all is well.
    well: (u16, &'static str),
    /// Where the second try of a page goes, and what is answered there, when that is another vendor.
    again: Option<(&'static str, (u16, &'static str))>,
    /// Where word of the end goes, when that is another place; nowhere, when it is empty: nobody is rung for good news who has
    /// another contact.
    end_path: Option<&'static str>,
    /// What must be in a page's request: the vendor's wire form.
    is_wire_form: fn(&Heard) -> bool,
    /// What tells the vendor, or the reader, that a repeat is one.
    identity: fn(&Heard) -> String,
}

impl Kind {
    const NONE: Self = Self {
        word: "",
        keys: |_| String::new(),
        method: "POST",
        path: "",
        well: (200, ""),
        again: None,
        end_path: None,
        is_wire_form: |_| false,
        identity: |_| String::new(),
    };

    /// Whether the body of the vendor's answer says something that we can't do without.
    fn is_answer_needed(&self) -> bool {
        let kind = self.word.split('-').next();
        ["slack", "teams", "pushover", "sms", "voice"].map(Some).contains(&kind)
    }

    /// Where the second try of a page goes.
    fn again_path(&self) -> &'static str {
        self.again.map_or(self.path, |(path, _)| path)
    }
}

/// All rows.
fn kinds() -> impl Iterator<Item = &'static Kind> {
    [chats::KINDS, apps::KINDS, phones::KINDS].into_iter().flatten()
}

fn text(heard: &Heard, pointer: &str) -> String {
    heard.json().pointer(pointer).map(|value| value.to_string().replace('"', "")).unwrap_or_default()
}
