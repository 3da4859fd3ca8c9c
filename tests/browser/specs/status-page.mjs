// What the readers of a team's own status page find.

import { STATUS_PAGE, STATUS_WORD, visit } from "../pages.mjs";

export const name = "a status page says in words how its services are";

export const run = ({ browser, base, assert }) =>
  visit(browser, base + STATUS_PAGE, {}, async (page) => {
    assert.match(await page.getByRole("heading", { level: 1 }).innerText(), /Acme/);
    assert.match(await page.title(), /Acme/);
    const main = page.locator("main");
    await main.getByText("Checkout", { exact: true }).first().waitFor({ state: "visible" });
    assert.match(await main.innerText(), STATUS_WORD);
    assert.ok((await page.locator('[href$="/history.atom"]').count()) > 0, "a feed");
  });
