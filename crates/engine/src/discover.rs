//! Finding out who hosts a status page and where its machine-readable form is, from nothing but its address.
//!
//! A status code proves nothing here: hosts answer any path with their front page, tenants that nobody has claimed show the
//! vendor's own page, and names that look right belong to somebody else. So a document counts only by its shape, only where
//! a path that can't exist does not give the same, and only where it speaks of whom was asked about. What was seen is all
//! reported, so that a person can follow the verdict. The page's word that it has moved is followed once; whatever is asked
//! passes the egress guard, and the number of requests and the time are bounded.

mod decide;

use std::{collections::HashSet, time::Duration};

use domain::{
    Platform,
    provider::Provider,
    snapshot::{Reading, Snapshot},
};
use formats::feed;
use jiff::Timestamp;
use outbound::{Limits, Outbound, Request, Response};
use url::Url;

use self::decide::{has_moved, is_of_somebody_else, is_same_host, is_vendors_own, nonsense_beside};
use crate::seams::Clock;

/// Requests for one page; the readers together know fewer places to look.
const MOST_REQUESTS: usize = 60;

/// From the first request to the last answer.
const MOST_TIME: Duration = Duration::from_secs(90);

/// What one document may cost: it is asked for once, and a host that is slower is no host to be read every minute.
const LIMITS: Limits = Limits { total: Duration::from_secs(10), max_bytes: 8 * 1024 * 1024, redirects: 3 };

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The address of the page that people read.
    pub page: String,
    /// The provider's name, where it is known: tells its page from another's.
    pub name: Option<String>,
    /// The provider's front page, likewise.
    pub homepage: Option<String>,
    /// Whether the operator says that this is the provider's page: then what stands on its host is, whatever it is called.
    pub is_own: bool,
}

impl Subject {
    /// Returns an address of whose owner nothing is known.
    #[must_use]
    pub fn page(page: String) -> Self {
        Self { page, name: None, homepage: None, is_own: false }
    }

    /// Returns the page of a provider, where one is known.
    #[must_use]
    pub fn provider(provider: &Provider, is_own: bool) -> Option<Self> {
        Some(Self {
            page: provider.status_page.clone()?,
            name: Some(provider.name.clone()),
            homepage: provider.homepage.clone(),
            is_own,
        })
    }
}

/// What was seen, and what follows from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Every request, in order.
    pub asked: Vec<Asked>,
    /// What follows.
    pub verdict: Verdict,
}

/// One request and what was made of its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The address that was asked for.
    pub url: String,
    /// The address that answered, where it is another one.
    pub answered_by: Option<String>,
    /// The HTTP status; `None` without an answer.
    pub status: Option<u16>,
    /// The body's size.
    pub size_bytes: usize,
    /// The platform whose document it is.
    pub recognised: Option<Platform>,
    /// Why it is not taken for the page's document.
    pub refused: Option<String>,
}

/// What follows from what was seen.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The page's machine-readable form.
    Found(Box<Discovered>),
    /// Nothing that can be trusted.
    NotFound(Miss),
}

/// Why nothing was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// In words for a person.
    pub reason: String,
    /// What that says about another look.
    pub cause: Cause,
    /// A document that can be read, and that was taken for somebody else's: who hosts it, and its address.
    pub doubted: Option<(Platform, String)>,
}

/// What stood in the way of finding something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The page's host gave no answer at all.
    Silent,
    /// The host answered, but not as it does when it is well, or not to every question.
    Unwell,
    /// The host answered, and no form is there.
    Formless,
}

/// The machine-readable form of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Discovered {
    /// Who hosts the page.
    pub platform: Platform,
    /// The address to read.
    pub feed: String,
    /// The page that people read, after redirects and moves.
    pub page: String,
    /// What the page calls itself.
    pub page_name: Option<String>,
    /// What the page calls itself, where that fits neither the provider's name nor its domains.
    pub other_name: Option<String>,
    /// What it said.
    pub snapshot: Snapshot,
}

/// Looks for the machine-readable form of a page.
pub async fn discover(outbound: &dyn Outbound, clock: &dyn Clock, subject: &Subject) -> Report {
    let mut search =
        Search { outbound, clock, began: clock.now(), subject, asked: Vec::new(), doubted: None };
    let first = search.page(&subject.page).await;
    let verdict = match first {
        Ok(found) => Verdict::Found(Box::new(search.followed(found).await)),
        Err(miss) => Verdict::NotFound(Miss { doubted: search.doubted, ..miss }),
    };
    Report { asked: search.asked, verdict }
}

