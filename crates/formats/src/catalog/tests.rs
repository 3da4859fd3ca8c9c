//! The shipped files, what is refused in a row, and whether people find whom they mean.

use std::collections::HashSet;

use domain::{Platform, provider::CATEGORIES, search::Index};

use super::*;

const HEAD: &str = "slug,name,category,homepage,status_page,platform,feed,also,upstreams\n";

/// Returns the mistakes in rows of providers and of services, one a line.
fn mistakes(providers: &str, services: &str) -> String {
    let read = read(&format!("{HEAD}{providers}"), &format!("provider,service\n{services}"));
    let mistakes = read.expect_err("it must be refused");
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_shipped_files_have_no_mistakes() {
    let read = read(
        include_str!("../../../../catalog/providers.csv"),
        include_str!("../../../../catalog/services.csv"),
    );
    let providers = read.unwrap_or_else(|mistakes| {
        panic!("{}", mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    });
    assert!(providers.len() > 2_700, "{}", providers.len());
    assert!(providers.iter().map(|provider| provider.services.len()).sum::<usize>() > 760);
    let met: HashSet<&str> = providers.iter().map(|provider| provider.category.as_str()).collect();
    assert_eq!(met, HashSet::from(CATEGORIES));
}

#[test]
fn what_the_shipped_files_say_comes_out() {
    let commerce = find(builtin(), "commerce-layer").expect("it is shipped");
    assert_eq!(commerce.name, "Commerce Layer");
    assert_eq!(commerce.category, "E-commerce & Marketplaces");
    assert_eq!(commerce.platform, Some(Platform::Statuspage));
    assert_eq!(commerce.feed.as_deref(), Some("https://status.commercelayer.io/api/v2/summary.json"));
    assert!(commerce.services.iter().any(|service| service.contains("Checkout")));
    let vercel = find(builtin(), "vercel").expect("it is shipped");
    assert_eq!(vercel.upstreams, ["amazon-web-services-aws"]);
    assert_eq!(find(builtin(), "no-such-provider"), None);
}

#[test]
fn rows_come_back_from_what_is_written() {
    let written = to_csv(builtin().iter().map(AsRef::as_ref));
    let back = read(&written, "provider,service\n").expect("it was written by us");
    for (back, shipped) in back.into_iter().zip(builtin()) {
        assert_eq!(Provider { services: shipped.services.clone(), ..back }, **shipped);
    }
}

#[test]
fn mistakes_are_told_with_their_place_and_what_would_be_right() {
    let row = |slug: &str, rest: &str| format!("{slug},N,Gaming,{rest}\n");
    for (providers, services, expected) in [
        (
            "Acme Co,Acme,Gamin,ftp://x,acme.example,statuspag,,,\n".to_owned(),
            "",
            "catalog/providers.csv:2: slug: \"Acme Co\" is no slug; right would be \"acme-co\"\n\
             catalog/providers.csv:2: category: there is no category \"Gamin\"; right would be \"Gaming\"\n\
             catalog/providers.csv:2: homepage: \"ftp://x\" is no http or https address; write it like \"https://status.acme.example\"\n\
             catalog/providers.csv:2: status_page: \"acme.example\" is no http or https address; write it like \"https://status.acme.example\"\n\
             catalog/providers.csv:2: platform: there is no platform \"statuspag\"; right would be \"statuspage\"",
        ),
        (
            row("b", ",https://www.s.example,,,,") + &row("a", ",https://s.example/x,,,,"),
            "",
            "catalog/providers.csv:3: slug: \"a\" stands after \"b\"; rows are sorted by slug\n\
             catalog/providers.csv:3: status_page: the host s.example is that of \"b\"; one of them is wrong",
        ),
        (
            row("a", ",,,,,") + &row("a", ",https://a.example,,,x; ,a; bb"),
            "bb,S\na,S\na,S\na, ",
            "catalog/providers.csv:2: status_page: a provider has a status_page, a feed, or both\n\
             catalog/providers.csv:3: slug: \"a\" stands in the row before too; each provider has one row\n\
             catalog/providers.csv:3: also: a name is empty; write \"one; another\"\n\
             catalog/providers.csv:3: upstreams: a provider does not run on itself\n\
             catalog/providers.csv:3: upstreams: there is no provider \"bb\"; add its row to catalog/providers.csv\n\
             catalog/services.csv:2: provider: there is no provider \"bb\"; add its row to catalog/providers.csv\n\
             catalog/services.csv:4: service: \"S\" stands in line 3 too\n\
             catalog/services.csv:5: service: the name is empty or has blanks around it",
        ),
        (
            "a,\"N, Inc\",Gaming,,https://a.example,,,,\nb,N, Inc,Gaming,,https://b.example,,,,\n".to_owned(),
            "",
            "catalog/providers.csv:3: 10 values where 9 are due: quote what holds a comma",
        ),
    ] {
        assert_eq!(mistakes(&providers, services), expected);
    }
}

#[test]
fn other_columns_and_empty_files_are_refused_as_a_whole() {
    let told = |providers: &str| {
        let mistakes = read(providers, "provider,service\n").expect_err("it must be refused");
        mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let columns = COLUMNS.join(",");
    assert_eq!(told("slug,name\n"), format!("catalog/providers.csv:1: the columns have to be {columns}"));
    assert_eq!(told(""), format!("catalog/providers.csv:1: the file is empty; it begins with {columns}"));
}

#[test]
fn a_feed_stands_where_the_reader_of_its_platform_looks() {
    // They offer the short document of the form and not the long one.
    const SHORT: [&str; 2] = ["fivetran", "oracle-cloud-infrastructure"];
    for provider in builtin().iter().filter(|provider| !SHORT.contains(&provider.slug.as_str())) {
        let (Some(platform), Some(feed), Some(page)) =
            (provider.platform, &provider.feed, &provider.status_page)
        else {
            continue;
        };
        let probes = crate::feed::probes(page);
        let of_platform: Vec<_> = probes.iter().filter(|(of, _)| *of == platform).collect();
        // Several platforms may keep their documents at one address, which then stands here once.
        let looks_there = probes.iter().any(|(_, url)| url == feed);
        // Any address can be that of a plain feed, and some readers can't tell where to look.
        assert!(
            looks_there || of_platform.is_empty() || platform == Platform::Feed,
            "{}: {feed} instead of {of_platform:?}",
            provider.slug
        );
    }
}

/// What a person types, and who is meant.
const MEANT: [(&str, &str); 79] = [
    ("aws", "amazon-web-services-aws"),
    ("AWS S3", "amazon-web-services-aws"),
    ("amazon", "amazon-web-services-aws"),
    ("amazn web services", "amazon-web-services-aws"),
    ("ses", "amazon-web-services-aws"),
    ("amazon s3", "amazon-web-services-aws"),
    ("s3", "amazon-web-services-aws"),
    ("dynamo db", "amazon-web-services-aws"),
    ("route53", "amazon-web-services-aws"),
    ("simple email service", "amazon-web-services-aws"),
    ("us-east", "amazon-web-services-aws"),
    ("gogle cloud", "google-cloud"),
    ("gcp", "google-cloud"),
    ("bigquery", "google-cloud"),
    ("gmail", "google-workspace"),
    ("g suite", "google-workspace"),
    ("azure", "microsoft-azure"),
    ("azure ad", "microsoft-azure"),
    ("azure devops", "azure-devops"),
    ("m365", "microsoft-365"),
    ("office 365", "microsoft-365"),
    ("ms teams", "microsoft-365"),
    ("outlook", "microsoft-365"),
    ("githb", "github"),
    ("git hub", "github"),
    ("github actions", "github"),
    ("gitlab", "gitlab"),
    ("stripe api", "stripe"),
    ("stripe", "stripe"),
    ("stirpe", "stripe"),
    ("https://status.stripe.com", "stripe"),
    ("cloudflare workers", "cloudflare"),
    ("cloudflair", "cloudflare"),
    ("1.1.1.1", "cloudflare"),
    ("post gres", "neon"),
    ("mongo", "mongodb-atlas"),
    ("mongodb", "mongodb-atlas"),
    ("commerce layer", "commerce-layer"),
    ("commercelayer checkout", "commerce-layer"),
    ("chatgpt", "openai"),
    ("chat gpt", "openai"),
    ("open ai", "openai"),
    ("claude", "anthropic-claude"),
    ("anthropic", "anthropic-claude"),
    ("pager duty", "pagerduty"),
    ("data dog", "datadog"),
    ("datadog", "datadog"),
    ("new relic", "new-relic"),
    ("twilio sms", "twilio"),
    ("send grid", "sendgrid"),
    ("docker hub", "docker"),
    ("terraform", "hashicorp"),
    ("pypi", "python-infrastructure"),
    ("twitter", "x-twitter-api"),
    ("facebook", "meta"),
    ("whatsapp", "meta"),
    ("o365", "microsoft-365"),
    ("digital ocean", "digitalocean"),
    ("shopfy", "shopify"),
    ("zoom status", "zoom"),
    ("is slack down", "slack"),
    ("slack", "slack"),
    ("heroku postgres", "heroku"),
    ("salesforce marketing cloud", "salesforce"),
    ("okta", "okta"),
    ("quickbooks", "quickbooks-intuit"),
    ("efi", "efi"),
    ("1 password", "1password"),
    ("letsencrypt", "let-s-encrypt"),
    ("npm", "npm"),
    ("npmjs", "npm"),
    ("npm registry", "npm"),
    ("k8s", "google-cloud"),
    ("kubernetes", "google-cloud"),
    ("eks", "amazon-web-services-aws"),
    ("azure kubernetes", "microsoft-azure"),
    ("gke", "google-cloud"),
    ("dns", "cloudflare"),
    ("sms", "twilio"),
];

#[test]
fn people_find_whom_they_mean() {
    let index = Index::new(builtin().iter().cloned());
    let mut wrong = Vec::new();
    for (words, expected) in MEANT {
        let found = index.search(words, 5);
        let slugs: Vec<&str> = found.iter().map(|found| found.provider.slug.as_str()).collect();
        if slugs.first() != Some(&expected) {
            wrong.push(format!("{words}: {slugs:?} instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_search_says_which_service_or_name_was_found() {
    let index = Index::new(builtin().iter().cloned());
    for (words, because) in [
        ("aws", Some("AWS")),
        ("amazon s3", Some("Amazon S3")),
        ("Google BigQuery", Some("Google BigQuery")),
        ("dynamodb", Some("DynamoDB")),
        ("stripe", None),
        ("cloudflare workers", Some("Cloudflare Workers")),
    ] {
        assert_eq!(index.search(words, 1)[0].because.as_deref(), because, "{words}");
    }
}

#[test]
fn every_provider_is_among_the_first_by_its_name_and_by_its_slug() {
    let index = Index::new(builtin().iter().cloned());
    for provider in builtin() {
        for words in [&provider.name, &provider.slug] {
            let found = index.search(words, 3);
            assert!(found.iter().any(|found| found.provider.slug == provider.slug), "{words}: {found:#?}");
        }
    }
}
