// The public pages that every rule holds for, and how a spec opens one.

import assert from "node:assert/strict";

export const PROVIDER = "/directory/e-commerce-marketplaces/commerce-layer";
export const INCIDENT = `${PROVIDER}/incidents/cl2025may23`;
export const STATUS_PAGE = "/status/acme";

export const COMPONENTS = [
  "Commerce API",
  "Checkout",
  "Dashboard",
  "Documentation",
  "Metrics API",
  "Stream Hub",
];

/** Each public page, and words that it must show without script. */
export const PAGES = [
  { path: "/directory", shows: ["E-commerce & Marketplaces"] },
  { path: "/directory/e-commerce-marketplaces", shows: ["Commerce Layer"] },
  { path: PROVIDER, shows: ["Commerce Layer", ...COMPONENTS, "May 23, 2025 · resolved May 23"] },
  { path: INCIDENT, shows: ["Wrong data in API responses after a library upgrade", "First public word", "First seen by us", "Root Cause"] },
  { path: `${PROVIDER}/history`, shows: ["May 2025", "November 2025"] },
  { path: `${PROVIDER}/uptime`, shows: ["uptime = 1 − down / (window − maintenance − unknown)"] },
  { path: "/directory?q=layer&health=fresh", shows: ["1 provider for “layer”", "Commerce Layer"] },
  { path: "/directory?q=nothing-is-called-so", shows: ["0 providers", "Nothing goes by that name"] },
  { path: STATUS_PAGE, shows: ["Acme", "Checkout", "All times in UTC"] },
  { path: `${STATUS_PAGE}/it`, shows: ["Acme", "Checkout", "Tutti gli orari sono in UTC"] },
  { path: `${STATUS_PAGE}/de/history`, shows: ["Verlauf der Vorfälle"] },
  { path: `${STATUS_PAGE}/ar`, shows: ["Acme", "Checkout", "الخدمات", "جميع الأوقات بتوقيت UTC"] },
  { path: `${STATUS_PAGE}/ar/uptime`, shows: ["نسبة التوفر"] },
];

/** Every word for a status that readers see. */
export const STATUS_WORD =
  /operational|degraded performance|partial outage|major outage|under maintenance|no reading/i;

/** The ways in which every page is looked at: by day and by night, on a phone and on a desk. */
export const VIEWS = ["light", "dark"].flatMap((colorScheme) =>
  [{ width: 360, height: 740 }, { width: 1280, height: 800 }].map((viewport) => ({ colorScheme, viewport })),
);

/**
 * Opens a page in a context of its own, passes it to `look` and closes it.
 * Motion is reduced, so that colours and sizes are final when they are read.
 */
export const visit = async (browser, url, options, look) => {
  const context = await browser.newContext({ reducedMotion: "reduce", timezoneId: "UTC", ...options });
  try {
    const page = await context.newPage();
    const response = await page.goto(url, { waitUntil: "load" });
    assert.equal(response.status(), 200, url);
    return await look(page);
  } finally {
    await context.close();
  }
};
