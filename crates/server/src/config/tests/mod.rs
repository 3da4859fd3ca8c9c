//! What a process runs by, and what it says when it does not.

mod reach;
mod refusals;

use std::{collections::HashMap, fs, path::Path, time::Duration};

use engine::{
    catalog::Reach,
    workers::{PingMethod, Retention},
};

use super::{
    Config, ConfigError, load,
    options::{self, MailSecurity},
    parse,
};

/// Reads a configuration under variables of the environment.
fn read(text: &str, env: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let env: HashMap<_, _> =
        env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    parse(text, Some(Path::new("midwatch.toml")), env)
}

#[track_caller]
fn good(text: &str, env: &[(&str, &str)]) -> Config {
    read(text, env).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn without_a_file_the_defaults_of_the_contract_run() {
    let config = parse("", None, HashMap::new()).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.server.admin_listen.to_string(), "127.0.0.1:9090");
    assert_eq!(config.server.public_url, "http://127.0.0.1:8080");
    assert_eq!(config.server.data_dir, Path::new("data"));
    assert_eq!(config.database_url.expose(), "sqlite://data/midwatch.db");
    assert_eq!((config.cluster, config.mail, config.source), (None, None, None));
    assert_eq!(config.dead_man, None);
    assert_eq!(config.retention, Retention::default());
    assert!(config.egress.allow.is_empty() && config.catalog.builtin);
    assert_eq!((config.catalog.poll, config.catalog.interval), (Reach::Used, Duration::from_secs(60)));
}

const OPTIONS: &str = r#"
[server]
listen = "0.0.0.0:80"
public_url = "https://midwatch.acme.example/"
data_dir = "/var/lib/midwatch"
admin_listen = "127.0.0.1:9091"
[database]
url = "postgres://midwatch:${DB_PASSWORD}@db.example/midwatch"
[cluster]
nats = "nats://127.0.0.1:4222"
[egress]
allow = ["127.0.0.0/8", "10.1.2.3"]
[catalog]
builtin = false
poll = "all"
interval = "2m"
[mail]
host = "smtp.acme.example"
security = "tls"
username = "pager"
password = "file:password.txt"
from = "pager@acme.example"
"#;

#[test]
fn every_option_is_read_and_secrets_are_not_printed() {
    let text = OPTIONS.replace("file:password.txt", "${MAIL_PASSWORD}");
    let config = good(&text, &[("DB_PASSWORD", "hunter2"), ("MAIL_PASSWORD", "hunter3")]);
    assert_eq!(config.server.public_url, "https://midwatch.acme.example");
    assert_eq!(config.database_url.expose(), "postgres://midwatch:hunter2@db.example/midwatch");
    assert_eq!(config.cluster.as_ref().unwrap().nats.expose(), "nats://127.0.0.1:4222");
    let networks: Vec<_> = config.egress.allow.iter().map(ToString::to_string).collect();
    assert_eq!(networks, ["127.0.0.0/8", "10.1.2.3/32"]);
    assert!(!config.catalog.builtin);
    assert_eq!((config.catalog.poll, config.catalog.interval), (Reach::All, Duration::from_secs(120)));
    let mail = config.mail.as_ref().unwrap();
    assert_eq!((mail.host.as_str(), mail.port, mail.security), ("smtp.acme.example", 465, MailSecurity::Tls));
    let (username, password) = mail.credentials.as_ref().unwrap();
    assert_eq!((username.as_str(), password.expose()), ("pager", "hunter3"));
    assert_eq!(mail.from, "pager@acme.example");
    let shown = format!("{config:?}{}", config.summary());
    assert!(!shown.contains("hunter"), "{shown}");
    assert!(shown.contains("postgres://midwatch:***@db.example/midwatch"), "{shown}");
}

#[test]
fn a_retention_is_read_and_a_month_is_the_least() {
    let day = |count: u64| Duration::from_secs(count * 24 * 3600);
    let config = good("[retention]\npaging = \"90d\"", &[]);
    assert_eq!(config.retention, Retention { paging: day(90), changes: day(400) });
    assert!(
        config.summary().contains("retention     messages 90d, changes at providers 400d\n"),
        "{}",
        config.summary()
    );
    let config = good("", &[("MIDWATCH_RETENTION__CHANGES", "60d")]);
    assert_eq!(config.retention.changes, day(60));
    for text in ["paging = \"29d\"", "changes = \"0s\""] {
        let error = read(&format!("[retention]\n{text}"), &[]).unwrap_err().to_string();
        assert!(error.contains("at least 30d"), "{error}");
    }
}

