// Script improves a page; it is never what makes it readable.

import { PAGES, visit } from "../pages.mjs";

export const name = "every public page can be read with JavaScript disabled";

export const run = async ({ browser, base, assert }) => {
  for (const { path, shows } of PAGES) {
    await visit(browser, base + path, { javaScriptEnabled: false }, async (page) => {
      await page.getByRole("heading", { level: 1 }).waitFor({ state: "visible" });
      const text = (await page.locator("body").innerText()).replace(/\s+/g, " ");
      for (const words of shows) assert.ok(text.includes(words), `"${words}" is not on ${path}`);
    });
  }
};
