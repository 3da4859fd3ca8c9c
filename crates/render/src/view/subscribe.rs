//! What somebody outside may be shown when they ask for alerts.

use domain::{Impact, Language};

/// The provider that alerts are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Its name.
    pub name: String,
    /// The path of its page.
    pub path: String,
    /// The category it is listed under.
    pub category: String,
    /// The category's path.
    pub category_path: String,
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