#[test]
fn a_dead_man_outside_is_read_and_its_address_is_not_printed() {
    let check = |text: &str, fail: Option<&str>, method, seconds, line: &str| {
        let config = good(&format!("[dead_man]\n{text}"), &[("PING", "https://hc-ping.com/uuid-hunter2")]);
        let outside = config.dead_man.as_ref().unwrap();
        assert_eq!(outside.fail_url.as_ref().map(|url| url.expose()), fail, "{text}");
        assert_eq!((outside.method, outside.interval), (method, Duration::from_secs(seconds)), "{text}");
        let shown = format!("{}{config:?}", config.summary());
        assert!(shown.contains(&format!("dead man      {line}\n")), "{shown}");
        assert!(!shown.contains("hunter"), "{shown}");
    };
    let fail = Some("https://hc-ping.com/uuid-hunter2/fail");
    let told = "hc-ping.com, every 1m, told of failures too";
    check("url = \"${PING}\"", fail, PingMethod::Get, 60, told);
    check("url = \"https://hc-ping.com/uuid-hunter2/\"", fail, PingMethod::Get, 60, told);
    check("url = \"https://push.example/hunter\"", None, PingMethod::Get, 60, "push.example, every 1m");
    check(
        "url = \"${PING}\"\nfail_url = \"https://b.example/hunter\"\nmethod = \"POST\"\ninterval = \"10s\"",
        Some("https://b.example/hunter"),
        PingMethod::Post,
        10,
        "hc-ping.com, every 10s, told of failures too",
    );
    let config = good("[dead_man]\nurl = \"http://127.0.0.1/ping\"", &[]);
    assert!(
        config.warnings().iter().any(|it| it.starts_with("url of dead_man: ")),
        "{:?}",
        config.warnings()
    );
}

#[test]
fn a_dead_man_that_can_not_be_pinged_is_refused_with_what_would_be_right() {
    let check = |text: &str, expect: &str| {
        let error = read(&format!("[dead_man]\n{text}"), &[]).unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    };
    let url = "url = \"https://hc-ping.com/uuid\"";
    check("interval = \"1m\"", "url");
    check("url = \"ftp://hc-ping.com/uuid\"", "only http and https are read");
    check(&format!("{url}\nintervall = \"1m\""), "did you mean `interval`?");
    check(&format!("{url}\ninterval = \"9s\""), "too short: at least 10s");
    check(&format!("{url}\nmethod = \"PUT\""), "is not one of \"GET\", \"POST\"");
    check(&format!("{url}\nfail_url = \"https://hc-ping.com/uuid\""), "would be taken for a ping");
}

