//! What status pages may be configured to show, to whom, and under which names.

use super::{good, read, refusals::check};

#[test]
fn no_page_shows_what_is_internal_or_shows_anything_twice() {
    check(
        r##"service = [{ slug = "db", internal = true }, { slug = "shop" }]
status_page = [{ slug = "acme", links = { support = "javascript:alert(1)" }, group = [{ name = "G", services = ["db", "shop", { service = "shop", nme = "Shop" }] }] }]"##,
        r##"
"javascript:alert(1)" | status_page[0].links.support: "javascript:alert(1)" is an address of kind `javascript`; only http and https are read | write it like "https://status.acme.example"
"db" | status_page[0].group[0].services[0]: "db" is internal: no status page shows it | take it off the page, or remove `internal = true` from the service
"shop" | status_page[0].group[0].services[2].service: the page shows "shop" twice
nme | status_page[0].group[0].services[2].nme: unknown key `nme` | did you mean `name`?
"##,
    );
}

#[test]
fn a_page_is_protected_by_one_thing_that_can_not_be_guessed() {
    check(
        r##"status_page = [{ slug = "a", protection = { password = "short" } }, { slug = "b", protection = { password = "long enough", link = "x" } }, { slug = "c", protection = {} }]"##,
        r##"
"short" | status_page[0].protection.password: a password has at least 8 characters | it can be guessed from anywhere
{ password = "long enough", link = "x" } | status_page[1].protection: a page is protected by a password or by a link | write { password = "file:…" } or { link = "2026" }: another word there makes another link
{} | status_page[2].protection: a page is protected by a password or by a link | write { password = "file:…" } or { link = "2026" }: another word there makes another link
"##,
    );
}

#[test]
fn a_page_has_a_host_name_as_the_dns_knows_it() {
    for (written, known) in [
        ("Status.ACME.example.", "status.acme.example"),
        ("status.bücher.example", "status.xn--bcher-kva.example"),
    ] {
        let setup = good(&format!("status_page = [{{ slug = \"a\", domain = \"{written}\" }}]")).setup;
        assert_eq!(setup.status_pages[0].domain.as_deref(), Some(known));
    }
    for bad in [
        "localhost",
        "192.0.2.1",
        "[::1]",
        "status.acme.example:443",
        "https://status.acme.example",
        "a..b",
        "a b.example",
        "a/b.example",
    ] {
        assert!(read(&format!("status_page = [{{ slug = \"a\", domain = \"{bad}\" }}]")).is_err(), "{bad}");
    }
}
