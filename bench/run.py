#!/usr/bin/env python3
"""Measures what the project promises, on this machine, over loopback only. Needs a release build, python3 and wrk.

    cargo build --release && python3 bench/run.py [--postgres URL]

With `--postgres postgres://postgres@127.0.0.1:5432/postgres` each part makes a database of its own on that server, by `psql`, and
drops it at its end.

Nothing here is a test: figures are printed, not asserted. Each part is bounded in count and time.
"""

import contextlib
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import socketserver
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from functools import partial

ROOT = pathlib.Path(__file__).resolve().parent.parent
MIDWATCH = pathlib.Path(os.environ.get("MIDWATCH_BIN", ROOT / "target/release/midwatch"))
COMPONENTS = 30
PROVIDERS = 50
ROUNDS = 3
LOAD_SECONDS = 8
TICKS = os.sysconf("SC_CLK_TCK")
# Head and body of an answer leave in two writes: with Nagle's algorithm the second waits for an acknowledgement that a
# kept connection delays by 40 ms, which would count as the time from outage to page.
socketserver.StreamRequestHandler.disable_nagle_algorithm = True


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def option(name):
    """Takes an option and its value out of the arguments."""
    if name not in sys.argv:
        return None
    place = sys.argv.index(name)
    if place + 1 == len(sys.argv):
        sys.exit(f"{name} needs a value")
    return sys.argv.pop(place) and sys.argv.pop(place)


POSTGRES = option("--postgres")


def psql(url, sql):
    ran = subprocess.run(["psql", "--no-psqlrc", "-At", "-F", "\t", "-c", sql, url], capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"psql: {ran.stderr.strip()}")
    return [line.split("\t") for line in ran.stdout.splitlines()]


class World:
    """Providers in Statuspage form, and a phone that remembers when each page arrived."""

    def __init__(self):
        self.down, self.turns = False, 0
        self.read_at, self.paged_at = {}, {}
        world = self

        class Answers(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                name = self.path.split("/")[1]
                body = json.dumps(world.summary(name)).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                if world.down:
                    world.read_at.setdefault(name, time.monotonic())

            def do_POST(self):
                page = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if page["type"] == "page":
                    world.paged_at.setdefault(page["incident"]["cause"]["provider"], time.monotonic())
                self.send_response(204)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 512
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Answers)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def summary(self, name):
        word = "major_outage" if self.down else "operational"
        component = lambda n: {
            "id": f"{name}-c{n}", "name": f"Part {n}", "status": word if n == 0 else "operational",
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "position": n,
            "group": False, "group_id": None, "only_show_if_degraded": False, "showcase": True, "page_id": name,
            "description": None, "start_date": None,
        }
        return {
            "page": {"id": name, "name": name, "url": f"http://127.0.0.1:{self.port}/{name}", "time_zone": "Etc/UTC",
                     "updated_at": f"2026-01-01T00:00:{self.turns:02}Z"},
            "components": [component(n) for n in range(COMPONENTS)],
            "incidents": [], "scheduled_maintenances": [],
            "status": {"indicator": "critical" if self.down else "none", "description": "as said"},
        }


def configuration(world, providers, folder, port, admin):
    parts = [f"""
[server]
listen = "127.0.0.1:{port}"
public_url = "http://127.0.0.1:{port}"
admin_listen = "127.0.0.1:{admin}"
data_dir = "{folder}/data"
[egress]
allow = ["127.0.0.0/8"]
anchors = []
[organization]
slug = "acme"
name = "Acme"
[[user]]
email = "ana@acme.example"
name = "Ana"
role = "owner"
contact = [ {{ id = "hook", kind = "webhook", url = "http://127.0.0.1:{world.port}/ana" }} ]
notify = [ {{ after = "0s", contact = "hook" }} ]
[[channel]]
slug = "desk"
kind = "webhook"
url = "http://127.0.0.1:{world.port}/desk"
[[escalation_policy]]
slug = "default"
step = [ {{ after = "0s", notify = ["channel:desk"] }} ]
"""]
    for n in range(providers):
        parts.append(f"""
[[provider]]
slug = "p{n}"
name = "Provider {n}"
category = "Developer Tools"
platform = "statuspage"
feed = "http://127.0.0.1:{world.port}/p{n}/api/v2/summary.json"
status_page = "http://127.0.0.1:{world.port}/p{n}"
interval = "10s"
[[service]]
slug = "s{n}"
name = "Service {n}"
escalation_policy = "default"
[[service.depends_on]]
provider = "p{n}"
components = ["Part 0"]
""")
    shown = ", ".join(f'"s{n}"' for n in range(providers))
    parts.append(f'[[status_page]]\nslug = "acme"\ntitle = "Acme Status"\ngroup = [ {{ name = "All", services = [{shown}] }} ]\n')
    path = pathlib.Path(folder) / "midwatch.toml"
    path.write_text("".join(parts))
    return path


