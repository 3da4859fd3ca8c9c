//! Subscribers of a status page by the API: who may see and change them, and what is refused.

use axum::http::Method;
use domain::{Role, TokenId};
use engine::setups::token_hash;
use testkit::{TestApp, app::minutes};

use crate::{
    alerts::ANA,
    reader::{Answer, Reader},
    subscribers::{ALL, breaks, start, subscribe},
};

fn token(app: &TestApp, name: &'static str, role: Role) {
    let id = TokenId::named(uuid::Uuid::nil(), name);
    let insert = move |scope: &mut store::Scope<'_>, now| {
        Ok(store::tokens::insert(scope, id, name, role, &token_hash(name), now)?)
    };
    app.world().act(insert).unwrap();
}

const HERE: &str = "/api/v1/subscribers";
const LIST: &str = "/api/v1/subscribers?page=acme";
const ADDED: &str = r#"{"page":"acme","address":"ana@readers.test","services":["checkout"],"kinds":["incidents"],
    "language":"it","consent":"by phone, 2026-03-01"}"#;

/// Somebody with the token that is called as their role.
fn call(reader: &Reader, who: &str, method: Method, path: &str, body: &str) -> Answer {
    reader.ask(method, path, &[("authorization", &format!("Bearer {who}"))], body)
}

fn staffed() -> (TestApp, Reader) {
    let (app, reader) = start();
    token(&app, "admin", Role::Admin);
    token(&app, "responder", Role::Responder);
    token(&app, "viewer", Role::Viewer);
    (app, reader)
}

#[test]
fn people_list_and_add_by_their_roles_and_refusals_name_the_field() {
    let (mut app, reader) = staffed();
    let import = format!("{HERE}/import?page=acme&consent=form");
    for (who, method, path, body) in [
        ("viewer", Method::GET, LIST, ""),
        ("responder", Method::POST, HERE, ADDED),
        ("responder", Method::POST, import.as_str(), "address"),
    ] {
        assert_eq!(call(&reader, who, method, path, body).status, 403, "{who} {path}");
    }
    assert_eq!(reader.get(LIST).status, 401);
    let made = call(&reader, "admin", Method::POST, HERE, ADDED);
    assert_eq!((made.status, made.header("location")), (201, Some(LIST)), "{}", made.body);
    assert_eq!(call(&reader, "admin", Method::POST, HERE, ADDED).json()["known"], 1);
    for (body, field) in [
        (ADDED.replace("checkout", "ledger"), "services"),
        (ADDED.replace("incidents", "gossip"), "kinds"),
        (ADDED.replace("ana@readers.test", "nonsense"), "address"),
        (ADDED.replace("by phone, 2026-03-01", " "), "consent"),
        (ADDED.replace("acme", "nobody"), "page"),
    ] {
        let refused = call(&reader, "admin", Method::POST, HERE, &body);
        assert_eq!((refused.status, &refused.json()["field"]), (422, &field.into()), "{}", refused.body);
    }
    let csv = "address\nbo@readers.test\nnonsense\n";
    let refused = call(&reader, "admin", Method::POST, &import, csv);
    assert_eq!(
        (refused.status, &refused.json()["mistakes"][0]["line"]),
        (422, &3.into()),
        "{}",
        refused.body
    );
    let taken = call(&reader, "admin", Method::POST, &format!("{import}&skip_bad=true"), csv).json();
    assert_eq!((&taken["added"], &taken["mistakes"][0]["column"]), (&1.into(), &"address".into()));
    let first = call(&reader, "responder", Method::GET, &format!("{LIST}&limit=1"), "");
    assert!(first.header("link").is_some_and(|link| link.contains("rel=\"next\"")), "{}", first.body);
    // Whoever is only asked says yes by the link.
    let asked = r#"{"page":"acme","address":"cy@readers.test"}"#;
    assert_eq!(call(&reader, "admin", Method::POST, HERE, asked).status, 202);
    app.advance(minutes(0));
    app.expect_at("cy@readers.test");
    breaks(&mut app, "Checkout", "major_outage");
    assert!(app.expect_at(ANA).text.contains("In fase di analisi: "));
    app.expect_at("bo@readers.test");
}

#[test]
fn whom_people_remove_comes_back_only_by_themselves() {
    let (mut app, reader) = staffed();
    call(&reader, "admin", Method::POST, HERE, ADDED);
    let all = call(&reader, "responder", Method::GET, LIST, "").json();
    let ana = &all["data"][0];
    assert_eq!(
        (&ana["consent"], &ana["kinds"]),
        (&"by phone, 2026-03-01".into(), &serde_json::json!(["incidents"]))
    );
    let one = format!("{HERE}/{}", ana["id"].as_str().unwrap());
    assert_eq!(call(&reader, "responder", Method::DELETE, &one, "").status, 403);
    assert_eq!(call(&reader, "admin", Method::DELETE, &one, "").status, 204);
    assert_eq!(call(&reader, "admin", Method::DELETE, &one, "").status, 404);
    assert_eq!(call(&reader, "admin", Method::POST, HERE, ADDED).status, 409);
    breaks(&mut app, "Checkout", "major_outage");
    app.expect_silence();
    subscribe(&mut app, &reader, ("email", ANA), ALL);
    assert_eq!(call(&reader, "admin", Method::POST, HERE, ADDED).json()["known"], 1);
}
