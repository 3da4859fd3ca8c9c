//! Change events as JSON, one object on a line: section 4 of the contract, whose fields come first.

use domain::change::Change;
use serde::Serialize;

/// Returns a change of a provider as one line, without the line end.
#[must_use]
pub fn to_line(provider: &str, change: &Change) -> String {
    let line = ChangeJson {
        event: change.kind.word(),
        provider,
        id: &change.subject,
        from: change.from.as_deref(),
        to: change.to.as_deref(),
        at: change.at.to_string(),
        name: &change.name,
        update: change.update.as_deref(),
    };
    serde_json::to_string(&line).expect("a struct of strings always serializes")
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    event: &'static str,
    provider: &'a str,
    id: &'a str,
    from: Option<&'a str>,
    to: Option<&'a str>,
    at: String,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    update: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use domain::change::ChangeKind;

    use super::*;

    #[test]
    fn a_change_is_one_line_with_the_fields_of_the_contract() {
        let mut change = Change {
            kind: ChangeKind::ComponentChanged,
            subject: "9htynpnj43zw".to_owned(),
            name: "Checkout\n\"A\"".to_owned(),
            from: Some("operational".to_owned()),
            to: None,
            update: None,
            at: "2026-05-23T05:50:00.5Z".parse().unwrap(),
        };
        assert_eq!(
            to_line("commerce-layer", &change),
            r#"{"event":"component_changed","provider":"commerce-layer","id":"9htynpnj43zw","from":"operational","to":null,"at":"2026-05-23T05:50:00.5Z","name":"Checkout\n\"A\""}"#
        );
        change.update = Some("u1".to_owned());
        assert!(to_line("commerce-layer", &change).ends_with(r#","update":"u1"}"#));
    }
}
