// Pages of other sites show how a status page is: by a script under a strict policy, and in a frame without one.

import { createServer } from "node:http";
import { STATUS_PAGE, STATUS_WORD } from "../pages.mjs";

export const name = "a page of another site shows the line of a status page under a policy without inline style or script";

export const run = async ({ browser, base, assert }) => {
  const context = await browser.newContext();
  const site = createServer();
  try {
    const page = await context.newPage();
    const troubles = [];
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
    const policy = `default-src 'none'; script-src ${base}; connect-src ${base}; frame-src ${base}; require-trusted-types-for 'script'`;
    const body =
      `<!doctype html><title>A site</title><link rel="icon" href="data:,">` +
      `<p>Ours</p><script src="${base}${STATUS_PAGE}/embed.js" async></script><iframe src="${base}${STATUS_PAGE}/embed.html"></iframe>`;
    const csp = policy + "; img-src data:";
    site.on("request", (_, answer) => {
      answer.writeHead(200, { "content-type": "text/html", "content-security-policy": csp });
      answer.end(body);
    });
    // A real server on this machine: browsers let no page from elsewhere ask a loopback address.
    await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
    await page.goto(`http://127.0.0.1:${site.address().port}/`);
    const line = page.locator("midwatch-status");
    await line.getByText("Acme Status").waitFor();
    assert.match(await line.getByRole("status").innerText(), STATUS_WORD);
    assert.equal(await line.getByRole("link").first().getAttribute("href"), `${base}${STATUS_PAGE}`);
    const names = await page.evaluate(() => Object.keys(window).filter((key) => /midwatch|embed/i.test(key)));
    assert.deepEqual(names, [], "no global names");
    const frame = page.frameLocator("iframe");
    await frame.getByText("Acme Status").waitFor();
    assert.match(await frame.locator("body").innerText(), STATUS_WORD);
    assert.deepEqual(await context.cookies(), []);
    assert.deepEqual(troubles, []);
  } finally {
    await context.close();
    site.close();
  }
};
