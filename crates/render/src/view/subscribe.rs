//! What somebody outside may be shown when they ask for alerts.

use domain::{Impact, Language};

/// What alerts are about: a provider, or a status page of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Its name.
    pub name: String,
    /// The path of its page.
    pub path: String,
    /// The name and the path of the category that a provider is listed under; `None` for a page of ours.
    pub category: Option<(String, String)>,
    /// The address of this installation, without a trailing slash.
    pub public_url: String,
    /// The language to speak.
    pub language: Language,
}

/// A choice of what to be told, as a form shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceView {
    /// The components there are, in the provider's order.
    pub components: Vec<ComponentChoice>,
    /// The least impact of trouble that is told.
    pub least: Impact,
    /// Whether trouble is told.
    pub incidents: bool,
    /// Whether announced work is told.
    pub maintenances: bool,
    /// Whether post-mortems are told; `None` where they are no choice of their own.
    pub postmortems: Option<bool>,
    /// The id and the title of the one incident or work that is asked for; then there is no other choice.
    pub only: Option<(String, String)>,
    /// The languages to choose from; empty where there is one.
    pub languages: Vec<Language>,
    /// The chosen one.
    pub language: Language,
}

/// A component that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentChoice {
    /// Opaque.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The heading it stands under.
    pub group: Option<String>,
    /// Whether it is chosen; with none chosen the whole page is.
    pub is_chosen: bool,
}

/// The form by which somebody asks for alerts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscribeView {
    /// About whom.
    pub about: About,
    /// What is chosen.
    pub choice: ChoiceView,
    /// The mailbox that was typed.
    pub email: String,
    /// The webhook that was typed.
    pub url: String,
    /// The address of Slack that was typed; `None` where it is not offered.
    pub slack: Option<String>,
    /// Whether this installation can send mail.
    pub has_mail: bool,
    /// Why the form is shown again.
    pub trouble: Option<String>,
}

/// What a subscriber can do by their link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionView {
    /// About whom.
    pub about: About,
    /// Where alerts go: whoever has the link has the address.
    pub address: String,
    /// What is chosen.
    pub choice: ChoiceView,
    /// What signs posts to a webhook.
    pub secret: Option<String>,
    /// The path that leaving is sent to.
    pub leave_path: String,
    /// Whether a change has just been kept.
    pub is_saved: bool,
}

/// A question with one button, or a word without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteView {
    /// About whom, where that is known.
    pub about: Option<About>,
    /// The heading.
    pub heading: String,
    /// What it says.
    pub text: String,
    /// The button that sends the form to the page's own address: its words, and the word for what it does (`act`).
    pub button: Option<(&'static str, &'static str)>,
    /// A link to go on by: its words and its path.
    pub link: Option<(&'static str, String)>,
}

/// Why a form is shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormTrouble {
    /// It says no place.
    Nowhere,
    /// It says several.
    SeveralPlaces,
    /// The webhook is no address.
    NoWebhook,
    /// The address is none of Slack's.
    NoSlack,
    /// No mail can be sent here.
    NoMail,
    /// The mailbox is none.
    NoMailbox,
    /// No kind of news is chosen.
    Nothing,
    /// Some components were to be chosen, and none is.
    NoComponent,
}
