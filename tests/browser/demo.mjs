// Starts `midwatch demo`, waits until it answers, and stops it.

import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { PAGES } from "./pages.mjs";

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 10_000;
const SAID_MAX_CHARS = 20_000;

/** Starts the program; resolves when every page of `PAGES` answers 200, and rejects with what it printed if not. */
export const start = async (program) => {
  const child = spawn(program, ["demo"], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${error.message}`));
    child.once("exit", (code, signal) => resolve(`ended with ${code ?? signal}`));
  });
  process.once("exit", () => child.kill("SIGKILL"));
  let said = "";
  let out = "";
  const keep = (chunk) => (said = (said + chunk).slice(-SAID_MAX_CHARS));
  child.stderr.setEncoding("utf8").on("data", keep);
  const address = new Promise((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      keep(chunk);
      // Whole lines only: a port may arrive in two pieces.
      out = (out + chunk).slice(-SAID_MAX_CHARS);
      const found = /http:\/\/127\.0\.0\.1:\d+(?=.*\n)/.exec(out);
      if (found) resolve(found[0]);
    });
  });

  const stop = async () => {
    child.kill("SIGINT");
    await Promise.race([ended, pause(STOP_DEADLINE_MS, undefined, { ref: false })]);
    child.kill("SIGKILL");
  };
  const fail = async (why) => {
    await stop();
    throw new Error(`${program} demo ${why}\n${said}`);
  };

  const deadline = AbortSignal.timeout(START_DEADLINE_MS);
  const late = new Promise((resolve) => {
    deadline.addEventListener("abort", () => resolve(`was not ready after ${START_DEADLINE_MS / 1000} s`));
  });
  const first = await Promise.race([address, ended, late]);
  if (!first.startsWith("http://")) await fail(first);
  const trouble = await Promise.race([answers(first, deadline), ended]);
  if (trouble) await fail(trouble);
  return { base: first, said: () => said, stop };
};

/** Asks for every page until it is there. Resolves to null, or to what is missing when the time is over. */
const answers = async (base, deadline) => {
  for (const { path } of PAGES) {
    let last = "no answer";
    while (last !== 200) {
      if (deadline.aborted) return `answered ${last} to ${path}`;
      try {
        const response = await fetch(base + path, { signal: deadline });
        await response.arrayBuffer();
        last = response.status;
      } catch (error) {
        last = error.message;
      }
      if (last !== 200) await pause(100);
    }
  }
  return null;
};
