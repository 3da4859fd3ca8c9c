//! What can be told from addresses and names alone.

use domain::{
    search::{distance, fold},
    snapshot::Page,
};
use url::Url;

use super::{Discovered, Subject};

/// Where vendors have their own sites: a tenant that nobody has claimed leads there.
const VENDORS: [&str; 16] = [
    "statuspage.io",
    "atlassian.com",
    "incident.io",
    "instatus.com",
    "betterstack.com",
    "betteruptime.com",
    "status.io",
    "statuspal.io",
    "statuspal.eu",
    "hund.io",
    "sorryapp.com",
    "statuscast.com",
    "freshstatus.io",
    "uptimerobot.com",
    "site24x7.com",
    "hyperping.com",
];

/// Second parts of national domains under which names are given out: `acme.co.uk`.
const SHARED_SECONDS: [&str; 8] = ["co", "com", "net", "org", "gov", "ac", "edu", "or"];

/// Words that stand on every page.
const EVERYWHERE: [&str; 22] = [
    "status",
    "statuspage",
    "page",
    "the",
    "inc",
    "com",
    "io",
    "api",
    "app",
    "cloud",
    "dashboard",
    "group",
    "health",
    "labs",
    "operations",
    "platform",
    "public",
    "service",
    "services",
    "software",
    "system",
    "systems",
];

/// Words that say what a company does, or what it is, and so are those of many.
const TRADES: &str = "bank business communications company consulting customer data design dev digital email energy for games \
    global host hosting international internet mail media mobile net network networks new online open \
    payments power security server servers solutions studio support team technologies technology web";

/// Whether an address led from somewhere else to a vendor's own site.
pub(super) fn is_vendors_own(asked: &Url, reached: &Url) -> bool {
    let (Some(asked), Some(reached)) = (host(asked), host(reached)) else { return false };
    asked != reached && VENDORS.contains(&reached.as_str())
}

/// Returns an address beside `url` that no server has.
pub(super) fn nonsense_beside(url: &str) -> Option<String> {
    let mut beside = Url::parse(url).ok()?;
    beside.set_query(None);
    beside.set_fragment(None);
    let (folder, file) = beside.path().rsplit_once('/')?;
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending);
    let file = format!("no-such-document-0f3b9c.{ending}");
    let path = format!("{folder}/{}", file.trim_end_matches('.'));
    beside.set_path(&path);
    Some(beside.into())
}

/// Returns where the page says it stands, if that is on another host than the one it was read at. The provider's front page,
/// which some name there, is no status page.
pub(super) fn has_moved(subject: &Subject, found: &Discovered) -> Option<String> {
    let said = Url::parse(found.snapshot.page.url.as_deref()?).ok()?;
    let feed = Url::parse(&found.feed).ok()?;
    let page = Url::parse(&found.page).ok()?;
    let there = host(&said)?;
    let homepage = subject.homepage.as_deref().and_then(|homepage| Url::parse(homepage).ok());
    let known = [Some(feed), Some(page), homepage];
    let is_known = known.iter().flatten().any(|known| host(known).as_ref() == Some(&there));
    let is_web = matches!(said.scheme(), "http" | "https");
    (is_web && !is_known).then(|| said.into())
}

/// Whether what a page says of itself fits neither the provider's name nor its domains. A page that says nothing, or of whose
/// owner nothing is known, is not suspected.
pub(super) fn is_of_somebody_else(subject: &Subject, page: &Page) -> bool {
    if subject.name.is_none() && subject.homepage.is_none() {
        return false;
    }
    let homepage = subject.homepage.as_deref().and_then(domain_of);
    let own = domain_of(&subject.page);
    if homepage.is_some() && own == homepage {
        // Whoever holds the domain decides what stands there.
        return false;
    }
    if page.name.is_none() && page.url.is_none() {
        return false;
    }
    let said = page.url.as_deref().and_then(domain_of).filter(|domain| !VENDORS.contains(&domain.as_str()));
    if said.is_some() && said == homepage {
        return false;
    }
    let expected = [subject.name.as_deref(), homepage.as_deref().map(label)];
    let fits = |name: &str, said: &str| is_like(name, said) || shares_word(name, said);
    let is_like_one = |said: &str, fits: &dyn Fn(&str, &str) -> bool| {
        expected.iter().flatten().any(|name| fits(name, said))
    };
    if said.as_deref().is_some_and(|domain| is_like_one(label(domain), &fits)) {
        return false;
    }
    // A page that stands at a domain of its own, like none of ours, is ours only by the whole name: "Acme Discord Bot" is not.
    let is_elsewhere = said.is_some() && said != own;
    let named = page.name.as_deref();
    !named.is_some_and(|name| is_like_one(name, if is_elsewhere { &is_like } else { &fits }))
}

/// Whether one of the telling words of a name is among the words of what is said.
fn shares_word(name: &str, said: &str) -> bool {
    let (name, said) = (fold(name), fold(said));
    let is_telling = |word: &&str| {
        word.len() >= 3 && !EVERYWHERE.contains(word) && !TRADES.split(' ').any(|trade| trade == *word)
    };
    name.split(' ').filter(is_telling).any(|word| said.split(' ').any(|said| said == word))
}

/// Whether two names may be those of one: what tells them apart is the same, a slip of the pen aside.
fn is_like(name: &str, said: &str) -> bool {
    let (name, said) = (telling(name), telling(said));
    let most = name.len().min(said.len()) / 5;
    !name.is_empty() && distance(&name, &said, most).is_some()
}

