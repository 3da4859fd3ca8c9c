// Runs every spec in `specs/` against the demo of the built `midwatch` (MIDWATCH_BIN), in Debian's Chromium.
//
// A spec is a module that exports `name`, a sentence about the product, and `run({ browser, base, assert })`.
// `node run.mjs WORD` runs the specs whose file name has the word. The last line is cargo's own form, so that
// `cargo xtask` counts it together with the rest.

import strict from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { chromium } from "playwright-core";
import { start } from "./demo.mjs";

const SPEC_DEADLINE_MS = 240_000;

const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking", // a closed network would be asked for updates at every start
  "--disable-component-update",
  "--disable-sync",
];

const launch = () =>
  chromium.launch({
    executablePath: process.env.MIDWATCH_CHROMIUM ?? "/usr/bin/chromium",
    chromiumSandbox: false, // root has none, and only our own pages are opened
    args: FLAGS,
  });

const within = (promise, ms, what) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

const load = async (word) => {
  const folder = new URL("./specs/", import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith(".mjs") && file.includes(word)).sort();
  strict.ok(files.length > 0, `no spec has ${JSON.stringify(word)} in its file name`);
  return Promise.all(files.map(async (file) => ({ file, ...(await import(new URL(file, folder))) })));
};

const runAll = async (specs, browser, base) => {
  let failed = 0;
  for (const [at, { file, name, run }] of specs.entries()) {
    try {
      await within(run({ browser, base, assert: strict }), SPEC_DEADLINE_MS, file);
      console.log(`ok ${at + 1} - ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`not ok ${at + 1} - ${name} (${file})`);
      console.log(String(error?.message ?? error).replace(/^/gm, "  # "));
    }
  }
  return failed;
};

const main = async () => {
  strict.ok(process.env.MIDWATCH_BIN, "MIDWATCH_BIN must name the built midwatch");
  const specs = await load(process.argv[2] ?? "");
  const demo = await start(process.env.MIDWATCH_BIN);
  let browser;
  try {
    browser = await launch();
    console.log(`1..${specs.length} at ${demo.base}`);
    const failed = await runAll(specs, browser, demo.base);
    if (failed > 0) console.log(demo.said().replace(/^/gm, "  demo: "));
    console.log(`test result: ${failed ? "FAILED" : "ok"}. ${specs.length - failed} passed; ${failed} failed`);
    return failed ? 1 : 0;
  } finally {
    await browser?.close();
    await demo.stop();
  }
};

process.exitCode = await main().catch((error) => {
  console.error(error.message);
  return 1;
});
