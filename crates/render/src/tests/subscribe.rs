//! The pages of alerts: what a form keeps, what it never shows, and that foreign text stays text.

use domain::{Impact, Language};

use super::{holds, visible};
use crate::{
    assets::STYLE,
    note_page, subscribe_page, subscription_page,
    view::{About, ChoiceView, ComponentChoice, NoteView, SubscribeView, SubscriptionView},
};

fn about() -> About {
    About {
        name: "Pay <script>alert(1)</script>".to_owned(),
        path: "/directory/shops/pay".to_owned(),
        category: Some(("Shops".to_owned(), "/directory/shops".to_owned())),
        public_url: "https://midwatch.test".to_owned(),
        language: Language::English,
    }
}

fn choice(chosen: &[&str]) -> ChoiceView {
    let component = |id: &str, group: Option<&str>| ComponentChoice {
        id: id.to_owned(),
        name: format!("Name of \"{id}\""),
        group: group.map(str::to_owned),
        is_chosen: chosen.contains(&id),
    };
    ChoiceView {
        components: vec![
            component("api", None),
            component("eu", Some("Regions")),
            component("us", Some("Regions")),
        ],
        least: Impact::Major,
        incidents: true,
        maintenances: false,
        postmortems: None,
        only: None,
        languages: Vec::new(),
        language: Language::English,
    }
}

fn form(has_mail: bool) -> SubscribeView {
    SubscribeView {
        about: about(),
        choice: choice(&["eu"]),
        email: "\"><b>".to_owned(),
        url: String::new(),
        slack: None,
        has_mail,
        trouble: Some("That is no address.".to_owned()),
    }
}

fn html(page: crate::Page) -> String {
    String::from_utf8(page.body).unwrap()
}

fn checked(html: &str, field: &str) -> bool {
    let (_, rest) = html.split_once(field).unwrap_or_else(|| panic!("{field:?} is not in:\n{html}"));
    rest.split('>').next().unwrap().contains("checked")
        || rest.split('>').next().unwrap().contains("selected")
}

#[test]
fn a_form_keeps_what_was_chosen() {
    let page = subscribe_page(&form(true));
    assert_eq!(page.path, "/directory/shops/pay/subscribe");
    let html = html(page);
    for field in ["name=\"incidents\" value=\"yes\"", "value=\"some\"", "value=\"eu\"", "value=\"major\""] {
        assert!(checked(&html, field), "{field}");
    }
    for field in ["name=\"maintenances\" value=\"yes\"", "value=\"page\"", "value=\"us\"", "value=\"minor\""]
    {
        assert!(!checked(&html, field), "{field}");
    }
    holds(&html, "That is no address.");
    holds(&html, "<form class=\"card pad sheet\" method=\"post\">");
    assert!(visible(&html).contains("Regions"), "groups have their names");
}

#[test]
fn foreign_text_is_text_and_nothing_runs() {
    let pages = [
        html(subscribe_page(&form(true))),
        html(subscription_page(&subscription(None))),
        html(note_page(&note())),
    ];
    for html in pages {
        assert!(!html.contains("<script>alert") && !html.contains("\"><b>"), "{html}");
        assert!(!html.contains("style=\"") && !html.contains("onclick"), "the policy forbids what is inline");
        for class in
            html.split("class=\"").skip(1).flat_map(|rest| rest.split('"').next().unwrap().split(' '))
        {
            assert!(STYLE.contains(&format!(".{class}")), "{class}");
        }
    }
}

#[test]
fn without_a_mail_server_the_page_says_so_and_offers_no_field_for_it() {
    let html = html(subscribe_page(&form(false)));
    holds(&html, "not available here");
    assert!(!html.contains("name=\"email\""), "{html}");
    holds(&html, "name=\"url\"");
}

fn subscription(secret: Option<&str>) -> SubscriptionView {
    SubscriptionView {
        about: about(),
        address: "ana@acme.test".to_owned(),
        choice: choice(&[]),
        secret: secret.map(str::to_owned),
        leave_path: "/subscriptions/t/unsubscribe".to_owned(),
        is_saved: false,
    }
}

fn note() -> NoteView {
    NoteView {
        about: Some(about()),
        heading: "Is it you?".to_owned(),
        text: "Somebody asked.".to_owned(),
        button: Some(("Yes, tell me", "confirm")),
        link: None,
    }
}

#[test]
fn a_link_shows_the_choice_the_secret_of_a_webhook_and_the_way_out() {
    let page = html(subscription_page(&subscription(None)));
    assert!(checked(&page, "value=\"page\""), "none chosen is the whole page");
    holds(&page, "action=\"/subscriptions/t/unsubscribe\"");
    assert!(!page.contains("Checking signatures"));
    holds(&html(subscription_page(&subscription(Some("whsec_abc")))), "whsec_abc");
}

#[test]
fn a_question_has_one_button_and_a_word_has_none() {
    holds(&html(note_page(&note())), "<button name=\"act\" value=\"confirm\">Yes, tell me</button>");
    let word =
        NoteView { about: None, button: None, link: Some(("Directory", "/directory".to_owned())), ..note() };
    let html = html(note_page(&word));
    assert!(!html.contains("<form"), "{html}");
    holds(&html, "<a href=\"/directory\">Directory</a>");
}

#[test]
fn forms_speak_the_language_of_whoever_asks() {
    let mut form = form(true);
    form.about.language = Language::Italian;
    let italian = html(subscribe_page(&form));
    holds(&italian, "<html lang=\"it\" dir=\"ltr\"");
    let seen = visible(&italian);
    for wanted in
        ["Avvisi su Pay", "Incidenti e interruzioni", "interruzione parziale o peggio", "Richiedi gli avvisi"]
    {
        holds(&seen, wanted);
    }
    let mut mine = subscription(None);
    mine.about.language = Language::Arabic;
    let arabic = html(subscription_page(&mine));
    holds(&arabic, "<html lang=\"ar\" dir=\"rtl\"");
    holds(&arabic, "<p class=\"quiet\">تصل إلى <bdi>ana@acme.test</bdi>.</p>");
}

#[test]
fn the_form_of_a_page_of_ours_carries_the_teams_name_and_offers_what_only_it_has() {
    let mut view = form(true);
    view.about = About { category: None, path: "/status/acme".to_owned(), ..about() };
    view.slack = Some("https://\"><i>".to_owned());
    view.choice.postmortems = Some(true);
    view.choice.languages = vec![Language::English, Language::Arabic];
    view.choice.language = Language::Arabic;
    let page = html(subscribe_page(&view));
    for words in
        ["name=\"slack\"", "name=\"postmortems\"", "lang=\"ar\" selected", "/status/acme/history.atom"]
    {
        holds(&page, words);
    }
    assert!(
        !page.contains("Midwatch</a>") && !page.contains("not affiliated") && !page.contains("<i>"),
        "{page}"
    );
    view.choice.only = Some(("i1".to_owned(), "Checkout <b>fails</b>".to_owned()));
    let page = html(subscribe_page(&view));
    holds(&page, "type=\"hidden\" name=\"only\" value=\"i1\"");
    assert!(!page.contains("name=\"incidents\"") && !page.contains("<b>fails"), "{page}");
}
