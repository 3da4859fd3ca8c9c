//! What a form for alerts says, against what there is to choose.

use domain::{
    Impact, Language,
    knowledge::Knowledge,
    setup::{Setup, StatusPage},
    subscription::{Choice, Target},
};
use render::view::{ChoiceView, ComponentChoice, FormTrouble};
use uuid::Uuid;

/// What there is to choose.
pub(super) struct Offer {
    pub(super) components: Vec<ComponentChoice>,
    /// Whether post-mortems are a choice of their own, and Slack a place.
    pub(super) is_page: bool,
    /// The id and the title of the one incident or work that it is about.
    pub(super) only: Option<(Uuid, String)>,
    /// The languages in which messages can be written, that of the page first.
    pub(super) languages: Vec<Language>,
    /// The one that is chosen.
    pub(super) language: Language,
}

impl Offer {
    /// What a provider has.
    pub(super) fn of_provider(knowledge: &Knowledge) -> Self {
        let component = |known: &domain::knowledge::KnownComponent| ComponentChoice {
            id: known.component.id.clone(),
            name: known.component.name.clone(),
            group: known.component.group.clone(),
            is_chosen: false,
        };
        Self {
            components: knowledge.components.iter().map(component).collect(),
            is_page: false,
            only: None,
            languages: Vec::new(),
            language: Language::English,
        }
    }

    /// What a page of ours has.
    pub(super) fn of_page(setup: &Setup, page: &StatusPage) -> Self {
        let mut components = Vec::new();
        for group in &page.groups {
            let services = group.services.iter().filter_map(|id| setup.service(*id));
            components.extend(services.map(|service| ComponentChoice {
                id: service.slug.clone(),
                name: page.name_of(service).to_owned(),
                group: Some(group.name.clone()).filter(|name| !name.is_empty()),
                is_chosen: false,
            }));
        }
        let languages = std::iter::once(page.language).chain(page.other_languages.iter().copied());
        Self {
            components,
            is_page: true,
            only: None,
            languages: languages.collect(),
            language: page.language,
        }
    }

    /// Speaks this language, if it can.
    pub(super) fn speak(&mut self, tag: &str) {
        let known = self.languages.iter().find(|language| language.tag() == tag);
        self.language = known.copied().unwrap_or(self.language);
    }
}

/// A form as it was sent, or is to be shown.
pub(super) struct Form {
    pub(super) shown: ChoiceView,
    pub(super) email: String,
    pub(super) url: String,
    pub(super) slack: Option<String>,
    only: Option<Uuid>,
    /// Whether only some components were asked for.
    is_some: bool,
}

impl Form {
    /// The form for somebody new.
    pub(super) fn fresh(offer: Offer) -> Self {
        Self::of(offer, &Choice::all())
    }

    /// The form with what somebody has chosen.
    pub(super) fn of(mut offer: Offer, choice: &Choice) -> Self {
        for component in &mut offer.components {
            component.is_chosen = choice.components.contains(&component.id);
        }
        Self {
            only: offer.only.as_ref().map(|(id, _)| *id),
            slack: offer.is_page.then(String::new),
            shown: ChoiceView {
                components: offer.components,
                least: choice.least,
                incidents: choice.incidents,
                maintenances: choice.maintenances,
                postmortems: offer.is_page.then_some(choice.postmortems),
                only: offer.only.map(|(id, title)| (id.to_string(), title)),
                languages: if offer.languages.len() > 1 { offer.languages } else { Vec::new() },
                language: offer.language,
            },
            email: String::new(),
            url: String::new(),
            is_some: !choice.components.is_empty(),
        }
    }

    /// The form as it was sent. Components that there are not, and words that no field has, are left out.
    pub(super) fn sent(mut offer: Offer, fields: &[(String, String)]) -> Self {
        let one = |name: &str| one(fields, name);
        let is_some = one("scope") == "some" && offer.only.is_none();
        let all = fields.iter().filter(|(field, _)| is_some && field == "component");
        let choice = match offer.only {
            Some((id, _)) => Choice { only: Some(id), ..Choice::all() },
            None => Choice {
                components: all.map(|(_, value)| value.clone()).collect(),
                least: Impact::from_word(&one("least")).unwrap_or(Impact::None),
                incidents: one("incidents") == "yes",
                maintenances: one("maintenances") == "yes",
                postmortems: one("postmortems") == "yes",
                only: None,
            },
        };
        offer.speak(&one("language"));
        let form = Self::of(offer, &choice);
        let slack = form.slack.is_some().then(|| one("slack"));
        Self { email: one("email"), url: one("url"), slack, is_some, ..form }
    }

    /// Returns where alerts are to go, or what is wrong with it.
    pub(super) fn target(&self, has_mail: bool) -> Result<Target, FormTrouble> {
        let slack = self.slack.as_deref().unwrap_or_default();
        match (self.email.trim(), self.url.trim(), slack.trim()) {
            ("", "", "") => Err(FormTrouble::Nowhere),
            ("", url, "") => Target::webhook(url).ok_or(FormTrouble::NoWebhook),
            ("", "", slack) => Target::slack(slack).ok_or(FormTrouble::NoSlack),
            (_, "", "") if !has_mail => Err(FormTrouble::NoMail),
            (email, "", "") => Target::email(email).ok_or(FormTrouble::NoMailbox),
            (_, _, _) => Err(FormTrouble::SeveralPlaces),
        }
    }

    /// Returns what is wrong with the choice.
    pub(super) fn trouble(&self) -> Option<FormTrouble> {
        if self.only.is_some() {
            return None;
        }
        let kinds =
            [self.shown.incidents, self.shown.maintenances, self.shown.postmortems.unwrap_or_default()];
        if !kinds.contains(&true) {
            return Some(FormTrouble::Nothing);
        }
        let is_none = !self.shown.components.iter().any(|component| component.is_chosen);
        (self.is_some && is_none).then_some(FormTrouble::NoComponent)
    }

    /// Returns the choice.
    pub(super) fn choice(&self) -> Choice {
        let chosen = self.shown.components.iter().filter(|component| component.is_chosen);
        Choice {
            components: chosen.map(|component| component.id.clone()).collect(),
            least: self.shown.least,
            incidents: self.shown.incidents,
            maintenances: self.shown.maintenances,
            postmortems: self.shown.postmortems.unwrap_or(self.shown.incidents),
            only: self.only,
        }
    }
}

/// Returns the first value of a field.
pub(super) fn one(fields: &[(String, String)], name: &str) -> String {
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone()).unwrap_or_default()
}
