//! What a line of an incident's timeline is called, wherever people read one. The ledger and the API keep the kind itself.

/// Returns what people call a kind of event. One that this version does not know is called by its own name.
#[must_use]
pub fn words(kind: &str) -> String {
    let words = match kind {
        "ack_expired" => "acknowledgement lapsed",
        "assignee_silent" => "not answered",
        "calm" => "trouble has ended for now",
        "contact_tested" => "contact tested",
        "covered" => "covered by announced work",
        "escalated" | "worsened" => "got worse",
        "escalated_now" => "next step called",
        "exhausted" => "nobody left to page",
        "failing" => "a contact fails",
        "flapped" => "trouble is back",
        "holder_gone" => "whoever had it is gone",
        "impact" => "services turned",
        "impact_added" | "impact_corrected" | "impact_removed" => "impact corrected",
        "joined" => "joined",
        "merged_in" => "merged into this",
        "newcomers" => "more people called",
        "policy_gone" => "policy gone",
        "policy_over" => "one policy over",
        "linked" | "unlinked" => "links",
        "postmortem_action" => "action to take",
        "postmortem_action_done" => "action done",
        "postmortem_action_due" => "action due",
        "postmortem_approved" => "post-mortem approved",
        "postmortem_drafted" => "post-mortem begun",
        "postmortem_edited" => "post-mortem edited",
        "postmortem_published" => "post-mortem published",
        "postmortem_returned" => "post-mortem sent back",
        "postmortem_submitted" => "post-mortem to review",
        "published" => "published",
        "reassigned" => "handed over",
        "released" => "no longer waiting",
        "reopened" => "opened again",
        "responder_added" => "help called",
        "silence_over" => "silence ended",
        "snooze_over" => "snooze ended",
        "spread" => "spread",
        "step" => "step taken",
        "step_empty" => "a step reached nobody",
        "step_passed_over" => "step passed over",
        "unacknowledged" => "taken back",
        "unconfirmed" => "arrival not confirmed",
        "undelivered" => "not delivered",
        "update" => "update written",
        "update_edited" => "update corrected",
        "update_removed" => "update removed",
        other => return other.replace('_', " "),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_that_of_a_machine() {
        for kind in ["opened", "escalated_now", "ack_expired", "step_passed_over", "something_new"] {
            assert!(!words(kind).contains('_'), "{kind}");
        }
        assert_eq!(
            (words("opened"), words("escalated_now")),
            ("opened".to_owned(), "next step called".to_owned())
        );
    }
}
