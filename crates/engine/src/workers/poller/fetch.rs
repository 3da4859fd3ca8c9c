//! Reads one source: its main document, what completes it, and the longer lists when they are needed.

use std::time::Duration;

use domain::{
    Platform,
    knowledge::Absence,
    provider::Provider,
    snapshot::{Reading, Snapshot},
};
use formats::feed::{self, Companion, Need};
use jiff::Timestamp;
use outbound::{Limits, Request, Response};
use sha2::{Digest, Sha256};
use store::{providers, providers::Claim, providers::Validators};

use super::find;
use crate::{commands::Polled, discover::Miss, error::CommandError, shell::Shell};

/// Parts of one document that are read at most.
const MOST_PARTS: usize = 20;

/// What a poll brought home.
pub(super) struct Fetched {
    pub(super) polled: Polled,
    pub(super) http_status: Option<u16>,
    /// The documents that were read, the main one first.
    pub(super) bodies: Vec<Vec<u8>>,
    /// Whether the host gave an answer of any kind.
    pub(super) has_answered: bool,
}

impl Fetched {
    pub(super) fn failed(reason: String, http_status: Option<u16>, asked: Option<Duration>) -> Self {
        let polled = Polled::Failed { reason, asked, is_refused: false, moved: None };
        Self { polled, http_status, bodies: Vec::new(), has_answered: http_status.is_some() }
    }

    fn unchanged(http_status: u16) -> Self {
        let http_status = Some(http_status);
        Self { polled: Polled::Unchanged, http_status, bodies: Vec::new(), has_answered: true }
    }
}

/// A page while it is being read.
struct Page<'a> {
    shell: &'a Shell,
    provider: &'a Provider,
    at: Timestamp,
    bodies: Vec<Vec<u8>>,
}

/// Where a source is read, and what its document is taken for.
struct Place {
    feed: String,
    platform: Option<Platform>,
    /// What to send along.
    validators: Validators,
    /// Whether the same bytes mean the same as at the last reading.
    is_fixed: bool,
    /// Whether the page is one document.
    is_alone: bool,
}

/// Reads a source.
pub(super) async fn fetch(
    shell: &Shell,
    provider: &Provider,
    claim: &Claim,
) -> Result<Fetched, CommandError> {
    let at = shell.clock.now();
    let is_history_due = claim.source.history_due_at.is_some_and(|due| due <= at);
    let spot = match locate(shell, provider, claim, is_history_due).await {
        Ok(spot) => spot,
        Err(miss) => return Ok(find::not_found(miss)),
    };
    let request = if spot.is_fixed && spot.is_alone {
        conditional(&spot.feed, &spot.validators)
    } else {
        plain(&spot.feed)
    };
    let response = match shell.outbound.fetch(request).await {
        Ok(response) => response,
        Err(error) => return Ok(Fetched::failed(error.to_string(), None, None)),
    };
    let status = response.status;
    let is_same = |bodies: &[Vec<u8>]| {
        spot.is_fixed
            && claim.is_known
            && spot.validators.body_hash.as_deref() == Some(hash(bodies).as_slice())
    };
    let is_known_body = spot.is_alone && status == 200 && is_same(&[response.body.to_vec()]);
    if status == 304 && claim.is_known || is_known_body {
        return Ok(Fetched::unchanged(status));
    }
    let (asked, floor, mut validators) =
        (response.retry_after(at), freshness(&response), sent_along(&response));
    let mut page = Page { shell, provider, at, bodies: Vec::new() };
    let snapshot = match page.whole(&spot.feed, response, spot.platform).await {
        Ok(snapshot) => snapshot,
        Err(reason) => {
            // Where the main document was understood, the page is where it was.
            let is_another = page.bodies.is_empty() && find::is_of_another_page(status);
            let moved = match is_another {
                true => find::elsewhere(shell, provider, claim, &spot.feed, spot.platform).await,
                false => None,
            };
            let polled = Polled::Failed { reason, asked, is_refused: is_another, moved };
            return Ok(Fetched { polled, http_status: Some(status), bodies: Vec::new(), has_answered: true });
        }
    };
    if is_same(&page.bodies) {
        return Ok(Fetched::unchanged(status));
    }
    validators.body_hash = Some(hash(&page.bodies));
    (validators.platform, validators.feed) = (Some(snapshot.platform), spot.validators.feed);
    let id = claim.id;
    let stored = shell.read(move |tx| Ok(providers::get(tx, id)?)).await?;
    let knowledge = stored.map(|stored| stored.knowledge).unwrap_or_default();
    let has_history = is_history_due || knowledge.needs_companions(&snapshot);
    let (snapshot, absence) = if has_history {
        page.with_history(&spot.feed, snapshot, knowledge.first_read_at.is_none()).await
    } else {
        (snapshot, Absence::Confirmed)
    };
    let polled = Polled::Read { snapshot: Box::new(snapshot), validators, absence, floor, has_history };
    Ok(Fetched { polled, http_status: Some(status), bodies: page.bodies, has_answered: true })
}

