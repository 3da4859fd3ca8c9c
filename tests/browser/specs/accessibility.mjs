// WCAG 2.2 level AA, as far as a machine can tell, by day and by night.

import { violations } from "../axe.mjs";
import { PAGES, visit } from "../pages.mjs";

export const name = "axe finds no violation of WCAG 2.2 AA on any public page";

export const run = async ({ browser, base, assert }) => {
  for (const { path } of PAGES) {
    for (const colorScheme of ["light", "dark"]) {
      await visit(browser, base + path, { colorScheme, bypassCSP: true }, async (page) => {
        const found = await violations(page);
        assert.ok(found === "", `${path}, ${colorScheme}:\n${found}`);
      });
    }
  }
};
