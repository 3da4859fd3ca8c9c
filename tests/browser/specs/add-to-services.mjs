// From a provider's page to one's own services: the piece of configuration is picked together on the page.

import { PROVIDER, visit } from "../pages.mjs";

export const name = "the piece of configuration for a provider names the components that were picked";

export const run = async ({ browser, base, assert }) => {
  await visit(browser, base + PROVIDER, {}, async (page) => {
    await page.getByText("Add it to my services").click();
    const snippet = page.locator("#snippet");
    assert.match(await snippet.innerText(), /provider = "commerce-layer"\ncomponents = \[\]/);
    await page.getByLabel("Checkout", { exact: true }).check();
    await page.getByLabel("Stream Hub", { exact: true }).check();
    assert.match(await snippet.innerText(), /^components = \["Checkout", "Stream Hub"\]$/m);
    await page.getByLabel("Checkout", { exact: true }).uncheck();
    assert.match(await snippet.innerText(), /^components = \["Stream Hub"\]$/m);
  });
  await visit(browser, base + PROVIDER, { javaScriptEnabled: false }, async (page) => {
    await page.getByText("Add it to my services").click();
    assert.match(await page.locator("#snippet").innerText(), /components = \[\]/);
    assert.equal(await page.locator("#pick").isVisible(), false, "what does nothing without script is not shown");
  });
};
