//! Who may read a protected status page.
//!
//! The rule stands on the [shelf](crate::shelf) beside the page, so that serving asks nothing else and a page is never on the
//! shelf without it. It holds no password: what is given is compared by a keyed hash, whose key the pages' folder does not
//! hold. A pass is what a browser keeps; it is signed over the rule, so that another password or link ends every pass.

use domain::{
    StatusPageId,
    setup::{Protection, StatusPage},
};
use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;

use crate::{links::SigningKey, shelf::Shelf};

/// The file that holds the rule of a page, below its address; such names are served to nobody.
const FILE: &str = ".gate";

/// How long a browser need not be asked again.
pub const PASS_LASTS: SignedDuration = SignedDuration::from_hours(24 * 30);

/// The rule of one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// The path that the page stands under.
    pub base: String,
    /// Whose it is.
    page: StatusPageId,
    /// The hash of the password; none where a link opens the page.
    password: Option<String>,
    /// What addresses carry to be let in.
    key: String,
}

impl Gate {
    /// Returns the rule of a page; none where everybody may read it.
    #[must_use]
    pub fn of(page: &StatusPage, base: &str, signing: &SigningKey) -> Option<Self> {
        let (password, word) = match page.protection.as_ref()? {
            Protection::Password(password) => {
                let hash = signing.page_secret("page-password", page.id, password.expose());
                (Some(hash.clone()), format!("password/{hash}"))
            }
            Protection::Link(word) => (None, format!("link/{word}")),
        };
        let page_id = page.id;
        Some(Self {
            base: base.to_owned(),
            page: page_id,
            password,
            key: signing.page_secret("page-key", page.id, &word),
        })
    }

    /// Returns the rule as a file of the page.
    #[must_use]
    pub fn file(&self) -> render::Page {
        let body = format!("{}\n{}\n{}", self.page, self.key, self.password.as_deref().unwrap_or_default());
        let path = format!("{}/{FILE}", self.base);
        render::Page { path, content_type: "text/plain; charset=utf-8", body: body.into_bytes() }
    }

    /// Whether the file at this path holds the rule of a page.
    #[must_use]
    pub fn is_rule(path: &str) -> bool {
        path.rsplit_once('/').is_some_and(|(_, name)| name == FILE)
    }

    /// Finds the rule that a path stands under.
    #[must_use]
    pub fn find(shelf: &Shelf, path: &str) -> Option<Self> {
        let base = base_of(path)?;
        let sheet = shelf.get(&format!("{base}/{FILE}"))?;
        let text = std::str::from_utf8(&sheet.plain).ok()?;
        let mut lines = text.lines();
        // A rule that can't be read lets nobody in.
        let page =
            lines.next().and_then(|id| id.parse().ok()).map_or(StatusPageId(uuid::Uuid::nil()), StatusPageId);
        let key = lines.next().unwrap_or_default().to_owned();
        let password = lines.next().filter(|hash| !hash.is_empty()).map(str::to_owned);
        Some(Self { base: base.to_owned(), page, password, key })
    }

    /// Returns what addresses carry to be let in: of feeds where there is a password, else of everything.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns a path of the shelf as readers know it: on a host name of its own the page stands at the root.
    #[must_use]
    pub fn seen<'a>(&self, path: &'a str) -> &'a str {
        if !self.base.starts_with("//") {
            return path;
        }
        path.strip_prefix(self.base.as_str()).filter(|rest| !rest.is_empty()).unwrap_or("/")
    }

    /// Whether readers are asked for a password.
    #[must_use]
    pub const fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// Whether this is what addresses carry.
    #[must_use]
    pub fn is_key(&self, given: &str) -> bool {
        !self.key.is_empty() && bool::from(self.key.as_bytes().ct_eq(given.as_bytes()))
    }

    /// Whether this is the password.
    #[must_use]
    pub fn is_password(&self, signing: &SigningKey, given: &str) -> bool {
        let hash = signing.page_secret("page-password", self.page, given);
        self.password.as_ref().is_some_and(|known| known.as_bytes().ct_eq(hash.as_bytes()).into())
    }

    /// Returns a pass for a browser.
    #[must_use]
    pub fn pass(&self, signing: &SigningKey, now: Timestamp) -> String {
        let until = now.as_second().saturating_add(PASS_LASTS.as_secs());
        format!("{until}.{}", self.signature(signing, until))
    }

    /// Whether this is a pass that we gave for this page as it is protected now, and is still good.
    #[must_use]
    pub fn admits(&self, signing: &SigningKey, given: &str, now: Timestamp) -> bool {
        let Some((until, signature)) = given.split_once('.') else { return false };
        let Ok(until) = until.parse::<i64>() else { return false };
        let is_ours: bool = self.signature(signing, until).as_bytes().ct_eq(signature.as_bytes()).into();
        is_ours && now.as_second() < until
    }

    fn signature(&self, signing: &SigningKey, until: i64) -> String {
        let Self { base, page, password, key } = self;
        let rule = format!("{base}\n{}\n{key}\n{until}", password.as_deref().unwrap_or_default());
        signing.page_secret("page-pass", *page, &rule)
    }
}