class Midwatch:
    """An installation in a folder of its own; `configure(folder, port, admin)` writes its file and returns the path."""

    def __init__(self, configure):
        self.folder = tempfile.mkdtemp(prefix="midwatch-bench-")
        self.database = None
        if POSTGRES:
            name = pathlib.Path(self.folder).name.replace("-", "_").lower()
            psql(POSTGRES, f'CREATE DATABASE "{name}"')
            self.database = (name, f"{POSTGRES.rsplit('/', 1)[0]}/{name}")
        self.base = f"http://127.0.0.1:{(port := free_port())}"
        self.path = configure(self.folder, port, free_port())
        self.start()

    def start(self):
        self.began = time.monotonic()
        log = open(f"{self.folder}/log", "ab")
        env = {**os.environ, **({"MIDWATCH_DATABASE__URL": self.database[1]} if self.database else {})}
        self.process = subprocess.Popen([MIDWATCH, "--config", self.path, "serve"], stdout=log, stderr=log, env=env)

    def rows(self, sql):
        """What the ledger answers; ids are `{id:column}`, and come as 32 hexadecimal digits."""
        as_hex = "replace(CAST({} AS TEXT), '-', '')" if self.database else "lower(hex({}))"
        sql = re.sub(r"\{id:(\w+)\}", lambda found: as_hex.format(found[1]), sql)
        if self.database:
            return psql(self.database[1], sql)
        with contextlib.closing(sqlite3.connect(pathlib.Path(self.folder, "data", "midwatch.db"))) as ledger:
            return ledger.execute(sql).fetchall()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def wait(self, path, holds=lambda body: True, seconds=60):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(self.base + path, timeout=5) as answer:
                    if holds(answer.read()):
                        return time.monotonic() - self.began
            except OSError:
                pass
            time.sleep(0.005)
        sys.exit(f"{path} did not come; log in {self.folder}/log")

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_mib(self):
        lines = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        kib = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith(("VmRSS", "RssAnon"))}
        return kib["VmRSS"] / 1024, kib["RssAnon"] / 1024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=15)
        if self.database:
            psql(POSTGRES, f'DROP DATABASE "{self.database[0]}" WITH (FORCE)')
        shutil.rmtree(self.folder, ignore_errors=True)


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def start_and_memory():
    midwatch = Midwatch(partial(configuration, World(), 1))
    print(f"first start to the status page served: {midwatch.wait('/status/acme') * 1000:.0f} ms")
    time.sleep(3)
    resident, own = midwatch.resident_mib()
    print(f"resident memory when idle: {resident:.1f} MiB, of which {own:.1f} MiB is not the program's own file")
    midwatch.stop()


def requests_per_core():
    if not shutil.which("wrk"):
        return print("requests per server core-second: wrk is not installed")
    midwatch = Midwatch(partial(configuration, World(), COMPONENTS))
    midwatch.wait("/status/acme", lambda body: body.count(b"Service ") >= COMPONENTS)
    midwatch.wait("/directory", lambda body: b"Developer Tools" in body)
    midwatch.wait("/directory/developer-tools/p0", lambda body: b"Part 7" in body)
    for name, path in [
        (f"status page of {COMPONENTS} components", "/status/acme"),
        ("directory with the shipped catalog", "/directory"),
        (f"provider page of {COMPONENTS} components", "/directory/developer-tools/p0"),
        ("search of the shipped catalog, drawn anew each time", "/directory?q=amazon+s3&only=results"),
    ]:
        count, spent = under_load(midwatch, path)
        print(f"{name}: {count / spent:.0f} requests per server core-second "
              f"({count} requests, {1000 * spent / count:.3f} ms of processor each)")
    midwatch.stop()


def under_load(midwatch, path):
    before = midwatch.cpu_seconds()
    out = subprocess.run(
        ["wrk", "-t1", "-c32", f"-d{LOAD_SECONDS}s", "-H", "Accept-Encoding: gzip", midwatch.base + path],
        capture_output=True, text=True, timeout=LOAD_SECONDS + 30).stdout
    spent = midwatch.cpu_seconds() - before
    return next(int(line.split()[0]) for line in out.splitlines() if "requests in" in line), spent


def outage_to_page():
    world = World()
    midwatch = Midwatch(partial(configuration, world, PROVIDERS))
    components = "/status/acme/api/v2/components.json"
    is_calm = lambda body: body.count(b'"operational"') >= PROVIDERS
    spans = []
    for _ in range(ROUNDS):
        midwatch.wait(components, is_calm, 90)
        world.read_at.clear(), world.paged_at.clear()
        world.down, world.turns = True, world.turns + 1
        until = time.monotonic() + 60
        while len(world.paged_at) < PROVIDERS and time.monotonic() < until:
            time.sleep(0.05)
        spans += [world.paged_at[name] - world.read_at[name] for name in world.paged_at]
        world.down, world.turns = False, world.turns + 1
    print(f"outage read to page handed over: p50 {percentile(spans, .5) * 1000:.0f} ms, "
          f"p99 {percentile(spans, .99) * 1000:.0f} ms ({len(spans)} of {PROVIDERS * ROUNDS} pages)")
    midwatch.stop()


if __name__ == "__main__":
    if not MIDWATCH.exists():
        sys.exit("no release build: cargo build --release")
    start_and_memory()
    requests_per_core()
    outage_to_page()
