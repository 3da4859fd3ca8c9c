//! What a form for alerts says, against the components that there are.

use domain::{
    Impact,
    knowledge::Knowledge,
    subscription::{Choice, Target},
};
use render::view::{ChoiceView, ComponentChoice};

/// A form as it was sent, or is to be shown.
pub(super) struct Form {
    pub(super) shown: ChoiceView,
    pub(super) email: String,
    pub(super) url: String,
    /// Whether only some components were asked for.
    is_some: bool,
}

impl Form {
    /// The form for somebody new.
    pub(super) fn fresh(knowledge: &Knowledge) -> Self {
        let all = Choice { components: Vec::new(), least: Impact::None, incidents: true, maintenances: true };
        Self::of(knowledge, &all)
    }

    /// The form with what somebody has chosen.
    pub(super) fn of(knowledge: &Knowledge, choice: &Choice) -> Self {
        let component = |known: &domain::knowledge::KnownComponent| ComponentChoice {
            id: known.component.id.clone(),
            name: known.component.name.clone(),
            group: known.component.group.clone(),
            is_chosen: choice.components.contains(&known.component.id),
        };
        Self {
            shown: ChoiceView {
                components: knowledge.components.iter().map(component).collect(),
                least: choice.least,
                incidents: choice.incidents,
                maintenances: choice.maintenances,
            },
            email: String::new(),
            url: String::new(),
            is_some: !choice.components.is_empty(),
        }
    }

    /// The form as it was sent. Components that there are not, and words that no field has, are left out.
    pub(super) fn sent(knowledge: &Knowledge, fields: &[(String, String)]) -> Self {
        let all = |name: &str| -> Vec<String> {
            fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.clone()).collect()
        };
        let one = |name: &str| all(name).into_iter().next().unwrap_or_default();
        let is_some = one("scope") == "some";
        let choice = Choice {
            components: if is_some { all("component") } else { Vec::new() },
            least: Impact::from_word(&one("least")).unwrap_or(Impact::None),
            incidents: one("incidents") == "yes",
            maintenances: one("maintenances") == "yes",
        };
        Self { email: one("email"), url: one("url"), is_some, ..Self::of(knowledge, &choice) }
    }

    /// Returns where alerts are to go, or what is wrong with it.
    pub(super) fn target(&self, has_mail: bool) -> Result<Target, &'static str> {
        match (self.email.trim(), self.url.trim()) {
            ("", "") => Err("Say where alerts should go."),
            ("", url) => Target::webhook(url)
                .ok_or("The webhook must be a whole address, such as https://example.com/hook."),
            (_, "") if !has_mail => Err("Alerts by e-mail are not available here."),
            (email, "") => Target::email(email).ok_or("That is no e-mail address."),
            (_, _) => Err("Choose e-mail or a webhook, not both."),
        }
    }

    /// Returns what is wrong with the choice.
    pub(super) fn trouble(&self) -> Option<&'static str> {
        if !self.shown.incidents && !self.shown.maintenances {
            return Some("Choose incidents, planned work, or both.");
        }
        let is_none = !self.shown.components.iter().any(|component| component.is_chosen);
        (self.is_some && is_none).then_some("Choose at least one component, or the whole page.")
    }

    /// Returns the choice.
    pub(super) fn choice(&self) -> Choice {
        let chosen = self.shown.components.iter().filter(|component| component.is_chosen);
        Choice {
            components: chosen.map(|component| component.id.clone()).collect(),
            least: self.shown.least,
            incidents: self.shown.incidents,
            maintenances: self.shown.maintenances,
        }
    }
}
