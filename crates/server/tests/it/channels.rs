//! Every kind of destination over real sockets, through the notifier as it is, against a vendor that misbehaves.
//!
//! One table of kinds, one test for each way to misbehave: a new kind is a row.

use std::{collections::BTreeMap, time::Duration};

use domain::NotificationState;
use engine::{
    Shell,
    seams::Clock,
    workers::{self, Notifier, Turn, Worker},
};
use outbound::{Network, Options};
use store::notifications::{self, Notification};
use testkit::{
    fixture::Fixture,
    vendor::{Door, Heard, Mood, Vendor},
    world::World,
};
use tokio::runtime::Runtime;

/// A kind of destination, as the table has it.
struct Kind {
    word: &'static str,
    /// The keys of a contact; the argument is the vendor's base address.
    keys: fn(&str) -> String,
    /// Where a page goes.
    path: &'static str,
    /// Where word of the end goes.
    end_path: &'static str,
    /// What the vendor answers when all is well.
    well: (u16, &'static str),
    /// What must be in a page's request: the vendor's wire form.
    is_wire_form: fn(&Heard) -> bool,
    /// What tells the vendor, or the reader, that a repeat is one.
    identity: fn(&Heard) -> String,
}

fn text(heard: &Heard, pointer: &str) -> String {
    heard.json().pointer(pointer).map(|value| value.to_string().replace('"', "")).unwrap_or_default()
}

const KINDS: &[Kind] = &[
    Kind {
        word: "webhook",
        keys: |base| format!("url = \"{base}/webhook\""),
        path: "/webhook",
        end_path: "/webhook",
        well: (204, ""),
        is_wire_form: |heard| {
            heard.header("webhook-signature").starts_with("v1,") && text(heard, "/type") == "page"
        },
        identity: |heard| heard.header("webhook-id").to_owned(),
    },
    Kind {
        word: "slack",
        keys: |base| format!("token = \"xoxb-1\", channel = \"C0123456789\", api = \"{base}/slack\""),
        path: "/slack/api/chat.postMessage",
        end_path: "/slack/api/chat.postMessage",
        well: (200, r#"{"ok":true,"channel":"C0123456789","ts":"1503435956.000247"}"#),
        is_wire_form: |heard| {
            heard.header("authorization") == "Bearer xoxb-1" && text(heard, "/channel") == "C0123456789"
        },
        identity: |heard| text(heard, "/channel"),
    },
    Kind {
        word: "teams",
        keys: |base| format!("url = \"{base}/teams\""),
        path: "/teams",
        end_path: "/teams",
        well: (202, ""),
        is_wire_form: |heard| {
            text(heard, "/attachments/0/contentType") == "application/vnd.microsoft.card.adaptive"
                && text(heard, "/attachments/0/content/type") == "AdaptiveCard"
        },
        identity: |heard| text(heard, "/attachments/0/content/fallbackText"),
    },
    Kind {
        word: "discord",
        keys: |base| format!("url = \"{base}/discord\""),
        path: "/discord?wait=true",
        end_path: "/discord?wait=true",
        well: (200, r#"{"id":"1001"}"#),
        is_wire_form: |heard| text(heard, "/content").contains("#1") && !text(heard, "/embeds/0").is_empty(),
        identity: |heard| text(heard, "/content"),
    },
    Kind {
        word: "telegram",
        keys: |base| {
            format!(
                "token = \"123456789:AbCdEfGhIjKlMnOpQrStUvWxYz012345678\", chat = \"-1001\", api = \"{base}/telegram\""
            )
        },
        path: "/telegram/bot123456789:AbCdEfGhIjKlMnOpQrStUvWxYz012345678/sendMessage",
        end_path: "/telegram/bot123456789:AbCdEfGhIjKlMnOpQrStUvWxYz012345678/sendMessage",
        well: (200, r#"{"ok":true,"result":{"message_id":5,"chat":{"id":-1001}}}"#),
        is_wire_form: |heard| {
            text(heard, "/chat_id") == "-1001"
                && text(heard, "/reply_markup/inline_keyboard/0/0/callback_data").starts_with("acknowledge:")
        },
        identity: |heard| text(heard, "/reply_markup/inline_keyboard/0/0/callback_data"),
    },
    Kind {
        word: "mattermost",
        keys: |base| format!("url = \"{base}/mattermost\""),
        path: "/mattermost",
        end_path: "/mattermost",
        well: (200, "ok"),
        is_wire_form: |heard| {
            text(heard, "/text").contains("#1") && !text(heard, "/attachments/0/color").is_empty()
        },
        identity: |heard| text(heard, "/text"),
    },
    Kind {
        word: "ntfy",
        keys: |base| format!("url = \"{base}/acme-pages\""),
        path: "/",
        end_path: "/",
        well: (200, r#"{"id":"xE73Iyuabi","event":"message"}"#),
        is_wire_form: |heard| {
            text(heard, "/topic") == "acme-pages"
                && text(heard, "/priority") == "5"
                && text(heard, "/actions/0/method") == "POST"
        },
        identity: |heard| text(heard, "/sequence_id"),
    },
    Kind {
        word: "gotify",
        keys: |base| format!("url = \"{base}/gotify\", token = \"A.b\""),
        path: "/gotify/message",
        end_path: "/gotify/message",
        well: (200, r#"{"id":25}"#),
        is_wire_form: |heard| heard.header("x-gotify-key") == "A.b" && text(heard, "/priority") == "10",
        identity: |heard| text(heard, "/extras/midwatch::page/id"),
    },
    Kind {
        word: "pushover",
        keys: |base| {
            let (token, user) = ("azGDORePK8gMaC0QOYAMyEEuzJnyUi", "uQiRzpo4DXghDmr9QzzfQu27cmVRsG");
            format!("token = \"{token}\", user = \"{user}\", api = \"{base}/pushover\"")
        },
        path: "/pushover/1/messages.json",
        end_path: "/pushover/1/messages.json",
        well: (200, r#"{"status":1,"request":"r","receipt":"rLqVuqTRh62UzxtmqiaLzQmVcPgiCy"}"#),
        is_wire_form: |heard| {
            text(heard, "/priority") == "2"
                && text(heard, "/retry") == "60"
                && text(heard, "/callback").starts_with("https://midwatch.test/callbacks/pushover/")
        },
        identity: |heard| text(heard, "/callback"),
    },
    Kind {
        word: "pagerduty",
        keys: |base| {
            format!("routing_key = \"R0123456789abcdef0123456789abcde\", api = \"{base}/pagerduty\"")
        },
        path: "/pagerduty/v2/enqueue",
        end_path: "/pagerduty/v2/enqueue",
        well: (202, r#"{"status":"success","message":"Event processed","dedup_key":"x"}"#),
        is_wire_form: |heard| {
            text(heard, "/event_action") == "trigger" && text(heard, "/payload/severity") == "critical"
        },
        identity: |heard| text(heard, "/dedup_key"),
    },
    Kind {
        word: "opsgenie",
        keys: |base| format!("key = \"k-1\", api = \"{base}/opsgenie\""),
        path: "/opsgenie/v2/alerts",
        end_path: "",
        well: (202, r#"{"result":"Request will be processed","took":0.3,"requestId":"q"}"#),
        is_wire_form: |heard| {
            heard.header("authorization") == "GenieKey k-1" && text(heard, "/priority") == "P1"
        },
        identity: |heard| text(heard, "/alias"),
    },
    Kind {
        word: "alertmanager",
        keys: |base| format!("url = \"{base}/alertmanager\""),
        path: "/alertmanager/api/v2/alerts",
        end_path: "/alertmanager/api/v2/alerts",
        well: (200, ""),
        is_wire_form: |heard| {
            text(heard, "/3/labels/alertname") == "MidwatchIncident"
                && text(heard, "/3/labels/severity") == "critical"
        },
        identity: |heard| text(heard, "/3/annotations/notification"),
    },
    Kind {
        word: "web_push",
        keys: |base| {
            let p256dh =
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
            let endpoint = format!("endpoint = \"{base}/web_push/JzLQ3raZ\"");
            format!("{endpoint}, p256dh = \"{p256dh}\", auth = \"BTBZMqHH6r4Tts7J_aSIgg\"")
        },
        path: "/web_push/JzLQ3raZ",
        end_path: "/web_push/JzLQ3raZ",
        well: (201, ""),
        is_wire_form: |heard| {
            heard.header("content-encoding") == "aes128gcm"
                && heard.header("urgency") == "high"
                && heard.header("authorization").starts_with("vapid t=")
                && heard.body.len() > 200
        },
        identity: |heard| heard.header("topic").to_owned(),
    },
];

/// One person for each kind, all paged at once; each has a second contact that is well.
struct Scene {
    runtime: Runtime,
    world: World,
    shell: Shell,
    vendor: Vendor,
    /// Has the second contacts.
    well: Vendor,
    notifier: Notifier,
    others: Vec<Box<dyn Worker>>,
}

impl Scene {
    /// Everybody is owed a page, and none has left.
    fn outage(door: Door) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let open = async { (Vendor::open(door).await, Vendor::open(Door::Plain).await) };
        let (vendor, well) = runtime.block_on(open);
        for kind in KINDS {
            let (status, body) = kind.well;
            vendor.usually(kind.path, Mood::Answers(status, Vec::new(), body.to_owned()));
            well.usually(&second(kind), Mood::Answers(204, Vec::new(), String::new()));
        }
        let at = "2026-03-02T08:00:00Z".parse().unwrap();
        let world = World::new(Fixture::new(), &config(&vendor.url(""), &well), 1, at);
        world.internet.put_up("commerce", &["Checkout"]);
        let roots = vendor.root().into_iter().collect();
        let allow = vec!["127.0.0.0/8".parse().unwrap()];
        let network = Network::new(Options { allow, roots, ..Options::default() }).unwrap();
        let shell = Shell { outbound: std::sync::Arc::new(network), ..world.shell.clone() };
        let others = workers::all().into_iter().filter(|worker| worker.name() != "notifier").collect();
        let scene = Self { runtime, world, shell, vendor, well, notifier: Notifier::default(), others };
        scene.provider_sets("operational", Duration::from_secs(1));
        scene.provider_sets("major_outage", Duration::from_secs(120));
        assert_eq!(scene.owed().len(), 2 * KINDS.len(), "{:#?}", scene.owed());
        scene
    }

    /// The provider says so, and everything that follows is decided; nothing is sent.
    fn provider_sets(&self, status: &str, within: Duration) {
        self.world.internet.on_page("commerce", |page, now| page.set("Checkout", status, now));
        let until = self.world.clock.now().checked_add(within).unwrap();
        while let Some(next) = self.world.settle(&self.others).unwrap().filter(|next| *next <= until) {
            if next <= self.world.clock.now() {
                break;
            }
            self.world.clock.set(next);
        }
    }

    /// The notifier takes turns, over real sockets, until nothing is due and nothing under way.
    fn send(&self) {
        // The ledger of tests answers on the thread that asks, for which a turn may take as long as it likes.
        let turn = || self.runtime.block_on(tokio::task::unconstrained(self.notifier.turn(&self.shell)));
        while turn().unwrap() == Turn::More {}
    }

    /// Lets time pass to the next try that is planned within ten minutes; false when there is none.
    fn until_next_try(&self) -> bool {
        let now = self.world.clock.now();
        let soon = now.checked_add(Duration::from_secs(600)).unwrap();
        let tries = self.owed().into_iter().filter(|owed| owed.tries > 0).filter_map(|owed| owed.next_try_at);
        let Some(next) = tries.filter(|next| *next <= soon).max() else { return false };
        self.world.clock.set(next);
        true
    }

    fn owed(&self) -> Vec<Notification> {
        self.world.read(|scope| {
            let incident = store::incidents::find_by_number(scope, 1)?;
            incident.map_or(Ok(Vec::new()), |incident| notifications::list(scope, incident.id, 1_000))
        })
    }

    /// The first page of each kind.
    fn pages(&self) -> BTreeMap<&'static str, Notification> {
        let owed = self.owed();
        let page = |kind: &Kind| owed.iter().find(|owed| owed.contact == kind.word).cloned();
        KINDS.iter().map(|kind| (kind.word, page(kind).unwrap())).collect()
    }

    /// Expects that each person was paged by their next contact at the first trouble, and that the page is with its vendor
    /// at the second try, by which nobody can tell it from the first.
    fn expect_second_try(&self) {
        for kind in KINDS {
            assert_eq!(self.well.heard(&second(kind)).len(), 1, "{}", kind.word);
            let page = &self.pages()[kind.word];
            assert_eq!((page.state, page.tries), (NotificationState::Sent, 2), "{}: {page:?}", kind.word);
            let heard = self.vendor.heard(kind.path);
            let [first, again] = heard.as_slice() else { panic!("{}: {} requests", kind.word, heard.len()) };
            let id = (kind.identity)(first);
            assert!(!id.is_empty() && id == (kind.identity)(again), "{}: {id}", kind.word);
        }
    }

    /// Expects that each kind's page has failed with these words and the person's next contact was paged at once.
    fn expect_next_contact(&self, words: &str) {
        for kind in KINDS {
            let page = &self.pages()[kind.word];
            let answer = page.answer.clone().unwrap_or_default();
            assert_eq!(page.state, NotificationState::Failed, "{}: {page:?}", kind.word);
            assert!(answer.contains(words), "{}: {answer}", kind.word);
            assert_eq!(self.well.heard(&second(kind)).len(), 1, "{}", kind.word);
        }
    }
}

fn second(kind: &Kind) -> String {
    format!("/second/{}", kind.word)
}

fn config(base: &str, well: &Vendor) -> String {
    let mut users = String::new();
    for kind in KINDS {
        let (word, keys, second) = (kind.word, (kind.keys)(base), well.url(&second(kind)));
        users.push_str(&format!(
            r#"
            [[user]]
            email = "{word}@acme.test"
            name = "{word}"
            contact = [
                {{ id = "{word}", kind = "{word}", {keys} }},
                {{ id = "second", kind = "webhook", url = "{second}" }},
            ]
            notify = [ {{ after = "0s", contact = "{word}" }}, {{ after = "10h", contact = "second" }} ]
            "#
        ));
    }
    let all =
        KINDS.iter().map(|kind| format!("\"user:{}@acme.test\"", kind.word)).collect::<Vec<_>>().join(", ");
    format!(
        r#"
        [organization]
        slug = "acme"

        [[user]]
        email = "owner@acme.test"
        role = "owner"
        contact = [ {{ kind = "email", address = "owner@acme.test" }} ]
        {users}
        [[escalation_policy]]
        slug = "default"
        step = [ {{ after = "0s", notify = [{all}] }} ]

        [[provider]]
        slug = "commerce"
        name = "Commerce"
        category = "Shops"
        feed = "https://commerce.status.test/api/v2/summary.json"

        [[service]]
        slug = "checkout"
        escalation_policy = "default"
        depends_on = [ {{ provider = "commerce", components = ["Checkout"] }} ]

        [[status_page]]
        slug = "acme"
        title = "Acme"
        group = [ {{ name = "Shop", services = ["checkout"] }} ]
        "#
    )
}

/// All have the same mood at their first request.
fn first_request(mood: Mood) -> Scene {
    let scene = Scene::outage(Door::Plain);
    for kind in KINDS {
        scene.vendor.next(kind.path, mood.clone());
    }
    scene
}

#[test]
fn each_kind_speaks_its_vendors_wire_form_over_tls_from_the_page_to_the_end() {
    let scene = Scene::outage(Door::Tls);
    scene.send();
    for kind in KINDS {
        let page = &scene.pages()[kind.word];
        assert_eq!((page.state, page.tries), (NotificationState::Sent, 1), "{}: {page:?}", kind.word);
        let heard = scene.vendor.heard(kind.path);
        let [heard] = heard.as_slice() else { panic!("{}: {} requests", kind.word, heard.len()) };
        assert_eq!(heard.method, "POST", "{}", kind.word);
        assert!((kind.is_wire_form)(heard), "{}: {heard:?} {}", kind.word, heard.json());
    }
    scene.provider_sets("operational", Duration::from_secs(600));
    scene.send();
    for kind in KINDS.iter().filter(|kind| !kind.end_path.is_empty()) {
        let heard = scene.vendor.heard(kind.end_path);
        assert!(heard.len() > 1 || kind.end_path != kind.path, "{} was not told of the end", kind.word);
    }
    let paths = scene.vendor.paths();
    assert!(paths.iter().any(|path| path.ends_with("/close?identifierType=alias")), "{paths:?}");
    assert!(paths.iter().any(|path| path.contains("/receipts/cancel_by_tag/")), "{paths:?}");
}

#[test]
fn trouble_of_the_vendors_server_is_followed_by_the_same_message_again() {
    let scene = first_request(Mood::Answers(503, Vec::new(), "<h1>sorry</h1>".to_owned()));
    scene.send();
    assert!(scene.until_next_try());
    scene.send();
    scene.expect_second_try();
}

#[test]
fn a_vendor_that_asks_for_time_gets_it() {
    let scene = first_request(Mood::Answers(429, vec!["retry-after: 123".to_owned()], String::new()));
    let asked_at = scene.world.clock.now();
    scene.send();
    let until = asked_at.checked_add(Duration::from_secs(123)).unwrap();
    for (word, page) in scene.pages() {
        assert_eq!(
            (page.state, page.next_try_at),
            (NotificationState::Pending, Some(until)),
            "{word}: {page:?}"
        );
    }
    assert!(scene.until_next_try());
    scene.send();
    scene.expect_second_try();
}

#[test]
fn an_exchange_that_is_cut_is_made_again() {
    let scene = first_request(Mood::Cuts);
    scene.send();
    assert!(scene.until_next_try());
    scene.send();
    scene.expect_second_try();
}

#[test]
fn a_vendor_that_does_not_answer_holds_nobody_up_and_is_asked_again() {
    let scene = first_request(Mood::Slow);
    // Takes as long as a call may: the limit is the real one.
    scene.send();
    for (word, page) in scene.pages() {
        assert!(page.answer.clone().unwrap_or_default().contains("no whole answer"), "{word}: {page:?}");
    }
    assert!(scene.until_next_try());
    scene.send();
    scene.expect_second_try();
}

#[test]
fn an_answer_without_end_is_not_read_to_its_end() {
    let scene = first_request(Mood::Endless);
    scene.send();
    for (word, page) in scene.pages() {
        assert!(
            page.answer.clone().unwrap_or_default().contains("larger than 65536 bytes"),
            "{word}: {page:?}"
        );
    }
    assert!(scene.until_next_try());
    scene.send();
    scene.expect_second_try();
}

#[test]
fn a_redirect_is_refused_with_what_to_do_and_the_next_contact_is_paged_at_once() {
    let scene = Scene::outage(Door::Plain);
    for kind in KINDS {
        let to = format!("location: {}", scene.well.url("/elsewhere"));
        scene.vendor.next(kind.path, Mood::Answers(307, vec![to], String::new()));
    }
    let at = scene.world.clock.now();
    scene.send();
    assert_eq!(scene.world.clock.now(), at);
    scene.expect_next_contact("it has moved; enter its new address");
    assert!(scene.well.heard("/elsewhere").is_empty(), "what is secret goes nowhere else");
}

#[test]
fn a_wrong_certificate_is_no_connection_and_the_next_contact_is_paged() {
    let scene = Scene::outage(Door::WrongName);
    scene.send();
    while scene.until_next_try() {
        scene.send();
    }
    scene.send();
    scene.expect_next_contact("no connection to 127.0.0.1");
    assert!(scene.vendor.paths().is_empty(), "nothing is said to a stranger");
}
