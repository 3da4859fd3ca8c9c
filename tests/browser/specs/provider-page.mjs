// What a reader finds about a provider: its state, its parts, its past.

import { COMPONENTS, PROVIDER, STATUS_WORD, visit } from "../pages.mjs";

export const name = "a provider page shows its components and its incidents with exact times";

const PAST = [
  ["Nov 18, 2025 · resolved Nov 19", "minor"],
  ["May 23, 2025 · resolved May 23", "major"],
  ["Oct 1, 2024 · resolved Oct 1", "none"],
  ["Apr 9, 2024 · resolved Apr 9", "critical"],
  ["Mar 26, 2024 · resolved Mar 26", "minor"],
];

const showsIncidents = async (page, assert) => {
  const text = (await page.locator("main").textContent()).replace(/\s+/g, " ");
  for (const [dates, impact] of PAST) {
    assert.ok(text.includes(dates), `"${dates}" is not on the page`);
    const article = page.locator("article", { hasText: dates }).first();
    assert.match(await article.textContent(), new RegExp(`\\b${impact}\\b`, "i"), `impact of ${dates}`);
  }
  const major = page.locator("article", { hasText: PAST[1][0] }).first();
  assert.ok((await major.locator('time[datetime^="2025-05-23T05:50"]').count()) > 0, "the exact start for machines");
  assert.match(await major.textContent(), /1 h 13 min/, "the duration in words");
  assert.ok((await major.getByRole("link", { name: /./ }).count()) > 0, "a link to the incident");
};

const rendersMarkdown = async (page, assert) => {
  const headings = page.locator("article h3, article h4, article h5, article h6");
  assert.ok((await headings.filter({ hasText: /^\s*Root cause\s*$/i }).count()) > 0, "a post-mortem has headings");
  const text = await page.locator("main").textContent();
  assert.doesNotMatch(text, /\*\*|\\_|^#{1,6} /m, "Markdown is rendered, not shown");
};

export const run = ({ browser, base, assert }) =>
  visit(browser, base + PROVIDER, {}, async (page) => {
    assert.match(await page.getByRole("heading", { level: 1 }).innerText(), /Commerce Layer/);
    await page.getByRole("heading", { name: /components/i }).first().waitFor();
    for (const component of COMPONENTS) {
      await page.locator("main").getByText(component, { exact: true }).first().waitFor({ state: "visible" });
    }
    assert.match(await page.locator("main").innerText(), STATUS_WORD);
    await showsIncidents(page, assert);
    await rendersMarkdown(page, assert);
    assert.ok((await page.getByRole("link", { name: /official/i }).count()) > 0, "a link to the official page");
    assert.ok((await page.locator('[href$="/history.atom"]').count()) > 0, "a feed");
  });
