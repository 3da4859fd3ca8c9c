//! Where a browser says that a request comes from.
//!
//! Links that act carry their right in their address, so no cookie can be abused. What is refused here is the form or the
//! script on somebody else's page that has come by such an address: only a page of ours, or a program that is no browser,
//! sends to one.

use axum::http::HeaderMap;

/// Whether a browser says that a page of somebody else's has sent this (`Sec-Fetch-Site`). Programs that are no browsers say
/// nothing of the kind.
pub(crate) fn is_foreign(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_page_of_ours_and_a_program_may_send_and_another_site_may_not() {
        let check = |site: Option<&'static str>, expected| {
            let mut headers = HeaderMap::new();
            if let Some(site) = site {
                headers.insert("sec-fetch-site", HeaderValue::from_static(site));
            }
            assert_eq!(is_foreign(&headers), expected, "{site:?}");
        };
        check(None, false);
        check(Some("same-origin"), false);
        check(Some("none"), false);
        check(Some("same-site"), true);
        check(Some("cross-site"), true);
        check(Some("anything else"), true);
    }
}
