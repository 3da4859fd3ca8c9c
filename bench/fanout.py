#!/usr/bin/env python3
"""Measures what telling many subscribers does to the time in which pages arrive, over loopback only. Needs a release build.

    cargo build --release && python3 bench/fanout.py [--subscribers 10000] [--postgres URL]

Some providers fail one after the other while nothing else happens, then as many others while a status page's subscribers are told
by mail of planned work. The figure is the time from the answer that tells of an outage to the first page in the receiver's hands,
in both; and how long telling takes, and whether each subscriber was told once.

Nothing here is a test: figures are printed, not asserted.
"""

import asyncio
import datetime
import pathlib
import resource
import subprocess
import threading
import time
from collections import Counter

from poll import address
from run import MIDWATCH, Midwatch, option
from timers import World, tell

SUBSCRIBERS = int(option("--subscribers") or 10_000)
FAILING = 60


class PostOffice:
    """A mail server that takes everything and remembers to whom it went."""

    def __init__(self):
        self.letters, self.is_up = Counter(), threading.Event()
        self.first_at = self.last_at = None
        threading.Thread(target=lambda: asyncio.run(self.run()), daemon=True).start()
        self.is_up.wait()

    async def run(self):
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self.is_up.set()
        await server.serve_forever()

    async def serve(self, reader, writer):
        try:
            writer.write(b"220 here\r\n")
            to = None
            while line := await reader.readline():
                word = line[:4].upper()
                if word == b"RCPT":
                    to = line.split(b"<")[1].split(b">")[0]
                if word == b"DATA":
                    writer.write(b"354 go on\r\n")
                    await reader.readuntil(b"\r\n.\r\n")
                    self.letters[to] += 1
                    self.last_at = time.monotonic()
                    self.first_at = self.first_at or self.last_at
                writer.write(b"250 fine\r\n")
                if word == b"QUIT":
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def configuration(world, office, folder, port, admin):
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
[mail]
host = "127.0.0.1"
port = {office.port}
security = "none"
from = "status@acme.example"
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
slug = "q0"
kind = "webhook"
url = "http://127.0.0.1:{world.port}/q0"
[[escalation_policy]]
slug = "q0"
step = [ {{ after = "0s", notify = ["channel:q0"] }} ]
[[service]]
slug = "shop"
name = "Shop"
[[status_page]]
slug = "acme"
title = "Acme"
group = [ {{ name = "Shop", services = ["shop"] }} ]
"""]
    parts += [f"""
[[provider]]
slug = "p{n}"
name = "Provider {n}"
category = "Simulated"
platform = "statuspage"
feed = "http://{address(n)}:{world.port}/api/v2/summary.json"
interval = "10s"
[[service]]
slug = "s{n}"
name = "Service {n}"
escalation_policy = "q0"
depends_on = [ {{ provider = "p{n}", components = ["Part 0"] }} ]
""" for n in range(2 * FAILING)]
    path = pathlib.Path(folder) / "midwatch.toml"
    path.write_text("".join(parts))
    return path


def fail(world, numbers):
    world.read_at.clear(), world.first_page_at.clear()
    for number in numbers:
        world.broken[number] = True
        time.sleep(0.2)
    world.wait(lambda: len(world.first_page_at) == len(numbers), 60, "a page for each")
    return [at - world.read_at[provider] for provider, at in world.first_page_at.items()]


def main():
    world, office = World(2 * FAILING), PostOffice()
    midwatch = Midwatch(lambda *where: configuration(world, office, *where))
    world.wait(lambda: all(world.asked), 60, "every provider read once")
    run = lambda *words: subprocess.run([MIDWATCH, "--config", midwatch.path, *words], check=True)
    readers = pathlib.Path(midwatch.folder, "readers.csv")
    readers.write_text("address\n" + "".join(f"reader{n}@readers.example\n" for n in range(SUBSCRIBERS)))
    began = time.monotonic()
    run("subscriber", "import", "acme", readers, "--consent", "bench")
    print(f"importing took {time.monotonic() - began:.1f} s", flush=True)
    tell("outage read to first page handed over, in the calm", fail(world, range(FAILING)))
    ahead = lambda hours: (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)).isoformat()
    run("maintenance", "plan", "Move", "--service", "shop=degraded_performance", "--from", ahead(1), "--to", ahead(2))
    world.wait(lambda: office.letters, 30, "the first letter")
    spans = fail(world, range(FAILING, 2 * FAILING))
    told = len(office.letters)
    tell("the same while subscribers are told", spans)
    print(f"{told} of {SUBSCRIBERS} were told when the last page had arrived", flush=True)
    world.wait(lambda: len(office.letters) == SUBSCRIBERS, 600, "every letter")
    time.sleep(2)
    span = office.last_at - office.first_at
    print(f"{len(office.letters)} subscribers told in {span:.1f} s ({SUBSCRIBERS / span:.0f}/s), "
          f"{sum(office.letters.values()) - len(office.letters)} twice", flush=True)
    midwatch.stop()


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    main()
