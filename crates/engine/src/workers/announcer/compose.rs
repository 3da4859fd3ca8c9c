//! What a subscriber's message says, written in the transaction that claims it.

use std::{collections::HashMap, sync::Arc};

use domain::{NotificationId, OrgId, ProviderId, change::Change, setup::Setup, subscription::Subject};
use formats::messages::{Announcement, PageNews};
use render::view::{MailView, NewsKind, NewsView, ReaderView};
use store::{
    Scope, Tx, announcements, providers,
    providers::Stored,
    public_words,
    subscribers::{self, News, Subscriber},
};
use uuid::Uuid;

use crate::{
    announce::{self, page},
    commands::Ground,
    error::CommandError,
    shell::Shell,
};

/// A message that is ready to leave.
#[derive(Clone)]
pub(super) struct Ready {
    pub(super) id: String,
    pub(super) news: News,
    pub(super) subscriber: Subscriber,
    pub(super) message: Message,
}

/// What it says.
#[derive(Clone)]
pub(super) enum Message {
    /// Of a provider.
    Provider(Box<Announcement>),
    /// Of a page of ours.
    Page(Arc<NewsView>, ReaderView),
}

/// Which words stories are made of: the page's, for whom, the thing's, after and up to these positions.
type Told = (Uuid, bool, Uuid, i64, i64);

/// What many subscribers of one batch are told from.
#[derive(Default)]
pub(super) struct Facts {
    stored: HashMap<ProviderId, Arc<Stored>>,
    changes: HashMap<(ProviderId, i64, i64), Arc<Vec<Change>>>,
    setups: HashMap<OrgId, Option<Arc<Setup>>>,
    stories: HashMap<Told, Arc<Vec<page::Story>>>,
}

/// What came of writing a message.
pub(super) enum Written {
    /// It can leave.
    Ready(Box<Ready>),
    /// There is nothing that its reader wants, or may be told.
    Nothing,
    /// The configuration can't be read at the moment.
    Later,
}

/// Writes what a subscriber is owed.
pub(super) fn write(
    tx: &mut Tx<'_>,
    (shell, ground): (&Shell, &Ground),
    facts: &mut Facts,
    news: News,
) -> Result<Written, CommandError> {
    let Some(subscriber) = subscribers::get(tx, news.subscriber)? else { return Ok(Written::Nothing) };
    let manage_url = format!(
        "{}/subscriptions/{}",
        shell.identity.public_url,
        shell.key.subscription_token(subscriber.id)
    );
    let id = NotificationId::named(subscriber.id.0, &news.upto.to_string()).to_string();
    let message = match subscriber.subject {
        Subject::Provider(of) => {
            facts.of_provider(tx, shell, of, (&id, &subscriber, &news, manage_url))?.map(Message::Provider)
        }
        Subject::Page(org, _) => {
            let Some(setup) = facts.setup(tx, ground, org)? else { return Ok(Written::Later) };
            let stories = facts.stories(tx, (shell, &setup), &subscriber, &news)?;
            let wanted = stories.iter().find(|story| subscriber.choice.wants(&story.topic));
            let (language, possible_duplicate) = (subscriber.language, news.may_have_arrived);
            let reader = ReaderView { language, manage_url, possible_duplicate };
            wanted.map(|story| Message::Page(Arc::new(story.view.spoken(language)), reader))
        }
    };
    let Some(message) = message else { return Ok(Written::Nothing) };
    Ok(Written::Ready(Box::new(Ready { id, news, subscriber, message })))
}

impl Facts {
    fn of_provider(
        &mut self,
        tx: &mut Tx<'_>,
        shell: &Shell,
        of: ProviderId,
        (id, subscriber, news, manage_url): (&str, &Subscriber, &News, String),
    ) -> Result<Option<Box<Announcement>>, CommandError> {
        let Some(provider) = shell.catalog.get(of) else { return Ok(None) };
        let Some(stored) = self.stored(tx, of)? else { return Ok(None) };
        let changes = self.changes(tx, of, news)?;
        let url = &shell.identity.public_url;
        let (items, more) = announce::items(&provider, &stored.knowledge, &changes, &subscriber.choice, url);
        if items.is_empty() {
            return Ok(None);
        }
        Ok(Some(Box::new(Announcement {
            id: id.to_owned(),
            provider: provider.slug.clone(),
            provider_name: provider.name.clone(),
            items,
            more,
            page_url: format!("{url}{}", provider.path()),
            manage_url,
            possible_duplicate: news.may_have_arrived,
        })))
    }

