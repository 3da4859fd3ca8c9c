// Pages that the demo does not have: in a team's own colours and style, behind a password, and those of subscribing, by day and
// by night, on a phone and on a desk.

import { createServer } from "node:net";
import { violations } from "../axe.mjs";
import { VIEWS, visit } from "../pages.mjs";
import { listen, serving } from "../serve.mjs";
import { until } from "../team.mjs";

export const name = "axe finds no violation on dressed and protected pages and on those of subscribing, and they fit a phone";

const PASSWORD = "correct horse battery";

const objects = (mail) => `
[mail]
host = "127.0.0.1"
port = ${mail}
security = "none"
from = "status@acme.example"
[organization]
slug = "acme"
name = "Acme"
[[service]]
slug = "shop"
name = "Shop"
[[service]]
slug = "api"
name = "API"
[[status_page]]
slug = "dressed"
title = "Acme in violet"
languages = ["ar"]
group = [ { name = "Shop", description = "What customers see.", services = ["shop", { service = "api", description = "For programs." }] } ]
links = { site = "https://acme.example", support = "https://acme.example/help" }
[status_page.theme]
accent = { light = "#5b21b6", dark = "#c4b5fd" }
background = { light = "#faf5ff", dark = "#101014" }
card = { light = "#ffffff", dark = "#18181b" }
text = { light = "#111111", dark = "#f4f4f5" }
css = "h1 { font-weight: 800 } footer { border-top: 2px solid #5b21b6 }"
[[status_page]]
slug = "private"
title = "Acme in private"
group = [ { name = "Shop", services = ["shop"] } ]
protection = { password = "${PASSWORD}" }
`;

/** A mail server that keeps what it is given. */
const postOffice = (letters) =>
  createServer((socket) => {
    let letter = null;
    const say = (line) => socket.write(`${line}\r\n`);
    say("220 here");
    let rest = "";
    socket.on("error", () => {}).on("data", (chunk) => {
      const lines = (rest + chunk).split("\r\n");
      rest = lines.pop();
      for (const line of lines) {
        if (letter === null) {
          if (/^DATA/i.test(line)) letter = [];
          say(/^DATA/i.test(line) ? "354 go on" : /^QUIT/i.test(line) ? "221 bye" : "250 well");
        } else if (line === ".") {
          letters.push(letter.join("\n").replaceAll("=\n", "").replaceAll("=3D", "="));
          letter = null;
          say("250 kept");
        } else {
          letter.push(line);
        }
      }
    });
  });

export const run = async ({ browser, assert }) => {
  const letters = [];
  const mail = postOffice(letters);
  const port = await listen(mail);
  try {
    await serving(objects(port), async ({ base }) => {
      await until("status page", async () => (await fetch(`${base}/status/dressed`).catch(() => null))?.ok);
      const look = async (page, what) => {
        const found = await violations(page);
        assert.ok(found === "", `${what}:\n${found}`);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(over <= 0, `${what} is ${over} px too wide`);
      };
      // One person asks to be told, and confirms by what the mail says.
      let manage;
      await visit(browser, `${base}/status/dressed/subscribe`, {}, async (page) => {
        await page.locator("input[type=email]").first().fill("reader@mail.example");
        await page.locator("input[type=email]").first().press("Enter");
        await page.waitForLoadState();
        const letter = await until("letter", async () => letters.find((text) => text.includes("reader@mail.example")));
        manage = /http:\/\/\S+\/subscriptions\/[^\s<>"/]+\/confirm/.exec(letter)?.[0];
        assert.ok(manage, letter);
      });
      for (const view of VIEWS) {
        const options = { ...view, bypassCSP: true };
        const seen = `${view.colorScheme}, ${view.viewport.width} px`;
        for (const path of ["/status/dressed", "/status/dressed/history", "/status/dressed/uptime", "/status/dressed/ar",
          "/status/dressed/subscribe", "/status/dressed/subscribe?language=ar", manage.replace(base, "")]) {
          await visit(browser, base + path, options, (page) => look(page, `${path}, ${seen}`));
        }
        const context = await browser.newContext({ reducedMotion: "reduce", ...options });
        try {
          const page = await context.newPage();
          const asked = await page.goto(`${base}/status/private`);
          assert.equal(asked.status(), 403);
          await look(page, `the question for the password, ${seen}`);
          await page.locator("input[type=password]").fill(PASSWORD);
          await page.locator("input[type=password]").press("Enter");
          await page.getByRole("heading", { level: 1 }).getByText("Acme in private").waitFor();
          await look(page, `the page behind it, ${seen}`);
        } finally {
          await context.close();
        }
      }
      await visit(browser, `${base}/status/dressed`, { colorScheme: "light" }, async (page) => {
        const colour = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        assert.equal(colour, "rgb(250, 245, 255)");
      });
    });
  } finally {
    mail.close();
  }
};