/// Returns the letters of a name without the words that stand on every page: `acme` of `Acme Cloud Status`.
fn telling(name: &str) -> Vec<char> {
    let folded = fold(name);
    let words: Vec<&str> = folded.split(' ').filter(|word| !EVERYWHERE.contains(word)).collect();
    let squashed = if words.is_empty() { folded.replace(' ', "") } else { words.concat() };
    let bare = squashed.strip_suffix("status").filter(|bare| !bare.is_empty()).unwrap_or(&squashed);
    bare.chars().collect()
}

/// Returns the part of a domain that its holder chose: `acme` of `acme.co.uk`.
fn label(domain: &str) -> &str {
    domain.split('.').next().unwrap_or(domain)
}

/// Whether two addresses are on one host.
pub(super) fn is_same_host(one: &str, other: &str) -> bool {
    let host = |url: &str| Url::parse(url).ok().and_then(|url| host(&url));
    host(one).is_some() && host(one) == host(other)
}

/// Returns the host without `www.`.
fn host(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

/// Returns the domain that was given out to somebody: `acme.com` of `status.acme.com`, `acme.co.uk` likewise.
fn domain_of(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    let labels: Vec<&str> = host.split('.').collect();
    let is_national = labels.last().is_some_and(|top| top.len() == 2);
    let is_shared = labels.len() > 2 && is_national && SHARED_SECONDS.contains(&labels[labels.len() - 2]);
    let parts = if is_shared { 3 } else { 2 };
    Some(labels[labels.len().saturating_sub(parts)..].join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendors_own_site_is_told_from_its_customers_pages() {
        for (asked, reached, expected) in [
            ("https://acme.statuspage.io/", "https://www.statuspage.io/", true),
            ("https://status.acme.com/", "https://instatus.com/", true),
            ("https://acme.statuspage.io/", "https://status.acme.com/", false),
            ("https://www.statuspage.io/", "https://statuspage.io/", false),
            ("https://acme.instatus.com/", "https://acme.instatus.com/x", false),
        ] {
            let url = |text: &str| Url::parse(text).unwrap();
            assert_eq!(is_vendors_own(&url(asked), &url(reached)), expected, "{asked} {reached}");
        }
    }

    /// A page with an address, looked for under a name and a homepage, says its own name and address.
    #[track_caller]
    fn check_is_of_somebody_else([page, name, homepage, said_name, said_url]: [&str; 5], expected: bool) {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let subject =
            Subject { name: given(name), homepage: given(homepage), ..Subject::page(page.to_owned()) };
        let page = Page { name: given(said_name), url: given(said_url), ..Page::default() };
        assert_eq!(is_of_somebody_else(&subject, &page), expected, "{subject:?} {page:?}");
    }

    #[test]
    fn one_telling_word_is_enough_on_a_page_without_a_domain_of_its_own() {
        for (page, name, homepage, said_name, said_url, expected) in [
            ("https://stat.us/kuma", "Tee Kuma", "", "Kuma Dashboard", "", false),
            ("https://acme.statuspage.io", "Acme (formerly Zeta)", "", "Zeta Payments EU", "", false),
            ("https://acme.statuspage.io", "Acme", "https://zeta-pay.com", "Zeta", "", false),
            ("https://acme.statuspage.io", "Acme Hosting", "", "Other Hosting", "", true),
            ("https://acme.statuspage.io", "Acme", "https://acme.com", "Pay", "https://s.acme-pay.eu", false),
            ("https://stat.us/kuma", "Tee Kuma", "", "Dashboard", "", true),
        ] {
            check_is_of_somebody_else([page, name, homepage, said_name, said_url], expected);
        }
    }

    #[test]
    fn pages_are_told_apart_by_name_and_domain() {
        for (page, name, homepage, said_name, said_url, expected) in [
            // The trap: a Discord bot has the name that a payments company would have.
            (
                "https://circle.statuspage.io",
                "Circle",
                "https://circle.com",
                "Circle Discord Bot",
                "https://circlebot.gg",
                true,
            ),
            ("https://acme.statuspage.io", "Acme", "https://acme.com", "Acme", "", false),
            (
                "https://acme.statuspage.io",
                "Acme Cloud",
                "",
                "Acme Cloud Status",
                "https://acme.statuspage.io",
                false,
            ),
            (
                "https://acme.statuspage.io",
                "Acme",
                "https://acme.com",
                "Operations",
                "https://status.acme.com",
                false,
            ),
            ("https://status.acme.com", "Acme", "https://acme.com", "Our friends", "https://other.io", false),
            ("https://status.acme.co.uk", "Acme", "https://www.acme.co.uk", "Whatever", "", false),
            (
                "https://acmestatus.com",
                "Acme",
                "https://acme.com",
                "GitHub",
                "https://www.githubstatus.com",
                true,
            ),
            (
                "https://www.githubstatus.com",
                "GitHub",
                "https://github.com",
                "GitHub",
                "https://www.githubstatus.com",
                false,
            ),
            ("https://acmestatus.com", "Acme", "", "", "", false),
            ("https://acmestatus.com", "", "", "Anybody", "https://anybody.io", false),
        ] {
            check_is_of_somebody_else([page, name, homepage, said_name, said_url], expected);
        }
    }

    #[test]
    fn a_path_that_cannot_exist_is_of_the_same_kind() {
        for (url, expected) in [
            (
                "https://s.example/api/v2/summary.json?x=1",
                "https://s.example/api/v2/no-such-document-0f3b9c.json",
            ),
            ("https://s.example/feed", "https://s.example/no-such-document-0f3b9c"),
            ("https://s.example", "https://s.example/no-such-document-0f3b9c"),
        ] {
            assert_eq!(nonsense_beside(url).as_deref(), Some(expected));
        }
    }
}
