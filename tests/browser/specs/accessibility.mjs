// WCAG 2.2 level AA, as far as a machine can tell, by day and by night.

import axe from "axe-core";
import { PAGES, visit } from "../pages.mjs";

export const name = "axe finds no violation of WCAG 2.2 AA on any public page";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const describe = ({ id, help, nodes }) =>
  `${id}: ${help}\n${nodes.slice(0, 5).map(({ html, failureSummary }) => `${html}\n${failureSummary}`).join("\n")}`;

export const run = async ({ browser, base, assert }) => {
  for (const { path } of PAGES) {
    for (const colorScheme of ["light", "dark"]) {
      // Our own content policy would refuse the foreign script that judges the page.
      await visit(browser, base + path, { colorScheme, bypassCSP: true }, async (page) => {
        await page.evaluate(axe.source);
        const result = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
        const found = result.violations.map(describe).join("\n");
        assert.ok(found === "", `${path}, ${colorScheme}:\n${found}`);
        assert.ok(result.passes.length > 0, `axe looked at nothing on ${path}`);
      });
    }
  }
};