/// Reads the feed that a provider declares, with the platform and the selectors that it declares; `None` where it has no feed.
pub async fn read_declared(
    outbound: &dyn Outbound,
    clock: &dyn Clock,
    provider: &Provider,
) -> Option<(Asked, Reading)> {
    let url = provider.feed.as_deref().or_else(|| {
        // A page that is read by selectors is its own feed.
        provider.selectors.as_ref().and(provider.status_page.as_deref())
    })?;
    let subject = Subject::page(url.to_owned());
    let mut search =
        Search { outbound, clock, began: clock.now(), subject: &subject, asked: Vec::new(), doubted: None };
    let reading = match search.ask(url).await {
        Ok(response) => {
            let source =
                feed::Source { selectors: provider.selectors.as_ref(), ..search.source(&response, url) };
            feed::read(&source, provider.platform)
        }
        Err(reason) => Reading::Unreadable { reason },
    };
    match &reading {
        Reading::Fresh(snapshot) => search.note(|asked| asked.recognised = Some(snapshot.platform)),
        Reading::Unreadable { reason } => drop(search.refuse(reason.clone())),
    }
    Some((search.asked.pop()?, reading))
}

/// A search under way.
struct Search<'a> {
    outbound: &'a dyn Outbound,
    clock: &'a dyn Clock,
    began: Timestamp,
    subject: &'a Subject,
    asked: Vec<Asked>,
    doubted: Option<(Platform, String)>,
}

