// Web push in a real browser, from the outage to the acknowledgement. No push service can be reached here, so this stands
// in for one: the browser's keys and the delivery are made here, all else is real. A test can't tap a notification either:
// the tap is the event that the worker would get for it.

import { violations } from "../axe.mjs";
import { subscription, until, withTeam } from "../team.mjs";

export const name = "a push is shown by the browser, and its button acknowledges";

/** What the browser shows now. */
const shown = (page) =>
  page.evaluate(async () => {
    const { title, body, actions, requireInteraction } = (await (await navigator.serviceWorker.ready).getNotifications())[0] ?? {};
    return title && { title, body, requireInteraction, actions: actions.map(({ action }) => action) };
  });

/** Taps a button of what is shown, and waits until the worker is done. */
const tap = (worker, action) =>
  worker.evaluate(async (action) => {
    const [notification] = await self.registration.getNotifications();
    const event = new NotificationEvent("notificationclick", { notification, action });
    const jobs = [];
    // Only an event of the browser's own may be waited for.
    event.waitUntil = (job) => jobs.push(job);
    self.dispatchEvent(event);
    await Promise.all(jobs);
  }, action);

/** Delivers to the worker of this page as the browser does what a push service hands it. */
const post = async (context, page) => {
  const cdp = await context.newCDPSession(page);
  let registrationId;
  cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    registrationId = registrations.find(({ isDeleted }) => !isDeleted)?.registrationId ?? registrationId;
  });
  await cdp.send("ServiceWorker.enable");
  await until("registration of the worker", () => registrationId);
  const origin = new URL(page.url()).origin;
  return (data) => cdp.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data });
};

const says = async (assert, path, words) => {
  const text = await (await fetch(path)).text();
  assert.ok(text.includes(words), `${words}:\n${text}`);
};

export const run = ({ browser, assert }) =>
  withTeam(async (team) => {
    const pushPage = (await team.run("contact", "push-link", "ana@acme.example")).trim();
    const context = await browser.newContext({ bypassCSP: true, reducedMotion: "reduce" });
    try {
      await context.grantPermissions(["notifications"], { origin: team.base });
      const page = await context.newPage();
      await page.goto(pushPage);
      await page.getByRole("button", { name: "Page me on this computer" }).waitFor();
      assert.equal(await violations(page), "");
      const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));

      const phone = subscription(`${team.here}/push/ana`);
      const headers = { "content-type": "application/json" };
      const added = await fetch(`${pushPage}/browsers`, { method: "POST", headers, body: JSON.stringify(phone.body) });
      assert.equal(added.status, 201);
      await page.reload();
      await page.getByRole("heading", { name: "One browser is paged" }).waitFor();
      assert.equal(await violations(page), "");

      team.fail(["p0"], "A cable was cut.");
      const message = JSON.parse(phone.open(await until("push", () => team.pushed[0])));
      assert.ok(message.ack_url.startsWith(`${team.base}/ack/`));
      const deliver = await post(context, page);
      await deliver(JSON.stringify(message));
      const rings = await until("notification", () => shown(page));
      assert.match(rings.title, /Service 0/);
      assert.match(rings.body, /A cable was cut\./);
      assert.deepEqual([rings.actions, rings.requireInteraction], [["acknowledge", "open"], true]);
      await says(assert, message.ack_url, "Nobody has it yet.");

      await tap(worker, "acknowledge");
      await says(assert, message.ack_url, "You have it");
      assert.equal((await until("answer", () => shown(page))).title, "You have it");

      // Whoever comes too late is told so, and nothing is done.
      assert.equal(await team.answer(message.ack_url, "resolve"), 303);
      await deliver(JSON.stringify(message));
      await until("the page once more", async () => (await shown(page))?.title === rings.title);
      await tap(worker, "acknowledge");
      assert.equal((await until("refusal", () => shown(page))).title, "Nothing was done: open to see why");

      // Without a connection it can be tried again.
      await deliver(JSON.stringify({ ...message, ack_url: `${team.here.replace(/\d+$/, "1")}/ack/x` }));
      await until("the page once more", async () => (await shown(page))?.title === rings.title);
      await tap(worker, "acknowledge");
      const lost = await until("word of it", () => shown(page));
      assert.deepEqual([lost.title, lost.actions], ["Not acknowledged: no connection", ["acknowledge"]]);

      // What can't be read is shown all the same.
      await deliver("no JSON");
      await until("something", () => page.evaluate(async () =>
        (await (await navigator.serviceWorker.ready).getNotifications()).some(({ title }) => title === "Midwatch pages you")));
    } finally {
      await context.close();
    }

    // A browser that was told no says how to change that.
    const refused = await browser.newContext({ bypassCSP: true });
    try {
      const page = await refused.newPage();
      await page.addInitScript(() => Object.defineProperty(Notification, "permission", { value: "denied" }));
      await page.goto(pushPage);
      await page.getByText("Notifications are blocked for this page.").waitFor();
      assert.equal(await page.getByRole("button", { name: /^Allow/ }).count(), 0);
      assert.equal(await violations(page), "");
    } finally {
      await refused.close();
    }
  });
