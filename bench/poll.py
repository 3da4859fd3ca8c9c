#!/usr/bin/env python3
"""Polls 4,000 simulated providers every 60 s, over loopback only. Needs a release build and python3.

    cargo build --release && python3 bench/poll.py

Each provider has a loopback address of its own (127.x.y.z), as hosts have. In every round 10 % of them have changed, 1 % are
tarpits that accept and never answer, 5 % answer 503; the others answer 304. Figures are printed, not asserted: processor time
and memory of the server over WINDOW seconds after everything was read once, and how late polls began.
"""

import asyncio
import json
import os
import pathlib
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
MIDWATCH = pathlib.Path(os.environ.get("MIDWATCH_BIN", ROOT / "target/release/midwatch"))
PROVIDERS = int(os.environ.get("PROVIDERS", "4000"))
WINDOW = int(os.environ.get("WINDOW", "180"))
TICKS = os.sysconf("SC_CLK_TCK")
CHANGED, TARPITS, ERRORS = 10, 1, 5  # per hundred


def address(number):
    return f"127.{1 + number // 60000}.{number // 250 % 240}.{1 + number % 250}"


def body(number, turn):
    component = lambda n: {"id": f"c{n}", "name": f"Part {n}", "status": "operational", "position": n, "group": False}
    return json.dumps({
        "page": {"id": f"p{number}", "name": f"Provider {number}", "url": f"http://{address(number)}/",
                 "time_zone": "Etc/UTC", "updated_at": f"2026-01-01T{turn // 60 % 24:02}:{turn % 60:02}:00Z"},
        "components": [component(n) for n in range(12)], "incidents": [], "scheduled_maintenances": [],
        "status": {"indicator": "none", "description": "All Systems Operational"},
    }).encode()


class Providers:
    """What 4,000 hosts answer; kept connections, one task each."""

    def __init__(self):
        self.asked = [0] * PROVIDERS
        self.answers = {"200": 0, "304": 0, "503": 0, "tarpit": 0}
        self.connections = 0

    async def serve(self, reader, writer):
        self.connections += 1
        ip = writer.get_extra_info("sockname")[0].split(".")
        number = (int(ip[1]) - 1) * 60000 + int(ip[2]) * 250 + int(ip[3]) - 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self.answer(number, head, writer)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(self, number, head, writer):
        self.asked[number] += 1
        first, draw = self.asked[number] == 1, (number * 7919 + self.asked[number] * 104729) % 100
        if b"incidents.json" in head or b"scheduled-maintenances.json" in head:
            kind = "incidents" if b"incidents.json" in head else "scheduled_maintenances"
            self.asked[number] -= 1
            return self.send(writer, 200, json.dumps({"page": {"id": f"p{number}"}, kind: []}).encode())
        if not first and draw < TARPITS:
            self.answers["tarpit"] += 1
            await asyncio.sleep(120)
            raise ConnectionError
        if not first and draw < TARPITS + ERRORS:
            self.answers["503"] += 1
            return self.send(writer, 503, b"")
        if not first and draw >= TARPITS + ERRORS + CHANGED and b"if-none-match" in head.lower():
            self.answers["304"] += 1
            return self.send(writer, 304, b"")
        self.answers["200"] += 1
        self.send(writer, 200, body(number, self.asked[number]), f'etag: "{self.asked[number]}"\r\n')

    def send(self, writer, status, content, more=""):
        length = "" if status == 304 else f"content-length: {len(content)}\r\n"
        kind = "content-type: application/json\r\n"
        writer.write(f"HTTP/1.1 {status} X\r\n{kind}{length}{more}\r\n".encode() + content)


def configuration(port, public, admin, folder):
    head = f"""
[server]
listen = "127.0.0.1:{public}"
admin_listen = "127.0.0.1:{admin}"
public_url = "http://127.0.0.1:{public}"
data_dir = "{folder}/data"
[egress]
allow = ["127.0.0.0/8"]
anchors = []
[catalog]
builtin = false
[organization]
slug = "acme"
name = "Acme"
"""
    provider = lambda n: f"""
[[provider]]
slug = "p{n}"
name = "Provider {n}"
category = "Simulated"
platform = "statuspage"
feed = "http://{address(n)}:{port}/api/v2/summary.json"
"""
    return head + "".join(provider(n) for n in range(PROVIDERS))


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid, key):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key)) / 1024


def metrics(admin):
    text = urllib.request.urlopen(f"http://127.0.0.1:{admin}/metrics", timeout=10).read().decode()
    return {key: float(value) for key, value in
            (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))}


def lateness(before, after):
    classes = [(key, after[key] - before.get(key, 0)) for key in after if key.startswith("midwatch_poll_lateness_total")]
    total = max(count for _, count in classes)
    return total, {key.split('"')[1]: count / total for key, count in classes}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    providers = Providers()
    server = await asyncio.start_server(providers.serve, "0.0.0.0", 0, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    public, admin = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "midwatch.toml"
        config.write_text(configuration(port, public, admin, folder))
        log = open(pathlib.Path(folder) / "log", "w")
        started = time.monotonic()
        process = subprocess.Popen([MIDWATCH, "--config", config, "serve"], stdout=log, stderr=log)
        try:
            while sum(1 for asked in providers.asked if asked) < PROVIDERS:
                if process.poll() is not None:
                    sys.exit(pathlib.Path(folder, "log").read_text()[-2000:])
                await asyncio.sleep(1)
            print(f"everything read once after {time.monotonic() - started:.0f} s, "
                  f"{processor_seconds(process.pid):.1f} processor seconds", flush=True)
            await asyncio.sleep(65)
            before, spent = await asyncio.to_thread(metrics, admin), processor_seconds(process.pid)
            providers.answers = dict.fromkeys(providers.answers, 0)
            opened, began = providers.connections, time.monotonic()
            await asyncio.sleep(WINDOW)
            span, used = time.monotonic() - began, processor_seconds(process.pid) - spent
            total, within = lateness(before, await asyncio.to_thread(metrics, admin))
            print(f"{total:.0f} polls in {span:.0f} s: {providers.answers}, "
                  f"{providers.connections - opened} connections opened")
            print(f"processor: {used:.2f} s, {100 * used / span:.2f} % of one core")
            print(f"memory: {memory(process.pid, 'VmRSS'):.0f} MiB resident, {memory(process.pid, 'VmHWM'):.0f} at most")
            print("begun within seconds of being due: " + ", ".join(f"{bound}: {share:.4f}" for bound, share in within.items()))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