/// Returns the path of the status page that a path belongs to.
fn base_of(path: &str) -> Option<&str> {
    if let Some(rest) = path.strip_prefix("//") {
        // On a host name of its own.
        let host = rest.split('/').next().filter(|host| !host.is_empty())?;
        return Some(&path[.."//".len() + host.len()]);
    }
    let slug = path.strip_prefix("/status/")?.split('/').next().filter(|slug| !slug.is_empty())?;
    Some(&path[.."/status/".len() + slug.len()])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::setup::Secret;

    use super::*;

    fn page(protection: Option<Protection>) -> StatusPage {
        StatusPage {
            id: StatusPageId(uuid::Uuid::from_u128(7)),
            slug: "acme".to_owned(),
            title: "Acme".to_owned(),
            domain: None,
            language: domain::Language::English,
            other_languages: Vec::new(),
            time_zone: jiff::tz::TimeZone::UTC,
            groups: Vec::new(),
            shows_uptime: true,
            is_listed: true,
            links: domain::setup::PageLinks::default(),
            theme: domain::theme::Theme::default(),
            protection,
        }
    }

    fn rule(protection: Protection) -> Gate {
        Gate::of(&page(Some(protection)), "/status/acme", &SigningKey::new([7; 32])).unwrap()
    }

    fn password(text: &str) -> Protection {
        Protection::Password(Secret::new(text.to_owned()))
    }

    #[test]
    fn the_rule_is_found_beside_its_page_and_nowhere_else() {
        let shelf = Arc::new(Shelf::in_memory());
        let gate = rule(password("correct horse"));
        shelf.put("/status/acme", vec![gate.file()]).unwrap();
        for path in ["/status/acme", "/status/acme/history", "/status/acme/it/badge.svg"] {
            assert_eq!(Gate::find(&shelf, path), Some(gate.clone()), "{path}");
        }
        for path in ["/", "/status", "/status/", "/status/acme-2", "/directory/status/acme"] {
            assert_eq!(Gate::find(&shelf, path), None, "{path}");
        }
        let text = String::from_utf8(gate.file().body).unwrap();
        assert!(!text.contains("correct horse"), "{text}");
        shelf.put("/status/acme", vec![render::Page { body: Vec::new(), ..gate.file() }]).unwrap();
        let spoilt = Gate::find(&shelf, "/status/acme").unwrap();
        assert!(!spoilt.is_key("") && !spoilt.is_password(&SigningKey::new([7; 32]), ""));
    }

    #[test]
    fn a_pass_is_good_for_a_month_for_this_page_and_this_password() {
        let (signing, now) = (SigningKey::new([7; 32]), Timestamp::UNIX_EPOCH);
        let gate = rule(password("correct horse"));
        assert!(gate.is_password(&signing, "correct horse") && !gate.is_password(&signing, "Correct horse"));
        let pass = gate.pass(&signing, now);
        assert!(gate.admits(&signing, &pass, now));
        let after = now + PASS_LASTS;
        assert!(!gate.admits(&signing, &pass, after), "it has an end");
        let longer = pass.replacen("2592000", "2592001", 1);
        assert!(longer != pass && !gate.admits(&signing, &longer, after), "which nobody else may set");
        assert!(!rule(password("another horse")).admits(&signing, &pass, now));
        assert!(!gate.admits(&SigningKey::new([8; 32]), &pass, now));
        for given in ["", ".", "2592000.", "x.y", &pass[1..]] {
            assert!(!gate.admits(&signing, given, now), "{given}");
        }
    }

    #[test]
    fn another_word_makes_another_link() {
        let [old, new] = ["2026", "2027"].map(|word| rule(Protection::Link(word.to_owned())));
        assert!(old.is_key(old.key()) && !new.is_key(old.key()) && !old.is_key("") && !old.has_password());
        assert_eq!(Gate::of(&page(None), "/status/acme", &SigningKey::new([7; 32])), None);
    }
}
