// A real installation (`midwatch serve`) with a team that is paged: its providers, its phones and its push service are here.

import { createDecipheriv, createECDH, createHmac, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { listen, serving } from "./serve.mjs";

/** A storm's third page waits a minute for what else there is to tell. */
const DEADLINE_MS = 100_000;
const LOOK_EVERY_MS = 50;

/** Providers `p0`, `p1` and so on; service `Service 0` depends on `p0`, and so on. */
const PROVIDERS = 6;

/** Waits until `look` gives something; says what was awaited when it never does. */
export const until = async (what, look) => {
  const end = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`after ${DEADLINE_MS / 1000} s there was no ${what}`);
    await pause(LOOK_EVERY_MS);
  }
};

/** A provider's page in the form of Statuspage. */
const statuspage = (n, { status, says, at }, base) => {
  const incident = {
    id: `i${n}`, name: "Calls fail", status: "investigating", impact: "critical", created_at: at, updated_at: at,
    started_at: at, resolved_at: null, shortlink: `${base}/p${n}/incidents/i${n}`, page_id: `p${n}`,
    components: [{ id: "c1", name: "API", status, created_at: at, updated_at: at, position: 1, showcase: true,
      group_id: null, page_id: `p${n}`, group: false, only_show_if_degraded: false, description: null, start_date: null }],
    incident_updates: [{ id: "u1", status: "investigating", body: says, incident_id: `i${n}`, created_at: at, updated_at: at,
      display_at: at, affected_components: null }],
  };
  return {
    page: { id: `p${n}`, name: `Provider ${n}`, url: `${base}/p${n}`, time_zone: "Etc/UTC", updated_at: at },
    components: [{ id: "c1", name: "API", status, created_at: at, updated_at: at, position: 1, showcase: true,
      group_id: null, page_id: `p${n}`, group: false, only_show_if_degraded: false, description: null, start_date: null }],
    incidents: says ? [incident] : [],
    scheduled_maintenances: [],
    status: says ? { indicator: "critical", description: "Major outage" } : { indicator: "none", description: "All is well" },
  };
};

const objects = (here) => `
[organization]
slug = "acme"
name = "Acme"
${["Ana", "Bo"].map((name) => `
[[user]]
email = "${name.toLowerCase()}@acme.example"
name = "${name}"
role = "owner"
time_zone = "Europe/Rome"
contact = [ { id = "phone", kind = "webhook", url = "${here}/phone/${name}" } ]`).join("")}
[[escalation_policy]]
slug = "default"
step = [ { after = "0s", notify = ["user:ana@acme.example"] }, { after = "1s", notify = ["user:bo@acme.example"] } ]
[[status_page]]
slug = "acme"
title = "Acme"
group = [ { name = "All", services = [${Array.from({ length: PROVIDERS }, (_, n) => `"s${n}"`)}] } ]
${Array.from({ length: PROVIDERS }, (_, n) => `
[[provider]]
slug = "p${n}"
name = "Provider ${n}"
category = "Payments"
platform = "statuspage"
feed = "${here}/p${n}/api/v2/summary.json"
interval = "10s"
[[service]]
slug = "s${n}"
name = "Service ${n}"
escalation_policy = "default"
depends_on = [ { provider = "p${n}", components = ["API"] } ]
`).join("")}`;

const bodyOf = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
};

/** What a browser hands out, and how it reads what is pushed to it (RFC 8291), since no push service can be reached. */
export const subscription = (endpoint) => {
  const pair = createECDH("prime256v1");
  const [key, auth] = [pair.generateKeys(), randomBytes(16)];
  const mac = (secret, ...parts) => createHmac("sha256", secret).update(Buffer.concat(parts)).digest();
  const open = (message) => {
    const [salt, length] = [message.subarray(0, 16), message[20]];
    const [sender, sealed] = [message.subarray(21, 21 + length), message.subarray(21 + length)];
    const shared = mac(auth, pair.computeSecret(sender));
    const input = mac(shared, Buffer.from("WebPush: info\0"), key, sender, Buffer.from([1]));
    const secret = mac(salt, input);
    const content = mac(secret, Buffer.from("Content-Encoding: aes128gcm\0\x01")).subarray(0, 16);
    const nonce = mac(secret, Buffer.from("Content-Encoding: nonce\0\x01")).subarray(0, 12);
    const cipher = createDecipheriv("aes-128-gcm", content, nonce).setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
    return plain.subarray(0, plain.lastIndexOf(2)).toString();
  };
  const url = (bytes) => bytes.toString("base64url");
  return { body: { endpoint, p256dh: url(key), auth: url(auth), name: "A test" }, open };
};

/** Starts the installation, passes the team to `look` and ends everything. */
export const withTeam = async (look) => {
  const calm = { status: "operational", says: "", at: new Date().toISOString() };
  const trouble = new Map();
  const pages = [];
  const pushed = [];
  let here;
  const world = createServer(async (request, response) => {
    const [, first, rest] = request.url.split("/");
    if (first === "phone") {
      pages.push({ ...JSON.parse(await bodyOf(request)), whose: rest });
      response.writeHead(204).end();
    } else if (first === "push") {
      pushed.push(await bodyOf(request));
      response.writeHead(201).end();
    } else if (/^p\d$/.test(first)) {
      const state = trouble.get(first) ?? calm;
      const body = JSON.stringify(statuspage(first.slice(1), state, here));
      response.writeHead(200, { "content-type": "application/json" }).end(body);
    } else {
      response.writeHead(404).end();
    }
  });
  here = `http://127.0.0.1:${await listen(world)}`;
  const shown = async ({ base, run }) => {
    const isRead = async (n) => {
      const answer = await fetch(`${base}/api/v1/providers/p${n}`).catch(() => null);
      return answer?.ok && (await answer.json()).status === "operational";
    };
    // What was so before anybody looked is no news, so everything has to be read once.
    for (let n = 0; n < PROVIDERS; n += 1) await until(`reading of p${n}`, () => isRead(n));
    return await look({
      base,
      here,
      pushed,
      run,
      /** Breaks these providers, who say so. */
      fail: (names, says) => {
        const at = new Date().toISOString();
        names.forEach((name) => trouble.set(name, { status: "major_outage", says, at }));
      },
      /** The first page to somebody that fits. */
      paged: (whom, fits = () => true) =>
        until(`page to ${whom}`, () => pages.find((page) => page.whose === whom && page.type === "page" && fits(page))),
      /** Answers by a link, as a program does. */
      answer: async (link, act) => {
        const answer = await fetch(link, { method: "POST", body: new URLSearchParams({ act }), redirect: "manual" });
        return answer.status;
      },
    });
  };
  try {
    return await serving(objects(here), shown);
  } finally {
    world.closeAllConnections();
    world.close();
  }
};
