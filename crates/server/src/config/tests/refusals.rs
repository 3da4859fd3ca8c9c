//! What a refused configuration says, to the letter.

use super::read;

#[track_caller]
fn check(text: &str, env: &[(&str, &str)], expected: &str) {
    let error = read(text, env).map(|_| ()).expect_err("it must be refused");
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_problem_is_shown_with_its_place_its_line_and_what_would_be_right() {
    check(
        "[[service]]\nslug = \"checkout\"\n[[service.depends_on]]\n  componets = [\"Checkout\"] # all\n",
        &[],
        "\
midwatch.toml:3:1: it is missing what this depends on
  3 | [[service.depends_on]]
    | ^^^^^^^^^^^^^^^^^^^^^^
  hint: add provider = \"SLUG\" or service = \"SLUG\"
midwatch.toml:4:3: unknown key `componets`
  4 |   componets = [\"Checkout\"] # all
    |   ^^^^^^^^^
  hint: did you mean `components`?",
    );
}

#[test]
fn columns_count_characters_and_carets_stand_under_wide_ones() {
    check(
        "# é\r\n[organization]\r\nname = \"日本é\"\tslg = 1",
        &[],
        "\
midwatch.toml:3:14: this is not TOML: unexpected key or value, expected newline, `#`
  3 | name = \"日本é\" slg = 1
    |                ^",
    );
    check(
        "organization = { name = \"日本é\",\tslug = \"no slug\" }\r\n",
        &[],
        "\
midwatch.toml:1:39: \"no slug\" is no slug: lower-case letters, digits and hyphens between them, at most 80
  1 | organization = { name = \"日本é\", slug = \"no slug\" }
    |                                         ^^^^^^^^^
  hint: write \"no-slug\"",
    );
}

#[test]
fn a_variable_is_named_where_it_is_wrong() {
    check(
        "[server]\nlisten = \"127.0.0.1:1\"",
        &[("MIDWATCH_SERVER__LISTEN", "localhost"), ("MIDWATCH_EGRESS__ALLOW", "10.0.0.0/8,x")],
        "\
MIDWATCH_SERVER__LISTEN: expected an address and port to listen on, such as \"127.0.0.1:8080\", found \"localhost\"
MIDWATCH_EGRESS__ALLOW: expected a network such as \"127.0.0.0/8\", found \"x\"",
    );
    check(
        "",
        &[("MIDWATCH_SERVER__LISTNE", "127.0.0.1:1")],
        "\
MIDWATCH_SERVER__LISTNE: no option has this name
  hint: did you mean MIDWATCH_SERVER__LISTEN?",
    );
    check(
        "",
        &[("MIDWATCH_MAIL__PORT", "25")],
        "midwatch.toml: mail: `host` is missing\nmidwatch.toml: mail: `from` is missing",
    );
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    check(
        "[cluster]\nnats = \"nats://127.0.0.1:4222\"",
        &[],
        "\
midwatch.toml:1:1: a cluster needs PostgreSQL
  1 | [cluster]
    | ^^^^^^^^^
  hint: set url of [database] to postgres://…, or remove [cluster]",
    );
    check(
        "[server]\nlisten = \"[::1]:80\"\nadmin_listen = \"[::1]:80\"",
        &[],
        "\
midwatch.toml:3:16: the admin listener must not be the public one
  3 | admin_listen = \"[::1]:80\"
    |                ^^^^^^^^^^",
    );
    check(
        "[mail]\nhost = \"a.b\"\nfrom = \"a@b.c\"\nusername = \"a\"",
        &[],
        "\
midwatch.toml:4:12: a username needs a password
  4 | username = \"a\"
    |            ^^^
  hint: add password = \"${NAME}\"",
    );
}

#[test]
fn options_say_what_they_take() {
    check(
        "[database]\nurl = \"mysql://x\"\n[server]\nlisten = 8080",
        &[],
        "\
midwatch.toml:2:7: expected a database such as \"sqlite://data/midwatch.db\" or \"postgres://user@host/db\", found \"mysql://x\"
  2 | url = \"mysql://x\"
    |       ^^^^^^^^^^^
midwatch.toml:4:10: expected an address and port to listen on, such as \"127.0.0.1:8080\", found 8080
  4 | listen = 8080
    |          ^^^^",
    );
    check(
        "[catalog]\ninterval = \"1s\"",
        &[],
        "\
midwatch.toml:2:12: \"1s\" is too short: at least 10s
  2 | interval = \"1s\"
    |            ^^^^",
    );
}

#[test]
fn a_phone_line_says_what_it_takes() {
    check(
        "[[telephony]]\nvendor = \"twillio\"\naccount = \"AC1\"\ntoken = \"x\"\nfrom = \"+15005550006\"\nprefix = [\"+1\"]",
        &[],
        "\
midwatch.toml:2:10: \"twillio\" is not one of \"twilio\", \"plivo\"
  2 | vendor = \"twillio\"
    |          ^^^^^^^^^
  hint: did you mean \"twilio\"?
midwatch.toml:6:1: unknown key `prefix`
  6 | prefix = [\"+1\"]
    | ^^^^^^
  hint: did you mean `prefixes`?",
    );
    check(
        "[[telephony]]\nvendor = \"plivo\"\naccount = \"a/b\"\ntoken = \"x\"\nmessaging_service = \"MG1\"\nprefixes = [\"39\"]",
        &[],
        "\
midwatch.toml:3:11: expected an id from the vendor's console such as \"AC0123456789abcdef0123456789abcdef\", found \"a/b\"
  3 | account = \"a/b\"
    |           ^^^^^
midwatch.toml:5:21: only twilio has messaging services
  5 | messaging_service = \"MG1\"
    |                     ^^^^^
  hint: write `from` instead
midwatch.toml:6:13: expected the beginning of phone numbers such as \"+39\", found \"39\"
  6 | prefixes = [\"39\"]
    |             ^^^^",
    );
    check(
        "[telephony]\nvendor = \"twilio\"",
        &[],
        "\
midwatch.toml:1:1: there can be several; write `[[telephony]]`, not `[telephony]`
  1 | [telephony]
    | ^^^^^^^^^^^",
    );
}
