// Clients that others wrote for Atlassian's pages read ours unchanged: a library of Node's and a widget for browsers.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { STATUS_PAGE, visit } from "../pages.mjs";

export const name = "two clients of Statuspage from the package registry read a status page as it is";

const require = createRequire(import.meta.url);
const STATUSES = ["operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance", "unknown"];
const INDICATORS = ["none", "minor", "major", "critical", "maintenance", "unknown"];

const library = async (base, assert) => {
  const { Statuspage } = require("statuspage.io");
  const client = new Statuspage("acme");
  client.setApiUrl(base + STATUS_PAGE);
  const { page, status, components } = await client.api.getSummary();
  assert.equal(page.name, "Acme Status");
  assert.ok(Date.parse(page.updated_at) > 0, page.updated_at);
  assert.ok(INDICATORS.includes(status.indicator), status.indicator);
  assert.ok(components.some(({ name }) => name === "Checkout"));
  for (const component of components) {
    assert.ok(STATUSES.includes(component.status), component.status);
    assert.equal(Array.isArray(component.components), component.group, component.name);
    assert.ok(Date.parse(component.created_at) <= Date.parse(component.updated_at), component.name);
    if (component.group_id) assert.ok(components.some(({ id, group }) => group && id === component.group_id));
  }
  assert.deepEqual((await client.api.getStatus()).status, status);
  assert.deepEqual((await client.api.getComponents()).components, components);
  const { incidents } = await client.api.incidents.getAll();
  const { incidents: open } = await client.api.incidents.getUnresolved();
  assert.ok(incidents.length >= open.length);
  for (const incident of incidents) assert.ok(incident.incident_updates.every(({ incident_id }) => incident_id === incident.id));
  const maintenances = client.api.scheduledMaintenances;
  for (const ask of [maintenances.getAll, maintenances.getUpcoming, maintenances.getActive]) {
    assert.ok(Array.isArray((await ask.call(maintenances)).scheduled_maintenances));
  }
  return status;
};

/** The widget asks at the root of a host, as a page under its own name stands there. */
const widget = async (browser, base, status, assert) => {
  const script = await readFile(require.resolve("@statuspage/status-widget/dist/index.js"), "utf8");
  await visit(browser, `${base}/directory`, { bypassCSP: true }, async (page) => {
    await page.route("**/api/v2/summary.json", async (route) =>
      route.fulfill({ response: await route.fetch({ url: `${base}${STATUS_PAGE}/api/v2/summary.json` }) }),
    );
    await page.addScriptTag({ content: script });
    const words = await page.evaluate(async (src) => {
      const element = document.createElement("statuspage-widget");
      element.setAttribute("src", src);
      document.body.append(element);
      for (;;) {
        const text = element.shadowRoot?.textContent ?? "";
        if (element.shadowRoot?.querySelector("a")) return text;
        await new Promise(requestAnimationFrame);
      }
    }, base);
    assert.ok(words.includes(status.description), `${status.description} is not in ${words}`);
  });
};

export const run = async ({ browser, base, assert }) => {
  const status = await library(base, assert);
  await widget(browser, base, status, assert);
};