impl Search<'_> {
    /// Looks for the form of the page at this address.
    async fn page(&mut self, address: &str) -> Result<Discovered, Miss> {
        let asked = Url::parse(address)
            .map_err(|error| Miss::formless(format!("{address} is no address: {error}")))?;
        let page =
            self.ask(address).await.map_err(|reason| Miss { reason, cause: Cause::Silent, doubted: None })?;
        let reached = Url::parse(&page.final_url).unwrap_or_else(|_| asked.clone());
        if is_vendors_own(&asked, &reached) {
            let reason = format!("{asked} leads to its vendor's own site: nobody has claimed it");
            return Err(Miss::formless(self.refuse(reason)));
        }
        for (platform, url) in self.candidates(&page, &reached) {
            if self.is_spent() {
                let reason =
                    format!("nothing was found in {} requests, and no more are made", self.asked.len());
                return Err(Miss { reason, cause: self.cause(&page, &reached), doubted: None });
            }
            let Ok(response) = self.ask(&url).await else { continue };
            match self.document(&url, platform, &response).await {
                Ok(snapshot) => return Ok(self.discovered(snapshot, response.final_url, &page.final_url)),
                Err(reason) => drop(self.refuse(reason)),
            }
        }
        Err(Miss { reason: self.nothing(&page), cause: self.cause(&page, &reached), doubted: None })
    }

    /// Returns where to look: first what the page itself gives away and where known platforms keep their documents, last
    /// the feeds that any page may have.
    fn candidates(&self, page: &Response, reached: &Url) -> Vec<(Platform, String)> {
        let mut all = feed::feeds_in_page(&self.source(page, &page.final_url));
        all.extend(feed::probes(reached.as_str()));
        all.sort_by_key(|(platform, _)| *platform == Platform::Feed);
        let mut seen = HashSet::new();
        all.retain(|(_, url)| seen.insert(url.clone()));
        all
    }

    /// Returns what a document says, or why it is not that of the page.
    async fn document(
        &mut self,
        url: &str,
        platform: Platform,
        response: &Response,
    ) -> Result<Snapshot, String> {
        let snapshot = self.read(url, platform, response)?;
        self.note(|asked| asked.recognised = Some(snapshot.platform));
        if let (Ok(asked), Ok(reached)) = (Url::parse(url), Url::parse(&response.final_url))
            && is_vendors_own(&asked, &reached)
        {
            return Err("it leads to its vendor's own site: nobody has claimed it".to_owned());
        }
        if is_of_somebody_else(self.subject, &snapshot.page) && !self.is_where_declared(&response.final_url) {
            let name = name_of(&snapshot);
            self.doubted.get_or_insert_with(|| (snapshot.platform, response.final_url.clone()));
            return Err(format!("it is the page of somebody else, \"{name}\""));
        }
        // Remembered before another request becomes the last one.
        let at = self.asked.len().saturating_sub(1);
        if self.answers_anything(url, &snapshot).await {
            let reason = "the host answers a path that can't exist with the same".to_owned();
            self.asked[at].refused = Some(reason.clone());
            return Err(reason);
        }
        Ok(snapshot)
    }

    /// Whether a document stands on the host that the operator names: no redirect, link or move led elsewhere.
    fn is_where_declared(&self, url: &str) -> bool {
        self.subject.is_own && is_same_host(&self.subject.page, url)
    }

    fn discovered(&self, snapshot: Snapshot, feed: String, page: &str) -> Discovered {
        let is_other = is_of_somebody_else(self.subject, &snapshot.page);
        Discovered {
            platform: snapshot.platform,
            feed,
            page: page.to_owned(),
            page_name: snapshot.page.name.clone(),
            other_name: is_other.then(|| name_of(&snapshot).to_owned()),
            snapshot,
        }
    }

    /// Whether a path that can't exist is answered with a document that says the same.
    async fn answers_anything(&mut self, url: &str, snapshot: &Snapshot) -> bool {
        let Some(nonsense) = nonsense_beside(url) else { return false };
        let Ok(response) = self.ask(&nonsense).await else { return false };
        let reading = self.read(&nonsense, snapshot.platform, &response);
        let is_same = reading.as_ref().is_ok_and(|other| other.page == snapshot.page);
        match reading {
            Ok(other) => self.note(|asked| asked.recognised = Some(other.platform)),
            Err(reason) => drop(self.refuse(reason)),
        }
        is_same
    }

    /// Follows a page's word that it stands elsewhere, once: what is found there counts, else what was found here.
    async fn followed(&mut self, found: Discovered) -> Discovered {
        let Some(elsewhere) = has_moved(self.subject, &found) else { return found };
        self.page(&elsewhere).await.unwrap_or(found)
    }

    fn read(&self, url: &str, platform: Platform, response: &Response) -> Result<Snapshot, String> {
        let source = self.source(response, url);
        // The shape decides; where it is too plain to tell, the place it was asked of.
        let by_shape = feed::read(&source, None);
        let reading = match by_shape {
            Reading::Fresh(_) => by_shape,
            Reading::Unreadable { .. } => feed::read(&source, Some(platform)),
        };
        match reading {
            Reading::Fresh(snapshot) => Ok(*snapshot),
            Reading::Unreadable { reason } => Err(reason),
        }
    }

    fn source<'r>(&self, response: &'r Response, url: &'r str) -> feed::Source<'r> {
        feed::Source {
            url: Some(url),
            content_type: response.header("content-type"),
            status: response.status,
            body: &response.body,
            at: self.began,
            selectors: None,
        }
    }

    /// Asks for a document and notes what came.
    async fn ask(&mut self, url: &str) -> Result<Response, String> {
        let accept = "application/json, application/xml;q=0.9, text/html;q=0.8, */*;q=0.1";
        let request = Request::get(url).limits(LIMITS).header("accept", accept);
        let answer = self.outbound.fetch(request).await;
        let mut asked = Asked {
            url: url.to_owned(),
            answered_by: None,
            status: None,
            size_bytes: 0,
            recognised: None,
            refused: None,
        };
        let answer = answer.map_err(|error| error.to_string());
        match &answer {
            Ok(response) => {
                asked.answered_by = Some(response.final_url.clone()).filter(|reached| reached != url);
                asked.status = Some(response.status);
                asked.size_bytes = response.body.len();
            }
            Err(reason) => asked.refused = Some(reason.clone()),
        }
        self.asked.push(asked);
        answer
    }

    fn note(&mut self, change: impl FnOnce(&mut Asked)) {
        if let Some(last) = self.asked.last_mut() {
            change(last);
        }
    }

    /// Notes why the last answer is not taken.
    fn refuse(&mut self, reason: String) -> String {
        self.note(|asked| asked.refused = asked.refused.take().or_else(|| Some(reason.clone())));
        reason
    }

    fn is_spent(&self) -> bool {
        let elapsed = Duration::try_from(self.clock.now().duration_since(self.began)).unwrap_or_default();
        self.asked.len() >= MOST_REQUESTS || elapsed >= MOST_TIME
    }

    /// Returns what stood in the way, where the page gave an answer: a host that is in trouble, or silent where its document
    /// would be, may have one.
    fn cause(&self, page: &Response, reached: &Url) -> Cause {
        let is_silent = |asked: &Asked| {
            let is_there = || Url::parse(&asked.url).is_ok_and(|url| url.host() == reached.host());
            asked.status.is_none_or(is_trouble) && is_there()
        };
        let is_unwell = is_trouble(page.status) || self.asked.iter().any(is_silent);
        if is_unwell { Cause::Unwell } else { Cause::Formless }
    }

    /// Returns why nothing was found, the most telling refusal first.
    fn nothing(&self, page: &Response) -> String {
        let recognised =
            self.asked.iter().find(|asked| asked.recognised.is_some() && asked.refused.is_some());
        if let Some(asked) = recognised {
            return format!("{}: {}", asked.url, asked.refused.as_deref().unwrap_or_default());
        }
        if !(200..300).contains(&page.status) {
            return format!("the page answers with HTTP status {}", page.status);
        }
        format!("none of {} addresses has a document of a known form", self.asked.len())
    }
}

impl Miss {
    pub(crate) fn formless(reason: String) -> Self {
        Self { reason, cause: Cause::Formless, doubted: None }
    }
}

/// Whether a status says that the host can't answer now, rather than what it has.
fn is_trouble(status: u16) -> bool {
    status == 429 || status >= 500
}

/// Returns what a page calls itself, else where it says it stands.
fn name_of(snapshot: &Snapshot) -> &str {
    snapshot.page.name.as_deref().or(snapshot.page.url.as_deref()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
