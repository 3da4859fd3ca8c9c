// One incident by its own address: four clocks, who was hit, everything that was said, and its neighbours.

import { INCIDENT, PROVIDER, visit } from "../pages.mjs";

export const name = "an incident has a page with its clocks, its words and its neighbours";

const fact = async (page, clock) =>
  (await page.locator("dl.facts > div", { hasText: clock }).locator("dd").innerText()).replace(/\s+/g, " ");

export const run = ({ browser, base, assert }) =>
  visit(browser, base + PROVIDER, {}, async (page) => {
    await page.locator("article", { hasText: "May 23, 2025 · resolved May 23" }).locator("h3 a").click();
    await page.waitForURL(base + INCIDENT);
    assert.match(await fact(page, "Started"), /May 23, 2025, 05:50 UTC/);
    assert.match(await fact(page, "First public word"), /May 23, 2025, \d\d:\d\d UTC .* after the start/);
    assert.match(await fact(page, "First seen by us"), /UTC/);
    assert.match(await fact(page, "Resolved"), /May 23, 2025, 07:03 UTC 1 h 13 min after the start/);
    assert.ok((await fact(page, "Affected")).length > 0);
    assert.ok((await page.locator("#post ~ *, section:has(#post) h3").count()) > 0, "the post-mortem has headings");
    const facts = JSON.parse(await page.locator('script[type="application/ld+json"]').textContent());
    assert.equal(facts["@graph"][0].about.name, "Commerce Layer");
    assert.equal(await page.locator('link[rel="canonical"]').getAttribute("href"), base + INCIDENT);
    const older = page.getByRole("navigation", { name: "Other incidents" }).getByRole("link", { name: /^Older/ });
    const title = (await older.innerText()).split("\n").pop().trim();
    await older.click();
    await page.waitForURL(/\/incidents\//);
    assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), title);
  });
