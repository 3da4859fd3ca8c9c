// The way in: from the directory over a category to a provider.

import { PROVIDER, visit } from "../pages.mjs";

export const name = "the directory leads over a category to a provider";

export const run = ({ browser, base, assert }) =>
  visit(browser, `${base}/directory`, {}, async (page) => {
    await page.getByRole("link", { name: /E-commerce & Marketplaces/ }).first().click();
    await page.waitForURL(`${base}/directory/e-commerce-marketplaces`);
    await page.getByRole("link", { name: /Commerce Layer/ }).first().click();
    await page.waitForURL(base + PROVIDER);
    assert.match(await page.getByRole("heading", { level: 1 }).innerText(), /Commerce Layer/);
  });
