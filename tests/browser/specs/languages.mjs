// A status page in its languages: a menu without script, pages that mirror, times in the reader's own zone.

import { STATUS_PAGE, visit } from "../pages.mjs";

export const name = "a status page speaks its languages, mirrors in Arabic and says times in the reader's zone";

export const run = async ({ browser, base, assert }) => {
  await visit(browser, base + STATUS_PAGE, { javaScriptEnabled: false }, async (page) => {
    await page.locator(".tongues > summary").click();
    await page.getByRole("link", { name: "العربية" }).click();
    assert.equal(new URL(page.url()).pathname, `${STATUS_PAGE}/ar`);
    assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
    await page.getByRole("heading", { name: "الخدمات" }).waitFor({ state: "visible" });
  });

  await visit(browser, `${base}${STATUS_PAGE}/ar`, {}, async (page) => {
    const box = (selector) => page.locator(selector).first().boundingBox();
    const [mark, nav] = [await box(".mark"), await box(".bar nav")];
    assert.ok(mark.x > nav.x, "the name stands at the right");
    const [component, state] = [await box(".comp > b"), await box(".comp > .state")];
    assert.ok(component.x > state.x, "a state stands at the left of what it is the state of");
    const days = page.locator(".days").first().locator("rect");
    if ((await days.count()) > 1) {
      const [oldest, today] = [await days.first().boundingBox(), await days.last().boundingBox()];
      assert.ok(oldest.x > today.x, "today is at the left");
    }
  });

  for (const [language, said] of [["de", /Alle Zeiten in Ihrer Zeitzone, Asia\/Tokyo/], ["ar", /بتوقيت منطقتك، Asia\/Tokyo/]]) {
    await visit(browser, `${base}${STATUS_PAGE}/${language}`, { timezoneId: "Asia/Tokyo" }, async (page) => {
      assert.match(await page.locator("footer").innerText(), said);
      const time = page.locator(".age time");
      const hour = new Date(await time.getAttribute("datetime")).getUTCHours();
      const expected = String((hour + 9) % 24).padStart(2, "0");
      assert.match(await time.innerText(), new RegExp(`\\b${expected}:\\d\\d`), "Tokyo is nine hours ahead");
      assert.match(await time.getAttribute("title"), /UTC/, "what stood there is said when it is pointed at");
    });
  }
};
