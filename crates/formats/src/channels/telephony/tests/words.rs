//! What a call says.

use super::*;

#[test]
fn a_call_says_numbers_as_people_do() {
    let mut notice = page("Midwatch test: the code for phone of ana is 123456, 24 #7");
    (notice.notice, notice.ack_url) = (Notice::Notice, None);
    let said = script(&notice, Some("https://x".to_owned()));
    assert_eq!(said.keys, None);
    assert_eq!(
        said.words,
        "This is Midwatch. Midwatch test: the code for phone of ana is one two three four five six, twenty-four number seven."
    );
    assert_eq!(Script::last("You have #12.").words, "You have number twelve.");
    let mut page = page("Checkout: major outage at Commerce Layer");
    page.also = vec![facts(13, "API"), facts(14, "Mail")];
    assert_eq!(
        script(&page, Some("https://x".to_owned())).words,
        "This is Midwatch with a critical page. Checkout: major outage at Commerce Layer. This is incident twelve. There are \
         two more incidents. Press 4 to acknowledge, 6 to call the next person, 0 to hear this again."
    );
    page.incident.severity = Severity::Error;
    (page.also, page.delayed) = (Vec::new(), true);
    assert_eq!(
        script(&page, None).words,
        "This is Midwatch with an urgent page. Checkout: major outage at Commerce Layer. This is incident twelve. This call \
         is late. Open Midwatch to acknowledge."
    );
    page.notice = Notice::Resolved { at: Timestamp::UNIX_EPOCH };
    (page.ack_url, page.delayed) = (None, false);
    assert_eq!(
        script(&page, None).words,
        "This is Midwatch. Incident twelve is over. Checkout: major outage at Commerce Layer."
    );
}
