// The narrowest phone: everything fits, nothing is cut off.

import { PAGES, visit } from "../pages.mjs";

export const name = "no public page scrolls sideways at 360 px";

const WIDTH = 360;

/** The elements that stick out, to say which one to mend. */
const stickingOut = () => {
  const width = document.documentElement.clientWidth;
  const out = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > width + 1);
  return out.slice(0, 5).map((e) => `${e.tagName.toLowerCase()}.${e.className}`);
};

export const run = async ({ browser, base, assert }) => {
  const viewport = { width: WIDTH, height: 740 };
  for (const { path } of PAGES) {
    await visit(browser, base + path, { viewport, isMobile: true }, async (page) => {
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      const names = width > WIDTH ? await page.evaluate(stickingOut) : [];
      assert.ok(width <= WIDTH, `${path} is ${width} px wide: ${names.join(", ")}`);
    });
  }
};
