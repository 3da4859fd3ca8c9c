//! `catalog check`: what a page is today, and whether what is declared of it is right.

use std::{fmt::Write, process::ExitCode, sync::Arc};

use domain::{
    provider::{Provider, slug_of},
    snapshot::{Reading, Snapshot},
};
use engine::discover::{Asked, Discovered, Miss, Report, Subject, Verdict, discover, read_declared};
use outbound::Outbound;
use serde_json::{Value, json};
use url::Url;

use super::{
    super::{
        output::{print, print_json},
        runtime, take_cryptography,
    },
    find,
};
use crate::{args::Failure, config::Config, seams::SystemClock, table::table};

/// How a check is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// With addresses that have nothing, one after the other, in one line.
    Folded,
    /// With every request in a line.
    Whole,
    /// As JSON.
    Json,
}

/// What was asked about, what is declared of it, and what was seen.
struct Checked {
    page: String,
    provider: Option<Arc<Provider>>,
    /// What the declared feed answered, where one is declared.
    declared: Option<(Asked, Reading)>,
    /// What the page gave away; absent where there is no page to look at.
    report: Option<Report>,
}

/// What follows for the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Advice {
    /// What is declared is right.
    Agrees,
    /// What is declared can be read, and the page itself leads to nothing.
    Reads,
    /// These keys would be right.
    Change(Vec<(&'static str, String)>),
    /// These keys would be right, if a page of another name is the provider's.
    Doubtful(Vec<(&'static str, String)>),
    /// Nothing can be read, and nothing better was found.
    Nothing,
}

/// Checks a provider, or a page by its address.
pub(super) fn run(config: &Config, subject: &str, form: Form) -> Result<ExitCode, Failure> {
    let provider = match Url::parse(subject) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => of_page(config, &url),
        Ok(_) | Err(_) => Some(find(config, subject)?),
    };
    take_cryptography();
    let network = runtime::network(config)?;
    let is_own = provider.as_ref().is_some_and(|provider| config.providers().is_own(provider.id()));
    let checked = runtime()?.block_on(look(&*network, provider, is_own, subject));
    let advice = advice(&checked);
    match form {
        Form::Json => print_json(&json(&checked, &advice))?,
        Form::Whole | Form::Folded => print(&text(&checked, &advice, form == Form::Folded))?,
    }
    let is_well = match advice {
        Advice::Agrees | Advice::Reads => true,
        // Where no feed is declared, one that is found contradicts nothing.
        Advice::Change(_) => checked.declared.is_none(),
        Advice::Doubtful(_) | Advice::Nothing => false,
    };
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Returns the provider whose page stands on the host of an address.
fn of_page(config: &Config, page: &Url) -> Option<Arc<Provider>> {
    let stands_there = |provider: &&Arc<Provider>| {
        let own = provider.status_page.as_deref().and_then(|own| Url::parse(own).ok());
        own.is_some_and(|own| host(&own) == host(page) && own.port() == page.port())
    };
    config.providers().all().iter().find(stands_there).cloned()
}

fn host(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

async fn look(
    network: &dyn Outbound,
    provider: Option<Arc<Provider>>,
    is_own: bool,
    subject: &str,
) -> Checked {
    let declared = match &provider {
        Some(provider) => read_declared(network, &SystemClock, provider).await,
        None => None,
    };
    let page = match &provider {
        Some(provider) => provider.status_page.clone(),
        None => Some(subject.to_owned()),
    };
    let report = match &page {
        Some(page) => {
            let known = provider.as_ref().and_then(|provider| Subject::provider(provider, is_own));
            let subject = known.unwrap_or_else(|| Subject::page(page.clone()));
            Some(discover(network, &SystemClock, &subject).await)
        }
        None => None,
    };
    let page = page.unwrap_or_else(|| subject.to_owned());
    Checked { page, provider, declared, report }
}

/// Returns what follows: what can be read as it is declared is right, whatever else the page offers, unless the page has
/// moved away from there.
fn advice(checked: &Checked) -> Advice {
    let found = checked.found();
    let provider = checked.provider.as_deref();
    let reads = matches!(checked.declared, Some((_, Reading::Fresh(_))));
    let Some(found) = found else { return unfound(checked, reads) };
    let has_moved =
        provider.and_then(|provider| provider.status_page.as_deref()).is_some_and(|page| {
            match (Url::parse(page), Url::parse(&found.page)) {
                (Ok(old), Ok(new)) => host(&old) != host(&new),
                (_, _) => false,
            }
        });
    let as_declared = provider.is_some_and(|provider| provider.feed.as_deref() == Some(found.feed.as_str()));
    if reads && (as_declared || !has_moved) {
        return Advice::Agrees;
    }
    let mut keys = Vec::new();
    if provider.and_then(|provider| provider.platform) != Some(found.platform) {
        keys.push(("platform", found.platform.word().to_owned()));
    }
    if !as_declared {
        keys.push(("feed", found.feed.clone()));
    }
    if has_moved || provider.is_none() {
        keys.push(("status_page", found.page.clone()));
    }
    Advice::Change(keys)
}

/// Returns what follows where the page leads to nothing.
fn unfound(checked: &Checked, reads: bool) -> Advice {
    let doubted = match checked.report.as_ref().map(|report| &report.verdict) {
        Some(Verdict::NotFound(miss)) => miss.doubted.clone(),
        Some(Verdict::Found(_)) => None,
        None if reads => return Advice::Agrees,
        None => None,
    };
    match doubted {
        _ if reads => Advice::Reads,
        Some((platform, feed)) => {
            Advice::Doubtful(vec![("platform", platform.word().to_owned()), ("feed", feed)])
        }
        None => Advice::Nothing,
    }
}

impl Checked {
    fn found(&self) -> Option<&Discovered> {
        match &self.report.as_ref()?.verdict {
            Verdict::Found(found) => Some(found),
            Verdict::NotFound { .. } => None,
        }
    }

    /// Returns the lines of a configuration that would be right.
    fn lines(&self, keys: &[(&'static str, String)]) -> String {
        let mut lines = "[[provider]]\n".to_owned();
        let mut line = |key: &str, value: &str| {
            // Writing to a string can't fail.
            let _ = writeln!(lines, "{key} = {}", Value::from(value));
        };
        match &self.provider {
            Some(provider) => line("slug", &provider.slug),
            None => {
                let name = self.found().and_then(|found| found.page_name.clone());
                let name = name.or_else(|| Some(host(&Url::parse(&self.page).ok()?).to_owned()));
                let name = name.unwrap_or_default();
                line("slug", &slug_of(&name));
                line("name", &name);
                line("category", "Other");
            }
        }
        for (key, value) in keys {
            line(key, value);
        }
        lines
    }
}

/// Returns how much a document says: components, and incidents that are open.
fn counts(snapshot: &Snapshot) -> (usize, usize) {
    let open = snapshot.incidents.iter().filter(|incident| !incident.phase.is_over()).count();
    (snapshot.components.len(), open)
}

fn text(checked: &Checked, advice: &Advice, is_folded: bool) -> String {
    let mut text = String::new();
    let mut fact = |name: &str, fact: String| {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{name:<13}{fact}");
    };
    match &checked.provider {
        Some(provider) => fact("provider", format!("{} ({})", provider.name, provider.slug)),
        None => fact("provider", "none has this page".to_owned()),
    }
    fact("page", checked.page.clone());
    if let Some(provider) = &checked.provider {
        let platform = provider.platform.map_or("not declared", domain::Platform::word);
        fact("declared", format!("{platform}, {}", provider.feed.as_deref().unwrap_or("no feed")));
    }
    match &checked.declared {
        Some((_, Reading::Fresh(snapshot))) => fact("it says", said(snapshot)),
        Some((_, Reading::Unreadable { reason })) => {
            fact("it says", format!("nothing that can be read: {reason}"))
        }
        None => {}
    }
    match checked.report.as_ref().map(|report| &report.verdict) {
        Some(Verdict::Found(found)) => {
            let name = found.page_name.as_deref().unwrap_or("without a name");
            fact("found", format!("{}, {}, \"{name}\"", found.platform, found.feed));
            fact("it says", said(&found.snapshot));
            if let (Some(name), Some(provider)) = (&found.other_name, &checked.provider) {
                fact("warning", format!("the page calls itself \"{name}\", not \"{}\"", provider.name));
            }
        }
        Some(Verdict::NotFound(Miss { reason, .. })) => fact("found", format!("nothing: {reason}")),
        None => {}
    }
    let asked = checked.declared.iter().map(|(asked, _)| asked);
    let asked: Vec<_> = asked.chain(checked.report.iter().flat_map(|report| &report.asked)).collect();
    let rows = if is_folded { folded(&asked) } else { asked.into_iter().map(row).collect() };
    text += "\n";
    text += &table(["ASKED FOR", "STATUS", "BYTES", "KNOWN AS", "NOT TAKEN BECAUSE"], &rows);
    text += "\n";
    text += &conclusion(checked, advice);
    text
}

fn conclusion(checked: &Checked, advice: &Advice) -> String {
    match advice {
        Advice::Agrees => "what is declared is right\n".to_owned(),
        Advice::Reads => "what is declared can be read; the page itself leads to nothing\n".to_owned(),
        Advice::Change(keys) => format!("right would be\n\n{}", checked.lines(keys)),
        Advice::Doubtful(keys) => {
            format!("if that page is the provider's, declare\n\n{}", checked.lines(keys))
        }
        Advice::Nothing => "nothing can be read: declare `feed` and `platform`, or selectors\n".to_owned(),
    }
}

fn said(snapshot: &Snapshot) -> String {
    let (components, open) = counts(snapshot);
    let headline = snapshot.overall.as_ref().and_then(|overall| overall.headline.as_deref());
    let headline = headline.map(|headline| format!(", \"{headline}\"")).unwrap_or_default();
    let warnings = match snapshot.warnings.len() {
        0 => String::new(),
        count => format!(", {count} not understood"),
    };
    format!("{components} components, {open} open incidents{headline}{warnings}")
}

/// Returns the requests with those in one line that followed each other and were answered by a plain 404.
fn folded(asked: &[&Asked]) -> Vec<[String; 5]> {
    let is_plain = |asked: &Asked| {
        asked.status == Some(404) && asked.recognised.is_none() && asked.answered_by.is_none()
    };
    let mut rows = Vec::new();
    for run in asked.chunk_by(|one, next| is_plain(one) && is_plain(next)) {
        match run {
            [one] => rows.push(row(one)),
            several => {
                let [_, status, _, known, reason] = row(several[0]);
                let count = format!("{} addresses (--verbose lists them)", several.len());
                rows.push([count, status, "-".to_owned(), known, reason]);
            }
        }
    }
    rows
}

fn row(asked: &Asked) -> [String; 5] {
    let url = match &asked.answered_by {
        Some(other) => format!("{} -> {other}", asked.url),
        None => asked.url.clone(),
    };
    [
        url,
        asked.status.map_or_else(|| "-".to_owned(), |status| status.to_string()),
        asked.size_bytes.to_string(),
        asked.recognised.map_or("-", domain::Platform::word).to_owned(),
        asked.refused.clone().unwrap_or_default(),
    ]
}

fn json(checked: &Checked, advice: &Advice) -> Value {
    let declared = checked.provider.as_ref().map(|provider| {
        let reading = checked.declared.as_ref().map(|(_, reading)| match reading {
            Reading::Fresh(snapshot) => summary(snapshot),
            Reading::Unreadable { reason } => json!({ "health": "unreadable", "reason": reason }),
        });
        json!({
            "platform": provider.platform.map(domain::Platform::word),
            "feed": provider.feed,
            "reading": reading,
        })
    });
    let found = checked.found().map(|found| {
        json!({
            "platform": found.platform.word(),
            "feed": found.feed,
            "page": found.page,
            "page_name": found.page_name,
            "other_name": found.other_name,
            "reading": summary(&found.snapshot),
        })
    });
    let reason = checked.report.as_ref().and_then(|report| match &report.verdict {
        Verdict::Found(_) => None,
        Verdict::NotFound(miss) => Some(miss.reason.clone()),
    });
    let asked = checked.declared.iter().map(|(asked, _)| asked);
    let asked = asked.chain(checked.report.iter().flat_map(|report| &report.asked));
    let change = match advice {
        Advice::Change(keys) | Advice::Doubtful(keys) => {
            Some(keys.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect::<Value>())
        }
        Advice::Agrees | Advice::Reads | Advice::Nothing => None,
    };
    json!({
        "page": checked.page,
        "provider": checked.provider.as_ref().map(|provider| &provider.slug),
        "declared": declared,
        "found": found,
        "reason": reason,
        "agrees": matches!(advice, Advice::Agrees | Advice::Reads),
        "change": change,
        "asked": asked.map(asked_json).collect::<Value>(),
    })
}

fn summary(snapshot: &Snapshot) -> Value {
    let (components, open) = counts(snapshot);
    json!({
        "health": "fresh",
        "platform": snapshot.platform.word(),
        "components": components,
        "open_incidents": open,
        "warnings": snapshot.warnings,
    })
}

fn asked_json(asked: &Asked) -> Value {
    json!({
        "url": asked.url,
        "answered_by": asked.answered_by,
        "status": asked.status,
        "size_bytes": asked.size_bytes,
        "recognised": asked.recognised.map(domain::Platform::word),
        "refused": asked.refused,
    })
}

#[cfg(test)]
mod tests {
    use domain::{
        Platform,
        snapshot::{Coverage, Page},
    };
    use engine::discover::Cause;

    use super::*;

    fn snapshot() -> Snapshot {
        Snapshot {
            platform: Platform::Statuspage,
            page: Page::default(),
            overall: None,
            components: Vec::new(),
            incidents: Vec::new(),
            maintenances: Vec::new(),
            warnings: Vec::new(),
            coverage: Coverage { components: true, open_incidents: true, open_maintenances: true },
        }
    }

    #[test]
    fn runs_of_plain_404_answers_are_one_line() {
        let asked = |url: &str, status| Asked {
            url: url.to_owned(),
            answered_by: None,
            status: Some(status),
            size_bytes: 9,
            recognised: None,
            refused: Some("HTTP status 404".to_owned()),
        };
        let elsewhere = Asked { answered_by: Some("https://b.example".to_owned()), ..asked("d", 404) };
        let all = [asked("a", 200), asked("b", 404), asked("c", 404), elsewhere, asked("e", 404)];
        let rows = folded(&all.iter().collect::<Vec<_>>());
        let first: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
        let several = "2 addresses (--verbose lists them)";
        assert_eq!(first, ["a", several, "d -> https://b.example", "e"]);
        assert_eq!(rows[1][1..], ["404", "-", "-", "HTTP status 404"]);
    }

    /// Returns what follows where this feed is declared and reads or not, and this is found.
    fn advised(feed: Option<&str>, reads: bool, found: Option<(&str, &str)>) -> Advice {
        advised_beside(feed, reads, found, None)
    }

    /// Likewise, where this document was taken for somebody else's.
    fn advised_beside(
        feed: Option<&str>,
        reads: bool,
        found: Option<(&str, &str)>,
        doubted: Option<(Platform, String)>,
    ) -> Advice {
        let mut provider = Provider::clone(&formats::catalog::builtin()[0]);
        provider.platform = Some(Platform::Statuspage);
        provider.status_page = Some("https://status.acme.example/".to_owned());
        provider.feed = feed.map(str::to_owned);
        let asked = || Asked {
            url: String::new(),
            answered_by: None,
            status: Some(200),
            size_bytes: 0,
            recognised: None,
            refused: None,
        };
        let reading = || match reads {
            true => Reading::Fresh(Box::new(snapshot())),
            false => Reading::Unreadable { reason: "broken".to_owned() },
        };
        let verdict = match found {
            Some((page, feed)) => Verdict::Found(Box::new(Discovered {
                platform: Platform::Statuspage,
                feed: feed.to_owned(),
                page: page.to_owned(),
                page_name: Some("Acme".to_owned()),
                other_name: None,
                snapshot: snapshot(),
            })),
            None => Verdict::NotFound(Miss { reason: "nothing".to_owned(), cause: Cause::Formless, doubted }),
        };
        advice(&Checked {
            page: "https://status.acme.example/".to_owned(),
            provider: Some(Arc::new(provider)),
            declared: feed.map(|_| (asked(), reading())),
            report: Some(Report { asked: vec![asked()], verdict }),
        })
    }

    #[test]
    fn what_reads_as_declared_is_right_unless_the_page_has_moved() {
        let (here, there) = ("https://status.acme.example/", "https://status.new.example/");
        let (own, other) = ("https://status.acme.example/a.json", "https://status.new.example/b.json");
        let change = |keys: &[(&'static str, &str)]| {
            Advice::Change(keys.iter().map(|(key, value)| (*key, (*value).to_owned())).collect())
        };
        assert_eq!(advised(Some(own), true, None), Advice::Reads);
        assert_eq!(advised(Some(own), true, Some((here, own))), Advice::Agrees);
        assert_eq!(advised(Some(own), true, Some((here, other))), Advice::Agrees);
        let moved = change(&[("feed", other), ("status_page", there)]);
        assert_eq!(advised(Some(own), true, Some((there, other))), moved);
        assert_eq!(advised(Some(own), false, Some((here, other))), change(&[("feed", other)]));
        assert_eq!(advised(None, false, Some((here, own))), change(&[("feed", own)]));
        assert_eq!(advised(Some(own), false, None), Advice::Nothing);
        assert_eq!(advised(None, false, None), Advice::Nothing);
        let doubted = Some((Platform::Statuspage, own.to_owned()));
        let keys = vec![("platform", "statuspage".to_owned()), ("feed", own.to_owned())];
        assert_eq!(advised_beside(None, false, None, doubted.clone()), Advice::Doubtful(keys));
        assert_eq!(advised_beside(Some(own), true, None, doubted), Advice::Reads);
    }
}
