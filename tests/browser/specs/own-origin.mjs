// The public path stands alone: nothing foreign is loaded, and nothing breaks in the reader's browser.

import { PAGES, visit } from "../pages.mjs";

export const name = "every public page loads from its own origin alone and without an error";

export const run = async ({ browser, base, assert }) => {
  for (const { path } of PAGES) {
    await visit(browser, `${base}/directory`, {}, async (page) => {
      const troubles = [];
      page.on("pageerror", (error) => troubles.push(error.message));
      page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
      page.on("request", (request) => {
        const { origin, protocol } = new URL(request.url());
        if (protocol !== "data:" && origin !== base) troubles.push(`asked ${origin}`);
      });
      await page.goto(base + path, { waitUntil: "load" });
      assert.deepEqual(troubles, [], path);
    });
  }
};