/// Returns where a source is to be read; where nobody has said so yet, it is found from the page.
async fn locate(
    shell: &Shell,
    provider: &Provider,
    claim: &Claim,
    is_history_due: bool,
) -> Result<Place, Miss> {
    let mut validators = claim.validators.clone();
    if validators.feed.is_none() && provider.feed.is_none() {
        let found = find::feed(shell, provider).await?;
        (validators.platform, validators.feed) = (Some(found.platform), Some(found.feed));
    }
    let feed = validators.feed.clone().unwrap_or_else(|| provider.address().to_owned());
    let platform = validators.platform.or(provider.platform);
    let is_fixed = platform.is_some_and(|platform| !feed::depends_on_time(platform)) && !is_history_due;
    let is_alone = platform.is_some_and(|platform| each_time(platform, &feed).is_empty());
    Ok(Place { feed, platform, validators, is_fixed, is_alone })
}

impl Page<'_> {
    /// Reads the main document, its further parts, and what the page can't be judged without.
    async fn whole(
        &mut self,
        feed: &str,
        response: Response,
        platform: Option<Platform>,
    ) -> Result<Snapshot, String> {
        let mut snapshot = self.understand(feed, &response, platform)?;
        let platform = snapshot.platform;
        snapshot = self.with_parts(feed, response, snapshot).await?;
        for Companion { url, need } in each_time(platform, feed) {
            match self.read(&url, platform).await {
                Ok((companion, response)) => {
                    let companion = self.with_parts(&url, response, companion).await?;
                    snapshot = snapshot.completed(companion);
                }
                Err(reason) if need == Need::State => return Err(format!("{reason} (of {})", place(&url))),
                Err(_) => {}
            }
        }
        Ok(snapshot)
    }

    /// Adds the further parts of a document that comes in parts. One that can't be read makes the whole unreadable: a page
    /// without its end would read as if what stands there were gone.
    async fn with_parts(
        &mut self,
        url: &str,
        first: Response,
        mut snapshot: Snapshot,
    ) -> Result<Snapshot, String> {
        let platform = snapshot.platform;
        let mut next = feed::next_part(&self.source(url, &first), platform);
        self.bodies.push(first.body.to_vec());
        for _ in 1..MOST_PARTS {
            let Some(part) = next.take().filter(|part| is_same_host(part, url)) else { return Ok(snapshot) };
            let (further, response) = self.read(&part, platform).await?;
            next = feed::next_part(&self.source(&part, &response), platform);
            self.bodies.push(response.body.to_vec());
            snapshot = snapshot.completed(further);
        }
        Err(format!("more than {MOST_PARTS} parts"))
    }

    /// Joins in what the longer lists of the page say. A list that can't be read leaves what is absent unconfirmed.
    /// At first contact (`is_first`) a page's log is better than no history.
    async fn with_history(
        &mut self,
        feed: &str,
        mut snapshot: Snapshot,
        is_first: bool,
    ) -> (Snapshot, Absence) {
        let platform = snapshot.platform;
        let mut absence = Absence::Confirmed;
        for Companion { url, need } in feed::companions(platform, feed) {
            let is_wanted = match need {
                Need::History => true,
                Need::Fallback => is_first && absence == Absence::Unconfirmed,
                Need::State | Need::Detail => false,
            };
            if !is_wanted {
                continue;
            }
            match self.read(&url, platform).await {
                Ok((list, response)) if list.page.id == snapshot.page.id || list.page.id.is_none() => {
                    snapshot = snapshot.joined(list);
                    self.bodies.push(response.body.to_vec());
                }
                Ok(_) | Err(_) => absence = Absence::Unconfirmed,
            }
        }
        (snapshot, absence)
    }

    async fn read(&self, url: &str, platform: Platform) -> Result<(Snapshot, Response), String> {
        let response = self.shell.outbound.fetch(plain(url)).await.map_err(|error| error.to_string())?;
        Ok((self.understand(url, &response, Some(platform))?, response))
    }

    fn understand(
        &self,
        url: &str,
        response: &Response,
        platform: Option<Platform>,
    ) -> Result<Snapshot, String> {
        match feed::read(&self.source(url, response), platform) {
            Reading::Fresh(snapshot) => Ok(*snapshot),
            Reading::Unreadable { reason } => Err(reason),
        }
    }

    /// A document under the address it was asked of: what to pick out of it stands in the fragment, which never travels.
    fn source<'s>(&'s self, url: &'s str, response: &'s Response) -> feed::Source<'s> {
        feed::Source {
            url: Some(url),
            content_type: response.header("content-type"),
            status: response.status,
            body: &response.body,
            at: self.at,
            selectors: self.provider.selectors.as_ref(),
        }
    }
}

