//! Status pages on host names of their own: what proves one, what is served there, and what is served nowhere.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::StatusPageId;
use engine::{setups, workers::Proof};
use store::page_domains::{self, DomainState, PageDomain};
use testkit::app::minutes;

use crate::protected::{Door, guarded};

const NAME: &str = "status.acme.test";

fn proof(door: &Door) -> Proof {
    let id: StatusPageId = door.app.world().setup.status_pages[0].id;
    Proof::of(&door.app.shell().key, id, NAME)
}

fn prove(door: &mut Door) {
    let proof = proof(door);
    door.app.world().internet.put_text(&proof.dns, &proof.text);
    door.app.advance(minutes(11));
    door.app.arrivals_at("https://phone.test/ana");
    door.app.arrivals_at("https://phone.test/bo");
}

fn known(door: &Door) -> PageDomain {
    door.app.world().read(page_domains::list).remove(0)
}

#[test]
fn names_that_nobody_has_proven_answer_404_whatever_is_asked_for() {
    let door = guarded(&format!("domain = \"{NAME}\""));
    let found = known(&door);
    assert_eq!(found.state, DomainState::Failed);
    assert!(found.reason.contains("the DNS has no text at _midwatch.status.acme.test"), "{}", found.reason);
    for host in [
        NAME,
        "evil.test",
        "midwatch.test.evil.test",
        "xmidwatch.test",
        "midwatch.test@evil.test",
        "",
        "a b",
        "%",
    ] {
        for path in
            ["/", "/status/acme", "/directory", "/api/v1/services", "/events?page=/status/acme", "/assets/x"]
        {
            let answer = door.at(host, path, "");
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{host} {path}");
            assert!(answer.header("content-security-policy").contains("default-src 'none'"));
        }
    }
    let own = door.app.shell().identity.public_url.split_once("://").unwrap().1.to_owned();
    for host in [
        own.as_str(),
        &own.to_uppercase(),
        &format!("{own}.:8080"),
        "127.0.0.1:8080",
        "[::1]:80",
        "localhost",
    ] {
        assert_eq!(door.at(host, "/status/acme", "").status, StatusCode::OK, "{host}");
    }
    let twice = Request::get("/status/acme").header(header::HOST, &own).header(header::HOST, NAME);
    assert_eq!(door.ask(twice.body(Body::empty()).unwrap()).status, StatusCode::NOT_FOUND);
}

#[test]
fn a_proven_name_serves_its_page_at_the_root_and_nothing_else() {
    let mut door = guarded(&format!("domain = \"{NAME}\"\n languages = [\"it\"]"));
    prove(&mut door);
    assert_eq!((known(&door).state, known(&door).reason.as_str()), (DomainState::Verified, ""));
    for host in [NAME, "STATUS.acme.TEST", "status.acme.test.", "status.acme.test:8443"] {
        assert_eq!(door.at(host, "/", "").status, StatusCode::OK, "{host}");
    }
    let page = door.at(NAME, "/", "");
    for wanted in [
        "<link rel=\"canonical\" href=\"https://status.acme.test\">",
        "href=\"/history\"",
        "href=\"/history.atom\"",
        "data-events=\"/events?page=/\"",
    ] {
        assert!(page.body.contains(wanted), "{wanted} is not in {}", page.body);
    }
    assert!(!page.body.contains("\"/status/acme"), "{}", page.body);
    assert!(door.at(NAME, "/history.atom", "").body.contains("https://status.acme.test/"));
    assert!(door.at(NAME, "/api/v2/summary.json", "").body.contains("\"url\":\"https://status.acme.test\""));
    assert_eq!(door.at(NAME, "/it/", "").status, StatusCode::OK);
    assert_eq!(door.at(NAME, "/events?page=/", "").status, StatusCode::OK);
    for (_, rest) in page.body.match_indices("href=\"/assets/").map(|(at, _)| page.body[at..].split_at(6)) {
        let asset = rest.split('"').next().unwrap();
        assert_eq!(door.at(NAME, asset, "").status, StatusCode::OK, "{asset}");
    }
    for path in
        ["/status/acme", "/status/open", "/directory", "/api/v1/services", "//status.acme.test", "/.gate"]
    {
        assert_eq!(door.at(NAME, path, "").status, StatusCode::NOT_FOUND, "{path}");
    }
    let home = door.at("localhost", "/status/acme", "");
    assert!(home.body.contains("<link rel=\"canonical\" href=\"https://status.acme.test\">"));
    assert_eq!(door.at("localhost", "//status.acme.test/history", "").status, StatusCode::NOT_FOUND);
    let forwarded = Request::get("/").header(header::HOST, "evil.test").header("x-forwarded-host", NAME);
    assert_eq!(door.ask(forwarded.body(Body::empty()).unwrap()).status, StatusCode::NOT_FOUND);
}

#[test]
fn a_name_is_proven_at_its_own_web_server_too_and_first_come_first_served() {
    let mut door = guarded(&format!("domain = \"{NAME}\""));
    let proof = proof(&door);
    let other =
        format!("[organization]\nslug = \"other\"\n[[status_page]]\nslug = \"theirs\"\ndomain = \"{NAME}\"");
    let objects = testkit::world::read_config(&other);
    let theirs = Proof::of(&door.app.shell().key, objects.setup.status_pages[0].id, NAME);
    assert_ne!(theirs.text, proof.text, "the proof of one page proves nothing for another");
    let internet = std::sync::Arc::clone(&door.app.world().internet);
    internet.put_document(
        &proof.url.replace("http:", "https:"),
        200,
        "text/plain",
        &format!("{}\n", proof.text),
    );
    door.app.advance(minutes(11));
    assert_eq!(known(&door).state, DomainState::Verified);
    let now = door.app.now();
    let org = objects.setup.organization.id;
    door.app.world().write(move |tx| setups::apply(tx, now, &objects, "test"));
    internet.put_text(&theirs.dns, &theirs.text);
    door.app.advance(minutes(11));
    door.app.arrivals_at("https://phone.test/ana");
    door.app.arrivals_at("https://phone.test/bo");
    let found =
        door.app.world().write(move |tx| Ok(page_domains::list(&mut store::Scope::new(tx, org))?)).remove(0);
    assert_eq!(
        (found.state, found.reason.as_str()),
        (DomainState::Failed, "another status page has proven this name before")
    );
    assert!(door.at(NAME, "/", "").body.contains("Our checkout"));
}

#[test]
fn a_protected_page_is_as_closed_on_its_own_name() {
    let mut door = guarded(&format!("domain = \"{NAME}\"\n protection = {{ password = \"correct horse\" }}"));
    prove(&mut door);
    for path in ["/", "/history", "/api/v2/summary.json", "/nothing"] {
        let answer = door.at(NAME, path, "");
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(
            answer.body.contains("action=\"/unlock\"") && !answer.body.contains("Our checkout"),
            "{path}"
        );
    }
    assert_eq!(door.at(NAME, "/events?page=/", "").status, StatusCode::NOT_FOUND);
    let body = Body::from("password=correct+horse");
    let given = door.ask(Request::post("/unlock").header(header::HOST, NAME).body(body).unwrap());
    assert_eq!((given.status, given.header("location")), (StatusCode::SEE_OTHER, "/"));
    assert!(given.header("set-cookie").contains("Path=/;"), "{}", given.header("set-cookie"));
    assert!(door.at(NAME, "/", &given.cookie()).body.contains("Our checkout"));
    assert_eq!(door.at(NAME, "/events?page=/", &given.cookie()).status, StatusCode::OK);
}
