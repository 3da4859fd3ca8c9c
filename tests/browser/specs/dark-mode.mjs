// Day and night: the page follows the reader's system.

import { PAGES, visit } from "../pages.mjs";

export const name = "every public page is light by day and dark by night";

/** The lightness of the background, from 0 to 255; the nearest element that paints one decides. */
const lightness = () => {
  const colours = [document.body, document.documentElement].map((e) => getComputedStyle(e).backgroundColor);
  const painted = colours.find((colour) => colour !== "rgba(0, 0, 0, 0)") ?? "rgb(255, 255, 255)";
  const pixel = new OffscreenCanvas(1, 1).getContext("2d"); // reads any notation a browser may use
  pixel.fillStyle = painted;
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pixel.getImageData(0, 0, 1, 1).data;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

export const run = async ({ browser, base, assert }) => {
  for (const { path } of PAGES) {
    const seen = (colorScheme) =>
      visit(browser, base + path, { colorScheme }, (page) => page.evaluate(lightness));
    const [light, dark] = [await seen("light"), await seen("dark")];
    assert.ok(light > 200, `${path} by day has lightness ${light.toFixed()}`);
    assert.ok(dark < 60, `${path} by night has lightness ${dark.toFixed()}`);
  }
};
