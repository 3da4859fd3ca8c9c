#!/usr/bin/env python3
"""Measures how long after its time a page arrives, over loopback only. Needs a release build and python3.

    cargo build --release && python3 bench/timers.py [storm | timers] [--postgres URL]

`storm`: 4,000 providers, of which 500 are depended on; they fail one a second, and then all at once. The figure is the time from
the answer that tells of an outage to the first page in the receiver's hands.

`timers`: 500 incidents with four escalation policies each, so 2,000 timers at a time, which fall due within one polling
interval; the process is killed in the middle of one round of them. The figure is the time from an instant that the first page
fixed to the later page in the receiver's hands.

Nothing here is a test: figures are printed, not asserted. Each part is bounded in count and time.
"""

import asyncio
import json
import pathlib
import resource
import sys
import threading
import time

from poll import address
from run import Midwatch, percentile

FAILING = 500
STORM_PROVIDERS = 4000
ALONE = 60
STEP_SECONDS = 30
STEPS = 4
POLICIES = 4


class World:
    """Status pages, each at a loopback address of its own, and phones that remember when each page came."""

    def __init__(self, providers):
        self.broken, self.asked = [False] * providers, [0] * providers
        self.read_at, self.first_page_at, self.pages = {}, {}, []
        self.is_up = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self.run()), daemon=True).start()
        self.is_up.wait()

    async def run(self):
        server = await asyncio.start_server(self.serve, "0.0.0.0", 0, backlog=4096)
        self.port = server.sockets[0].getsockname()[1]
        self.is_up.set()
        await server.serve_forever()

    async def serve(self, reader, writer):
        ip = writer.get_extra_info("sockname")[0].split(".")
        number = (int(ip[1]) - 1) * 60000 + int(ip[2]) * 250 + int(ip[3]) - 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                if head.startswith(b"POST"):
                    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
                    self.take(path, json.loads(await reader.readexactly(length)))
                    writer.write(b"HTTP/1.1 204 X\r\n\r\n")
                else:
                    body = json.dumps(self.document(number, path)).encode()
                    writer.write(f"HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    def take(self, path, message):
        if message["type"] == "page":
            now = time.time()
            self.first_page_at.setdefault(message["incident"]["cause"]["provider"], now)
            self.pages.append((message["id"], message["incident"]["id"], path[1:], message["to"]["step"], now))

    def document(self, number, path):
        page = {"id": f"p{number}", "name": f"Provider {number}", "url": f"http://{address(number)}/", "time_zone": "Etc/UTC",
                "updated_at": "2026-01-01T00:00:00Z"}
        for kind in ("incidents", "scheduled-maintenances"):
            if path.endswith(f"{kind}.json"):
                return {"page": page, kind.replace("-", "_"): []}
        self.asked[number] += 1
        if is_broken := self.broken[number]:
            self.read_at.setdefault(f"p{number}", time.time())
        component = lambda n: {"id": f"c{n}", "name": f"Part {n}", "position": n, "group": False,
                               "status": "major_outage" if is_broken and n == 0 else "operational"}
        return {"page": page, "components": [component(n) for n in range(12)], "incidents": [], "scheduled_maintenances": [],
                "status": {"indicator": "critical" if is_broken else "none", "description": "as said"}}

    def wait(self, holds, seconds, what):
        until = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > until:
                return print(f"after {seconds} s still without {what}", flush=True)
            time.sleep(0.05)


def configuration(world, providers, policies, folder, port, admin):
    steps = ", ".join(f'{{ after = "{n * STEP_SECONDS}s", notify = ["channel:q%"] }}' for n in range(STEPS))
    parts = [f"""
[server]
listen = "127.0.0.1:{port}"
admin_listen = "127.0.0.1:{admin}"
public_url = "http://127.0.0.1:{port}"
data_dir = "{folder}/data"
[egress]
allow = ["127.0.0.0/8"]
anchors = []
[catalog]
builtin = false
[organization]
slug = "acme"
name = "Acme"
[[user]]
email = "ana@acme.example"
name = "Ana"
role = "owner"
contact = [ {{ id = "hook", kind = "webhook", url = "http://127.0.0.1:{world.port}/ana" }} ]
notify = [ {{ after = "0s", contact = "hook" }} ]
"""]
    # Machines get every page by itself; of a storm a person gets three.
    parts += [f"""
[[channel]]
slug = "q{n}"
kind = "webhook"
url = "http://127.0.0.1:{world.port}/q{n}"
[[escalation_policy]]
slug = "q{n}"
step = [ {steps.replace("%", str(n))} ]
""" for n in range(policies)]
    parts += [f"""
[[provider]]
slug = "p{n}"
name = "Provider {n}"
category = "Simulated"
platform = "statuspage"
feed = "http://{address(n)}:{world.port}/api/v2/summary.json"
interval = "{10 if n < FAILING else 60}s"
""" for n in range(providers)]
    parts += [f"""
[[service]]
slug = "s{n}-{q}"
name = "Service {n} {q}"
escalation_policy = "q{q}"
depends_on = [ {{ provider = "p{n}", components = ["Part 0"] }} ]
""" for n in range(FAILING) for q in range(policies)]
    path = pathlib.Path(folder) / "midwatch.toml"
    path.write_text("".join(parts))
    return path


def begin(providers, policies):
    world = World(providers)
    midwatch = Midwatch(lambda *where: configuration(world, providers, policies, *where))
    world.wait(lambda: all(world.asked), 300, "every provider read once")
    print(f"{providers} providers read once after {time.monotonic() - midwatch.began:.0f} s, "
          f"{midwatch.cpu_seconds():.1f} s of processor", flush=True)
    return world, midwatch


def tell(what, spans):
    spans = spans or [float("nan")]
    print(f"{what}: p50 {percentile(spans, .5) * 1000:.0f} ms, p99 {percentile(spans, .99) * 1000:.0f} ms, "
          f"longest {max(spans) * 1000:.0f} ms ({len(spans)})", flush=True)


def storm():
    world, midwatch = begin(STORM_PROVIDERS, 1)
    for number in range(ALONE):
        world.broken[number] = True
        time.sleep(1)
    world.wait(lambda: len(world.first_page_at) == ALONE, 30, "a page for each")
    delays = lambda: [at - world.read_at[provider] for provider, at in world.first_page_at.items()]
    tell("outage read to first page handed over, alone", delays())
    for number in range(ALONE):
        world.broken[number] = False
    time.sleep(30)
    world.read_at.clear(), world.first_page_at.clear()
    spent = midwatch.cpu_seconds()
    # Those that were down are left out: they come back as incidents that began before.
    world.broken[ALONE:FAILING] = [True] * (FAILING - ALONE)
    world.wait(lambda: len(world.first_page_at) >= FAILING - ALONE, 120, "a page for each")
    tell(f"outage read to first page handed over, {FAILING - ALONE} at once", delays())
    print(f"that took {midwatch.cpu_seconds() - spent:.1f} s of processor; "
          f"{midwatch.resident_mib()[0]:.0f} MiB resident", flush=True)
    midwatch.stop()


def timers():
    world, midwatch = begin(FAILING, POLICIES)
    world.broken[:] = [True] * FAILING
    world.wait(lambda: len(world.first_page_at) == FAILING, 120, "a page for each")
    tell("outage read to first page handed over", [at - world.read_at[key] for key, at in world.first_page_at.items()])
    last = max(world.first_page_at.values())
    middle = (min(world.first_page_at.values()) + last) / 2
    time.sleep(max(0, middle + 2 * STEP_SECONDS - time.time()))
    midwatch.kill()
    killed = time.time()
    midwatch.start()
    midwatch.wait("/directory", seconds=60)
    served = time.time()
    print(f"killed with {FAILING * POLICIES} timers, serving again after {(served - killed) * 1000:.0f} ms", flush=True)
    expected = FAILING * POLICIES * STEPS
    came = lambda: len({identity for identity, *_ in list(world.pages)})
    world.wait(lambda: came() >= expected, last + STEPS * STEP_SECONDS + 20 - time.time(), f"{expected} pages")
    started = {(incident, detail.split(" ")[1].rstrip(",")): int(at) / 1e6 for incident, at, detail in midwatch.rows(
        "SELECT {id:incident_id}, at, detail FROM incident_event WHERE kind = 'step' AND detail LIKE '%step 1'")}
    calm, dead = [], []
    seen = set()
    for identity, incident, policy, step, at in world.pages:
        if identity in seen:
            continue
        seen.add(identity)
        due = started[incident.replace("-", ""), policy] + (step - 1) * STEP_SECONDS
        if step > 1:
            (dead if killed - 1 < due < served + 1 else calm).append((due, at - due, at))
    print(f"{len(seen)} of {expected} pages, {len(world.pages) - len(seen)} came twice", flush=True)
    tell("timer due to page handed over", [late for _, late, _ in calm])
    tell("the same, due from a second before the kill to a second after serving", [late for _, late, _ in dead])
    tell("of these, counted from serving", [at - max(served, due) for due, _, at in dead if at > served])
    midwatch.stop()


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    for name in sys.argv[1:] or ["storm", "timers"]:
        {"storm": storm, "timers": timers}[name]()