#[test]
fn secrets_in_files_are_found_beside_the_configuration() {
    let folder = std::env::temp_dir().join(format!("midwatch-config-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("password.txt"), "hunter3\n").unwrap();
    fs::write(folder.join("acme.toml"), OPTIONS).unwrap();
    let env = [("DB_PASSWORD".to_owned(), "hunter2".to_owned())];
    let config = load(Some(&folder.join("acme.toml")), env.into_iter());
    let missing = load(Some(&folder.join("none.toml")), std::iter::empty());
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(config.unwrap().mail.unwrap().credentials.unwrap().1.expose(), "hunter3");
    assert!(missing.unwrap_err().to_string().contains("none.toml: it can't be read"));
}

#[test]
fn the_environment_stands_above_the_file() {
    let config = good(
        "[server]\nlisten = \"127.0.0.1:1\"\n[mail]\nport = 26",
        &[
            ("MIDWATCH_SERVER__LISTEN", "127.0.0.1:2"),
            ("MIDWATCH_EGRESS__ALLOW", "127.0.0.0/8, ::1/128"),
            ("MIDWATCH_CATALOG__BUILTIN", "false"),
            ("MIDWATCH_MAIL__HOST", "localhost"),
            ("MIDWATCH_MAIL__FROM", "${SENDER}"),
            ("MIDWATCH_MAIL__PORT", "27"),
            ("SENDER", "pager@acme.example"),
            ("MIDWATCH_CONFIG", "the command line's own"),
        ],
    );
    assert_eq!(config.server.listen.port(), 2);
    assert_eq!((config.egress.allow.len(), config.catalog.builtin), (2, false));
    let mail = config.mail.unwrap();
    assert_eq!((mail.port, mail.from.as_str()), (27, "pager@acme.example"));
}

#[test]
fn the_environment_can_set_exactly_the_options_there_are() {
    for (section, key, _) in options::OPTIONS {
        // A table is never the value of an option, so it is refused as a value and not as an unknown key.
        let error = read(&format!("[{section}]\n{key} = {{}}"), &[]).unwrap_err().to_string();
        assert!(!error.contains("unknown key"), "{error}");
    }
    let error = read(
        "[server]\nx=1\n[database]\nx=1\n[cluster]\nx=1\n[egress]\nx=1\n[catalog]\nx=1\n[mail]\nx=1\n\
         [dead_man]\nx=1\n[retention]\nx=1",
        &[],
    );
    let error = error.unwrap_err().to_string();
    let keys: Vec<_> = error.lines().filter_map(|line| line.split_once("keys here are ")).collect();
    let listed: usize = keys.iter().map(|(_, keys)| keys.split(", ").count()).sum();
    assert_eq!((keys.len(), listed), (8, options::OPTIONS.len()), "{error}");
}

#[test]
fn a_summary_says_what_would_run_and_what_was_probably_not_meant() {
    let config = good(
        r#"
        provider = [{ slug = "p", name = "P", category = "Other", feed = "https://p.example/x.json" }]
        [[user]]
        email = "ana@acme.example"
        [[escalation_policy]]
        slug = "spare"
        step = [{ notify = ["user:ana@acme.example"] }]
        [[service]]
        slug = "checkout"
        depends_on = [{ provider = "p", components = ["Checkout"] }, { service = "payments" }]
        [[service]]
        slug = "payments"
        [[status_page]]
        slug = "acme"
        "#,
        &[],
    );
    assert_eq!(
        config.summary(),
        "\
file          midwatch.toml
organization  Midwatch (default)
listen        127.0.0.1:8080, as http://127.0.0.1:8080
admin listen  127.0.0.1:9090
data          data
database      sqlite://data/midwatch.db
mail          none
dead man      none: nobody outside notices when this is gone
retention     messages 400d, changes at providers 400d
catalog       2727 shipped providers, those in use are read, every 1m
providers     1: p
users         1: ana@acme.example
teams         0
schedules     0
policies      1: spare
services      2: checkout, payments
                checkout depends on p (Checkout); service payments
status pages  1: acme
warning: nothing will reach contact email of ana@acme.example: no mail server is configured: add [mail] to the configuration
warning: service checkout has no escalation_policy: nobody is paged for it
warning: nobody is owner or admin: what reaches nobody else and what nobody answers goes to everyone; give somebody role = \"owner\"
warning: no service uses escalation policy spare, and no policy hands over to it
"
    );
}

#[test]
fn a_policy_that_another_hands_over_to_is_used() {
    let config = good(
        r#"
        user = [{ email = "ana@acme.example", role = "owner" }]
        escalation_policy = [
            { slug = "default", step = [{ notify = ["policy:leads"] }] },
            { slug = "leads", step = [{ notify = ["policy:managers"] }] },
            { slug = "managers", step = [{ notify = ["user:ana@acme.example"] }] },
            { slug = "spare", step = [{ notify = ["policy:managers"] }] },
        ]
        service = [{ slug = "checkout", escalation_policy = "default" }]
        "#,
        &[],
    );
    let unused: Vec<_> = config.warnings().into_iter().filter(|it| it.contains("no service uses")).collect();
    assert_eq!(unused, ["no service uses escalation policy spare, and no policy hands over to it"]);
}

/// The example of the handbook, as it stands there.
fn phones() -> &'static str {
    let handbook = include_str!("../../../../../docs/paging.md");
    let section = handbook.split("\n## Phones\n").nth(1).unwrap();
    section.split("```toml\n").nth(1).unwrap().split("```").next().unwrap()
}

#[test]
fn the_handbooks_phone_lines_work_and_their_tokens_are_not_printed() {
    let tokens = [("TWILIO_TOKEN", "hunter2"), ("PLIVO_TOKEN", "hunter3")];
    let config = good(phones(), &tokens);
    let accounts = |number| config.telephony.lines_for(number).into_iter().map(|line| line.carrier.word());
    assert_eq!(accounts("+393331234567").collect::<Vec<_>>(), ["plivo", "twilio"]);
    assert_eq!(accounts("+15551234567").collect::<Vec<_>>(), ["twilio"]);
    assert_eq!(config.telephony.lines()[1].token.expose(), "hunter3");
    let shown = format!("{config:?}{}", config.summary());
    assert!(!shown.contains("hunter"), "{shown}");
    assert!(
        shown.contains("telephony     twilio +15005550006; plivo +390212345678 for +39, +44\n"),
        "{shown}"
    );
    assert_eq!(config.warnings(), Vec::<String>::new());
}

#[test]
fn numbers_that_no_line_takes_and_callbacks_that_never_come_are_warned_of() {
    let tokens = [("TWILIO_TOKEN", "x"), ("PLIVO_TOKEN", "x")];
    let users = &phones()[phones().find("[[user]]").unwrap()..];
    let nothing = |why: &str| {
        format!("nothing will reach contact sms of ana@acme.example, contact call of ana@acme.example: {why}")
    };
    assert_eq!(
        good(users, &[]).warnings(),
        [nothing("no phone line is configured: add [[telephony]] to the configuration")]
    );
    let american = "[[telephony]]\nvendor = \"twilio\"\naccount = \"AC1\"\ntoken = \"x\"\nfrom = \"+15005550006\"\nprefixes = [\"+1\"]\n";
    let warnings = good(&format!("{american}{users}"), &[]).warnings();
    assert_eq!(
        warnings[0],
        nothing("no [[telephony]] takes this number: add its beginning to the prefixes of one")
    );
    assert!(warnings[1].starts_with("public_url of [server] is not https"), "{warnings:?}");
    let plain = phones().replace("https://midwatch", "http://midwatch");
    assert_eq!(good(&plain, &tokens).warnings().len(), 1);
}

#[test]
fn a_category_of_its_own_is_allowed_and_the_nearest_known_one_named() {
    let said = |category: &str| {
        let provider = format!(
            "[[provider]]\nslug = \"p\"\nname = \"P\"\ncategory = \"{category}\"\nfeed = \"https://p.example\""
        );
        let warnings = good(&provider, &[]).warnings();
        warnings.into_iter().find(|warning| warning.contains("categories"))
    };
    let own = |category: &str, more: &str| {
        Some(format!("these categories are none of the shipped ones: provider p in \"{category}\"{more}"))
    };
    assert_eq!(said("Payments & Billing"), None);
    assert_eq!(said("Payments"), own("Payments", " (did you mean \"Payments & Billing\"?)"));
    assert_eq!(said("Clod & Hosting"), own("Clod & Hosting", " (did you mean \"Cloud & Hosting\"?)"));
    assert_eq!(said("Weather"), own("Weather", ""));
}

#[test]
fn an_address_that_will_be_refused_is_named_with_its_rule() {
    let text = r#"
        provider = [{ slug = "p", name = "P", category = "C", feed = "http://10.0.0.1/x.json" }]
        [[user]]
        email = "ana@acme.example"
        contact = [{ id = "hook", kind = "webhook", url = "http://127.0.0.1:9200/ana" }]
        "#;
    let summary = good(text, &[]).summary();
    assert!(summary.contains("warning: feed of provider p: 10.0.0.1 is refused: "), "{summary}");
    assert!(
        summary
            .contains("warning: nothing will reach contact hook of ana@acme.example: 127.0.0.1 is refused: "),
        "{summary}"
    );
    let allowed = good(&format!("egress.allow = [\"10.0.0.0/8\", \"127.0.0.0/8\"]\n{text}"), &[]).summary();
    assert!(!allowed.contains("refused"), "{allowed}");
}

#[test]
fn shipped_providers_are_there_as_the_options_have_them() {
    let text = |catalog: &str| {
        format!(
            "{catalog}\n[[provider]]\nslug = \"vercel\"\ninterval = \"5m\"\n\
             [[service]]\nslug = \"s\"\ndepends_on = [{{ provider = \"stripe\" }}]"
        )
    };
    let config = good(&text("[catalog]\ninterval = \"2m\"\npoll = \"all\""), &[]);
    let slugs: Vec<&str> = config.objects.providers.iter().map(|it| it.slug.as_str()).collect();
    assert_eq!(slugs, ["vercel", "stripe"]);
    let intervals: Vec<u64> = config.objects.providers.iter().map(|it| it.interval.as_secs()).collect();
    assert_eq!(intervals, [300, 120]);
    let known = config.providers();
    assert_eq!((known.all().len(), known.reach()), (formats::catalog::builtin().len(), Reach::All));
    assert_eq!(known.declared().len(), 2);
    assert!(config.warnings().iter().all(|warning| !warning.contains("catalog")));
    let error = read(&text("[catalog]\nbuiltin = false"), &[]).unwrap_err().to_string();
    assert!(error.contains("a provider needs `name`, `category`, `feed` or `status_page`"), "{error}");
    assert!(error.contains("there is no provider \"stripe\""), "{error}");
}

#[test]
fn a_theme_that_can_not_be_worn_is_said_with_its_place_and_keeps_nothing_from_running() {
    let text = "[[status_page]]\nslug = \"acme\"\n[status_page.theme]\ntext = \"#999999\"\nlogo = \"file:Cargo.toml\"";
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("midwatch.toml");
    let config = parse(text, Some(&folder), HashMap::new()).unwrap_or_else(|error| panic!("{error}"));
    let remarks: Vec<String> = config.remarks(jiff::Timestamp::UNIX_EPOCH).collect();
    let wanted = [
        "text #999999 on background #fbfaf8 by day has a contrast of 2.73:1",
        "logo is left away: it is neither a PNG nor an SVG",
    ];
    for wanted in wanted {
        assert!(
            remarks.iter().any(|it| it.contains(wanted) && it.contains("midwatch.toml:2")),
            "{remarks:#?}"
        );
    }
    let missing = parse(&text.replace("Cargo.toml", "none.png"), Some(&folder), HashMap::new()).unwrap_err();
    assert!(missing.to_string().contains("the file `none.png` can't be read"), "{missing}");
}
