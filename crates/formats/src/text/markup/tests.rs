//! Foreign HTML as Markdown: what stays, what goes, and what hostile text costs.

use super::*;

fn check(html: &str, expect: &str) {
    assert_eq!(from_html(html), expect, "{html}");
}

#[test]
fn paragraphs_and_lines() {
    check("<p>One.</p><p>Two.</p>", "One.\n\nTwo.");
    check("<p>One.<p>Two.", "One.\n\nTwo.");
    check("  a\n  b<br>c<br/>\n d ", "a b\nc\nd");
    check("a<br><br><br>b", "a\n\nb");
    check("<div>a</div><div>b<div>c</div></div>d", "a\nb\nc\nd");
    check("<p></p><p> &nbsp; </p>a", "a");
    check("a&nbsp;&amp;&nbsp;b", "a & b");
    check("<hr><p>a</p><hr>b", "a\n\nb");
    check(
        "<table><tr><th>Zone<th>State</tr><tr><td>A</td><td>ok</td></tr></table>x",
        "Zone State\nA ok\n\nx",
    );
    check("plain words", "plain words");
    check("", "");
}

#[test]
fn headings() {
    check("<h1>Root cause</h1>text<h3>Next</h3><p>more", "# Root cause\n\ntext\n\n### Next\n\nmore");
    check("<h2></h2>a", "a");
    check("<h2><div>a<br>b</div></h2>c", "## a b\n\nc");
    check("<h2><strong>Times</strong></h2>", "## **Times**");
}

#[test]
fn lists_and_quotations() {
    check("a<ul><li>one</li><li>two</li></ul>b", "a\n\n- one\n- two\n\nb");
    check("<ul><li>one<li><p>two</p><p>more</p><li>three</ul>", "- one\n- two\n\n  more\n- three");
    check("<ol start=3><li>a<li>b<ul><li>c</ul><li>d</ol>", "3. a\n4. b\n   - c\n5. d");
    check("<ul><li></li><li>b</li></ul>", "- b");
    check("<blockquote><p>a</p><p>b<br>c</p></blockquote>d", "> a\n>\n> b\n> c\n\nd");
    check("<ul><li>a<blockquote>b</blockquote></ul>", "- a\n\n  > b");
    check("</ul></li></blockquote>a<li>b", "a\n- b");
}

#[test]
fn emphasis_stands_tight_at_its_words() {
    check("<b>Resolved</b> - done", "**Resolved** - done");
    check("a<strong> b </strong>c <em>d</em>", "a **b** c *d*");
    check("<b></b>a<i> </i>b", "a b");
    check("<b>a<p>b</p></b>c", "**a**\n\n**b**\n\nc");
    check("<b>a <i>b</b> c</i>", "**a *b*** *c*");
    check("<b>Note:</b>text", "**Note:** text");
    check("Git<b>Hub</b>", "Git**Hub**");
    check("<b><b>a</b></b>", "**a**");
    check("<b>never closed", "**never closed**");
}

#[test]
fn links_lead_to_the_web_only() {
    check(
        "see <a href='https://example.com/x?a=1&amp;b=2'>the page</a>.",
        "see [the page](https://example.com/x?a=1&b=2).",
    );
    check("<a href='https://example.com/a_(b)'>c</a>", "[c](https://example.com/a_%28b%29)");
    check("<a href='javascript:alert(1)'>c</a><a href='/x'>d</a><a name=e>f</a>", "cdf");
    check("<a href='http://a.example'></a>b", "b");
    check("<a href='http://a.example'>x <b>y</b></a>", "[x **y**](http://a.example/)");
    check(
        "<a href='http://a.example'>x<a href='http://b.example'>y",
        "[x](http://a.example/)[y](http://b.example/)",
    );
    check("<a href='http://a.example/ \"onclick=x'>y</a>", "[y](http://a.example/%20%22onclick=x)");
}

#[test]
fn code_is_kept_as_it_is() {
    check("set <code>a_b *c*</code> now", "set `a_b *c*` now");
    check("<code>a`b</code> <code>`</code><code> </code>.", "``a`b`` `` ` `` .");
    check("<pre>one\n  two &lt;b&gt;\n\nthree</pre>x", "```\none\n  two <b>\n\nthree\n```\n\nx");
    check("<pre><code>a</code><br>b</pre>", "```\na\nb\n```");
    check("<ul><li>x<pre>a\n\nb</pre></ul>", "- x\n\n  ```\n  a\n\n  b\n  ```");
    check("<pre>```</pre>", "````\n```\n````");
    check("<pre> </pre>a", "a");
}

#[test]
fn what_is_not_text_goes() {
    check("<head><title>T</title><style>p{}</style></head>a<script>if(a<b)</script>b<!-- c -->", "ab");
    check("<img src=x onerror=alert(1)>a<template>b</template><iframe src=y></iframe>c", "a\nc");
    check("\u{202E}a\u{0}b\u{7}", "ab");
}

#[test]
fn words_that_would_be_markup_are_escaped() {
    check("5 * 3 *x* a_b _c_ 2 < 3", "5 * 3 \\*x\\* a_b \\_c\\_ 2 < 3");
    check("&lt;script&gt; &amp;lt; AT&amp;T [RESOLVED] [a](b)", "\\<script> \\&lt; AT&T [RESOLVED] [a\\](b)");
    check(
        "# no heading<br>- no item<br>1. no number<br>&gt; no quote<br>#tag -x 1.5",
        "\\# no heading\n\\- no item\n1\\. no number\n\\> no quote\n#tag -x 1.5",
    );
    check("C:\\path \\*x `y`", "C:\\path \\\\\\*x \\`y\\`");
    check("a<br>---<br>===", "a\n\\---\n\\===");
}

#[test]
fn a_line_is_the_words_alone() {
    let check = |html: &str, expect: &str| assert_eq!(line_from_html(html, 30), expect, "{html}");
    check("<p>Git<b>Hub</b></p><p>is &lt;up&gt;</p>", "GitHub is <up>");
    check("a<br>b<script>c</script><li>d", "a b d");
    check("<p>0123456789 0123456789 0123456789", "0123456789 0123456789 0123456…");
}

#[test]
fn hostile_markup_is_bounded() {
    for piece in [
        "<div>",
        "<b>",
        "<ul><li>",
        "<blockquote>",
        "<p><b a=1>x",
        "<a href='http://a.example'>x",
        "<pre>",
        "\n",
        "x",
        "<li>x<p>",
        "<code>`",
        "&lt;",
    ] {
        let text = from_html(&format!("{}<pre>{}", piece.repeat(20_000), "\n".repeat(20_000)));
        assert!(text.chars().count() <= BODY_CHARS, "{piece}");
    }
}
