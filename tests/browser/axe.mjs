// WCAG 2.2 level AA, as far as a machine can tell. A page has to be opened with `bypassCSP`, since our own content policy
// refuses the foreign script that judges it.

import axe from "axe-core";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const describe = ({ id, help, nodes }) =>
  `${id}: ${help}\n${nodes.slice(0, 5).map(({ html, failureSummary }) => `${html}\n${failureSummary}`).join("\n")}`;

/** Returns what axe finds wrong with a page, as text; empty where that is nothing. */
export const violations = async (page) => {
  await page.evaluate(axe.source);
  const result = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
  if (result.passes.length === 0) return `axe looked at nothing on ${page.url()}`;
  return result.violations.map(describe).join("\n");
};
