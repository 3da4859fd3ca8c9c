// A real installation (`midwatch serve`) in a folder of its own, for as long as somebody looks at it.

import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const SAID_MAX_CHARS = 20_000;

const settings = (folder, port, admin) => `
[server]
listen = "127.0.0.1:${port}"
admin_listen = "127.0.0.1:${admin}"
public_url = "http://127.0.0.1:${port}"
data_dir = "${folder}/data"
[database]
url = "sqlite://${folder}/ledger.db"
[egress]
allow = ["127.0.0.0/8"]
anchors = []
[catalog]
builtin = false
`;

/** Listens on a port of its own; the port of one that is closed again is free for somebody else. */
export const listen = async (server) => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.address().port;
};

const freePort = async () => {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** Starts an installation with these objects, passes its address and its command line to `look`, and ends it. */
export const serving = async (objects, look) => {
  const folder = await mkdtemp(join(tmpdir(), "midwatch-browser-"));
  const [port, admin] = [await freePort(), await freePort()];
  const config = join(folder, "midwatch.toml");
  await writeFile(config, settings(folder, port, admin) + objects);
  const child = spawn(process.env.MIDWATCH_BIN, ["--config", config, "serve"], { stdio: ["ignore", "ignore", "pipe"] });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (chunk) => (said = (said + chunk).slice(-SAID_MAX_CHARS)));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const run = async (...words) => {
    const { stdout } = await promisify(execFile)(process.env.MIDWATCH_BIN, ["--config", config, ...words]);
    return stdout;
  };
  try {
    return await look({ base: `http://127.0.0.1:${port}`, run });
  } catch (error) {
    throw new Error(`${error.stack ?? error}\n${said}`);
  } finally {
    kill();
    process.removeListener("exit", kill);
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
};
