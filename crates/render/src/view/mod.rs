//! What may be drawn: public facts and nothing else. Whoever builds a view decides what is public; nothing below asks.

mod board;
mod directory;
mod incident;
mod news;
mod roster;
mod subscribe;

pub use board::{Board, Chrome, ComponentView, DayCell, Note, Place, Reason, Uptime, Voice};
pub use directory::{
    CategoryView, DirectoryView, FoundLine, FoundView, IncidentLine, ProviderLine, ProviderName, SharedView,
    Turn, TurnLine, Wanted,
};
pub use incident::{
    ActionView, ComponentRef, ComponentTurn, Edit, IncidentRef, IncidentView, MaintenanceView, OwnView,
    UpdateView, WaveView,
};
pub use news::{MailView, NewsKind, NewsView, QuestionView, ReaderView};
pub use roster::{CalendarView, EventView, GapsView, LoadView, RosterKind, RosterView, ShiftView};
pub use subscribe::{
    About, ChoiceView, ComponentChoice, FormTrouble, NoteView, SubscribeView, SubscriptionView,
};

use std::{collections::BTreeMap, time::Duration};

use domain::history::{Span, Trouble};
use domain::{Language, ProviderId, SourceHealth, Status};
use jiff::Timestamp;

/// The page of one provider in the directory.
#[derive(Clone, Debug, PartialEq)]
pub struct ProviderView {
    /// What it shares with a status page; `board.id` is the provider's slug, `board.title` its name.
    pub board: Board,
    /// The status of the whole as we judge it: from components, else from incidents, else from the claim.
    pub status: Status,
    /// When that status began; `None` where it isn't known.
    pub since: Option<Timestamp>,
    /// Whether it was so already when the page was first read, so that it began at an unknown time before `since`.
    pub since_is_first_reading: bool,
    /// What the provider itself says about the whole.
    pub claim: Option<Claim>,
    /// How well we can read it.
    pub source: Source,
    /// The one category it is listed under.
    pub category: String,
    /// The category's path, such as `/directory/e-commerce-marketplaces`.
    pub category_path: String,
    /// Who hosts the page, for readers: `Atlassian Statuspage`.
    pub platform: Option<String>,
    /// The provider's front page.
    pub homepage: Option<String>,
    /// The page people read.
    pub official_url: Option<String>,
    /// The machine-readable address we read.
    pub feed_url: Option<String>,
    /// Others in the category, in the order to show.
    pub siblings: Vec<ProviderLine>,
    /// Providers that it is known to run on.
    pub upstreams: Vec<ProviderLine>,
    /// Providers that are known to run on it.
    pub downstreams: Vec<ProviderLine>,
    /// How often it is read while all is quiet.
    pub interval: Duration,
    /// What a reader should know besides: what is probably behind its trouble, where its page has moved.
    pub notes: Vec<Note>,
}

/// A status page of ours.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusPageView {
    /// What it shares with a provider's page; `board.id` is the slug, `board.title` the heading. The components are our
    /// services and the verdict is the [`worst`](crate::worst) of them.
    pub board: Board,
    /// The languages in which it stands besides that of the board.
    pub other_languages: Vec<Language>,
    /// What each service was told to be over the last twelve months, in the order of the page.
    pub history: Vec<ServiceHistory>,
}

/// What readers were told of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceHistory {
    /// The slug of the service.
    pub id: String,
    /// The name that readers see.
    pub name: String,
    /// Spans in ascending order that don't overlap; what none covers is unknown.
    pub spans: Vec<Span>,
    /// When whose trouble was behind it.
    pub troubles: Vec<Trouble>,
    /// The names of those whose trouble it was.
    pub providers: BTreeMap<ProviderId, String>,
}

/// A provider's own claim about the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The claim, mapped.
    pub status: Status,
    /// The provider's headline.
    pub headline: Option<String>,
    /// The provider's word.
    pub raw: String,
}

/// How well we can read a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// In one word. While it is `unreadable` or `never_read`, every status is drawn as *no reading*.
    pub health: SourceHealth,
    /// The last reading we understood.
    pub last_read_at: Option<Timestamp>,
    /// Why it can't be read, in words for a person, such as `HTTP 503`.
    pub reason: Option<String>,
}
