// WCAG 2.2 level AA, as far as a machine can tell, by day and by night, on a phone and on a desk.

import { violations } from "../axe.mjs";
import { PAGES, VIEWS, visit } from "../pages.mjs";

export const name = "axe finds no violation of WCAG 2.2 AA on any public page";

export const run = async ({ browser, base, assert }) => {
  for (const view of VIEWS) {
    await visit(browser, base + PAGES[0].path, { ...view, bypassCSP: true }, async (page) => {
      for (const { path } of PAGES) {
        await page.goto(base + path);
        const found = await violations(page);
        assert.ok(found === "", `${path}, ${view.colorScheme}, ${view.viewport.width} px:\n${found}`);
      }
    });
  }
};
