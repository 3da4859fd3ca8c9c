// Looking for a provider: while one types, by the keyboard alone, and in an address that can be passed on.

import { PROVIDER, visit } from "../pages.mjs";

export const name = "a provider is found while typing, by the keyboard, and by its address";

const whileTyping = (browser, base, assert) =>
  visit(browser, `${base}/directory`, {}, async (page) => {
    const found = page.locator("#found");
    assert.equal(await found.isVisible(), false, "nothing is asked so far");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("commerce lay");
    await found.getByRole("link", { name: "Commerce Layer", exact: true }).waitFor({ state: "visible" });
    assert.equal(await page.locator("#browse").isVisible(), false, "the answer takes the place of the list");
    await page.waitForURL(`${base}/directory?q=commerce+lay`);
    assert.match(await page.locator("#live").textContent(), /1 provider/, "it is said to those who can't see it");
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Commerce Layer");
    await page.keyboard.press("ArrowUp");
    assert.equal(await page.evaluate(() => document.activeElement.id), "q");
    await page.keyboard.press("Escape");
    await page.locator("#browse").waitFor({ state: "visible" });
    await page.waitForURL(`${base}/directory`);
    await page.keyboard.type("layer");
    await found.getByRole("link", { name: "Commerce Layer", exact: true }).waitFor({ state: "visible" });
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(base + PROVIDER);
  });

const byFilters = (browser, base, assert) =>
  visit(browser, `${base}/directory`, {}, async (page) => {
    const found = page.locator("#found");
    await page.getByLabel("Platform").selectOption("statuspage");
    await found.locator(".row").first().waitFor({ state: "visible" });
    await page.getByLabel("Category").selectOption({ label: "E-commerce & Marketplaces" });
    await page.waitForURL(/category=e-commerce-marketplaces&platform=statuspage/);
    await page.getByLabel("Find a provider").fill("no such thing");
    await found.getByText("Nothing goes by that name").waitFor({ state: "visible" });
    assert.equal(await found.locator(".row").count(), 0);
  });

const withoutScript = (browser, base, assert) =>
  visit(browser, `${base}/directory`, { javaScriptEnabled: false }, async (page) => {
    await page.getByLabel("Find a provider").fill("layer");
    await page.getByLabel("How well we can read it").selectOption("fresh");
    await page.getByRole("button", { name: "Find" }).click();
    await page.waitForURL(/q=layer/);
    await page.locator("#found").getByRole("link", { name: "Commerce Layer", exact: true }).waitFor();
    assert.equal(await page.getByLabel("Find a provider").inputValue(), "layer", "the form stays filled in");
    assert.equal(await page.getByLabel("How well we can read it").inputValue(), "fresh");
  });

export const run = async ({ browser, base, assert }) => {
  await whileTyping(browser, base, assert);
  await byFilters(browser, base, assert);
  await withoutScript(browser, base, assert);
};