/// The documents of a page that are read at every poll beside the main one.
fn each_time(platform: Platform, feed: &str) -> Vec<Companion> {
    let is_read_each_time = |companion: &Companion| matches!(companion.need, Need::State | Need::Detail);
    feed::companions(platform, feed).into_iter().filter(is_read_each_time).collect()
}

fn plain(url: &str) -> Request {
    let accepted = "application/json, application/atom+xml, application/rss+xml, text/html;q=0.5, */*;q=0.1";
    Request::get(url).limits(Limits::default()).header("accept", accepted)
}

fn conditional(url: &str, validators: &Validators) -> Request {
    let mut request = plain(url);
    if let Some(etag) = &validators.etag {
        request = request.header("if-none-match", etag);
    }
    if let Some(last_modified) = &validators.last_modified {
        request = request.header("if-modified-since", last_modified);
    }
    request
}

/// What the next request may be made conditional by.
fn sent_along(response: &Response) -> Validators {
    Validators {
        etag: response.header("etag").map(str::to_owned),
        last_modified: response.header("last-modified").map(str::to_owned),
        ..Validators::default()
    }
}

fn hash(bodies: &[Vec<u8>]) -> Vec<u8> {
    let mut hash = Sha256::new();
    bodies.iter().for_each(|body| hash.update(body));
    hash.finalize().to_vec()
}

/// How long the server says that its answer stays what it is (RFC 9111, section 5.2.2.1).
fn freshness(response: &Response) -> Duration {
    let directives = response.header("cache-control").unwrap_or_default().split(',');
    let seconds =
        directives.filter_map(|directive| directive.trim().strip_prefix("max-age=")?.parse().ok()).next();
    Duration::from_secs(seconds.unwrap_or_default())
}

fn is_same_host(one: &str, other: &str) -> bool {
    let origin = |url: &str| url::Url::parse(url).map(|url| url.origin()).ok();
    origin(one).is_some() && origin(one) == origin(other)
}

/// The path of a document, for a message.
fn place(url: &str) -> String {
    url::Url::parse(url).map(|url| url.path().to_owned()).unwrap_or_default()
}