    fn setup(
        &mut self,
        tx: &mut Tx<'_>,
        ground: &Ground,
        org: OrgId,
    ) -> Result<Option<Arc<Setup>>, CommandError> {
        if let Some(known) = self.setups.get(&org) {
            return Ok(known.clone());
        }
        let setup = ground.setups.readable(&mut Scope::new(tx, org))?;
        self.setups.insert(org, setup.clone());
        Ok(setup)
    }

    fn stories(
        &mut self,
        tx: &mut Tx<'_>,
        (shell, setup): (&Shell, &Setup),
        subscriber: &Subscriber,
        news: &News,
    ) -> Result<Arc<Vec<page::Story>>, CommandError> {
        let (of, is_added) = (subscriber.subject, subscriber.is_added);
        let key = (of.id(), is_added, news.thing, news.from, news.upto);
        if let Some(known) = self.stories.get(&key) {
            return Ok(Arc::clone(known));
        }
        let stories = match page::page_for(setup, of, is_added) {
            Some(shown) => {
                let words = public_words::list_on(tx, shown.id, news.thing, (news.from, news.upto))?;
                page::stories(tx, setup, shown, &words, &shell.identity.public_url)?
            }
            None => Vec::new(),
        };
        let stories = Arc::new(stories);
        self.stories.insert(key, Arc::clone(&stories));
        Ok(stories)
    }

    fn stored(&mut self, tx: &mut Tx<'_>, id: ProviderId) -> Result<Option<Arc<Stored>>, CommandError> {
        if let Some(stored) = self.stored.get(&id) {
            return Ok(Some(Arc::clone(stored)));
        }
        let stored = providers::get(tx, id)?.map(Arc::new);
        self.stored.extend(stored.iter().map(|stored| (id, Arc::clone(stored))));
        Ok(stored)
    }

    fn changes(
        &mut self,
        tx: &mut Tx<'_>,
        id: ProviderId,
        news: &News,
    ) -> Result<Arc<Vec<Change>>, CommandError> {
        let key = (id, news.from, news.upto);
        if let Some(changes) = self.changes.get(&key) {
            return Ok(Arc::clone(changes));
        }
        let changes = Arc::new(announcements::list_changes(tx, id, news.from, news.upto)?);
        self.changes.insert(key, Arc::clone(&changes));
        Ok(changes)
    }
}

/// Returns news of a page in the form that machines and chats are told in; `mail` is the same as a mail.
pub(super) fn page_news<'a>(
    id: &'a str,
    of: &'a NewsView,
    reader: &'a ReaderView,
    (headline, manage): (&'a str, &'a str),
) -> PageNews<'a> {
    PageNews {
        id,
        event: of.event,
        page: &of.page,
        page_title: &of.page_title,
        page_url: &of.page_url,
        kind: match of.kind {
            NewsKind::Incident | NewsKind::Postmortem => "incident",
            NewsKind::Maintenance => "maintenance",
        },
        thing: &of.thing,
        title: &of.title.text,
        status: &of.word,
        impact: of.impact,
        components: &of.components,
        planned: of.planned,
        hours_ahead: of.hours_ahead,
        said: of.said.as_ref().map(|said| &*said.text),
        at: of.at,
        url: &of.url,
        manage_url: &reader.manage_url,
        possible_duplicate: reader.possible_duplicate,
        headline,
        manage,
    }
}

/// Returns the headers by which mail programs put the mails about one incident together, know them as a list's, and offer to
/// leave it (RFC 2919, RFC 8058). `thread` is the same in every mail to one subscriber about one thing.
pub(super) fn headers(manage_url: &str, list: &str, thread: Option<&str>) -> Vec<(String, String)> {
    let header = |name: &str, value: String| (name.to_owned(), value);
    let mut headers = vec![
        header("List-Unsubscribe", format!("<{manage_url}/unsubscribe>")),
        header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        header("List-Id", format!("<{list}>")),
    ];
    if let Some(thread) = thread {
        headers.push(header("In-Reply-To", format!("<{thread}>")));
        headers.push(header("References", format!("<{thread}>")));
    }
    headers
}

/// A mail as its three parts.
pub(super) type Parts = MailView;
