// The page behind the link in a page: what it says in each state, how it keeps itself current, and what acts.

import { violations } from "../axe.mjs";
import { withTeam } from "../team.mjs";

export const name = "the acknowledge page tells how it stands, keeps itself current and acts for people only";

/** Opens a link by day and by night, on a phone and on a desk; passes each page to `look`. */
const everywhere = async (browser, url, look) => {
  for (const [width, colorScheme] of [[360, "light"], [1280, "dark"]]) {
    const viewport = { width, height: 760 };
    const context = await browser.newContext({ viewport, colorScheme, bypassCSP: true, reducedMotion: "reduce" });
    try {
      const page = await context.newPage();
      await page.goto(url);
      await look(page);
    } finally {
      await context.close();
    }
  }
};

/** Whatever its state, nobody is shut out, and nothing is wider than the window. */
const check = (browser, assert, url, words) =>
  everywhere(browser, url, async (page) => {
    const text = await page.locator("main").innerText();
    assert.ok(text.includes(words), `"${words}" is not in:\n${text}`);
    assert.equal(await violations(page), "", words);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(excess <= 0, `${words}: ${excess} px too wide`);
  });

/** The open page turns by itself, and takes nothing from whoever is at it. */
const turns = async (browser, assert, team, { mine, theirs }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(mine);
  await page.getByText("This page keeps itself current.").waitFor();
  const focused = () => page.evaluate(() => document.activeElement.id);
  const isOpen = () => page.getByRole("button", { name: "Yes, it is over" }).isVisible();
  await page.getByText("Resolve", { exact: true }).click();
  await page.getByRole("button", { name: "Acknowledge" }).focus();
  assert.equal(await team.answer(theirs, "acknowledge"), 303);
  await page.locator("#verdict", { hasText: "Bo has it" }).waitFor();
  assert.equal(await page.locator("#live").textContent(), "Bo has it");
  assert.equal(await focused(), "main", "what had the focus is gone, and no other button gets it");
  assert.ok(await isOpen(), "what was opened stays open");
  await page.getByRole("button", { name: "Escalate now" }).focus();
  assert.equal(await team.answer(theirs, "unacknowledge"), 303);
  await page.locator("#verdict", { hasText: "Nobody has it yet." }).waitFor();
  assert.deepEqual([await focused(), await isOpen()], ["escalate", true]);
  await context.close();
};

const withoutScript = async (browser, assert, url) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole("link", { name: "Refresh" }).click();
  await page.getByText(/^As of/).waitFor();
  await page.getByRole("button", { name: "Acknowledge" }).click();
  await page.locator("#verdict", { hasText: "You have it" }).waitFor();
  assert.equal(page.url(), url);
  await context.close();
};

const ends = async (browser, url) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await page.getByText("Resolve", { exact: true }).click();
  await page.getByRole("button", { name: "Yes, it is over" }).click();
  await page.locator("#verdict", { hasText: "Resolved" }).waitFor();
  await context.close();
};

/** A form on somebody else's page, which sends itself. */
const foreign = async (browser, assert, team, url) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route("http://elsewhere.test/", (route) =>
    route.fulfill({ contentType: "text/html", body: `<form method="post" action="${url}"><button name="act" value="acknowledge">Win` }));
  await page.goto("http://elsewhere.test/");
  const answer = page.waitForResponse(url);
  await page.getByRole("button").click();
  assert.equal((await answer).status(), 403);
  await page.getByText("Another site has sent this").waitFor();
  await page.getByText("Nobody has it yet.").waitFor();
  await context.close();
};

export const run = ({ browser, assert }) =>
  withTeam(async (team) => {
    team.fail(["p0", "p1", "p2", "p3", "p4", "p5"], "A cable was cut.\n\nNext word in **30 minutes**.");
    const { ack_url: mine, incident } = await team.paged("Ana");
    const { ack_url: theirs } = await team.paged("Bo", (other) => other.incident.id === incident.id);
    await check(browser, assert, mine, "Nobody has it yet.");
    await check(browser, assert, mine, "A cable was cut.");
    await foreign(browser, assert, team, mine);
    await turns(browser, assert, team, { mine, theirs });
    // Paging has begun anew: a program that answers the older message changes nothing, a person sees it first.
    assert.equal(await team.answer(mine, "acknowledge"), 409);
    await withoutScript(browser, assert, mine);
    await check(browser, assert, mine, "You have it");
    await check(browser, assert, theirs, "Ana has it");
    await ends(browser, mine);
    await check(browser, assert, theirs, "Resolved");

    const digest = await team.paged("Ana", (page) => page.also?.length > 1);
    const all = digest.also.length + 1;
    await check(browser, assert, digest.ack_url, `Acknowledge all ${all}`);
    await everywhere(browser, digest.ack_url, async (page) => {
      const one = page.getByRole("listitem").getByRole("link").first();
      assert.match(await one.getAttribute("href"), /^\/ack\//);
      await one.click();
      await page.getByRole("button", { name: "Acknowledge", exact: true }).waitFor();
    });
    assert.equal(await team.answer(digest.ack_url, "acknowledge"), 303);
    await check(browser, assert, digest.ack_url, "You have it");
    await check(browser, assert, `${team.base}/ack/nothing`, "This link leads nowhere");
  });
