#!/usr/bin/env python3
"""Measures what a status page of 30 components with 5 incidents costs to serve, over loopback only, in less than a minute.

    cargo build --release && cargo build --release -p web --example front && python3 bench/pages.py

It prints answers per second of the server's processors, beside those of bare hyper that sends the same bytes (`0.85` of it is
wanted) and beside Vigil's 1,308 (25 times as many are wanted); then how long answers take at 2,000 requests per second (99 of 100
in less than 50 ms are wanted), with the ledger, and once more by a server that was started while its ledger is spoilt.

Nothing here is a test: figures are printed, not asserted.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request
from functools import partial

from run import COMPONENTS, MIDWATCH, POSTGRES, TICKS, Midwatch, World, configuration, free_port

FRONT = pathlib.Path(os.environ.get("FRONT_BIN", MIDWATCH.parent / "examples/front"))
INCIDENTS = 5
VIGIL = 1308
SECONDS = 6
RATE = 2000


class Troubled(World):
    """Some of the providers are down."""

    def summary(self, name):
        self.down = int(name[1:]) < INCIDENTS
        return super().summary(name)


def spent(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def load(pid, port, path, *more):
    before = spent(pid)
    command = [FRONT, "load", f"127.0.0.1:{port}", path, str(SECONDS), "64", *map(str, more)]
    words = subprocess.run(command, capture_output=True, text=True, check=True, timeout=SECONDS + 30).stdout.split()
    figures = {name: int(value) for name, value in zip(words[::2], words[1::2])}
    figures["per_core_second"] = figures["answers"] / max(spent(pid) - before, 1 / TICKS)
    return figures


def steady(name, figures):
    print(f"{name} at {RATE} requests per second: {figures['answers']} answers, {figures['failed']} failed, "
          f"p50 {figures['p50_us'] / 1000:.2f} ms, p99 {figures['p99_us'] / 1000:.2f} ms, longest {figures['max_us'] / 1000:.2f} ms")


def main():
    midwatch = Midwatch(partial(configuration, Troubled(), COMPONENTS))
    port = int(midwatch.base.rsplit(":", 1)[1])
    summary = "/status/acme/api/v2/summary.json"
    midwatch.wait(summary, lambda body: body.count(b'"shortlink"') >= INCIDENTS and body.count(b'"operational"') >= COMPONENTS - INCIDENTS)
    asked = urllib.request.Request(midwatch.base + "/status/acme", headers={"accept-encoding": "gzip"})
    with urllib.request.urlopen(asked) as answer:
        body, kind = answer.read(), answer.headers["content-type"]
    print(f"page of {COMPONENTS} components with {INCIDENTS} incidents: {len(body)} bytes of gzip")
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        bare_port = free_port()
        bare = subprocess.Popen([FRONT, "bare", str(bare_port), file.name, kind])
        time.sleep(0.5)
        by_hyper = load(bare.pid, bare_port, "/")
        bare.kill()
    ours = load(midwatch.process.pid, port, "/status/acme")
    print(f"midwatch: {ours['per_core_second']:.0f} answers per core-second, {ours['per_core_second'] / VIGIL:.1f} times Vigil's, "
          f"{ours['per_core_second'] / by_hyper['per_core_second']:.2f} of bare hyper's {by_hyper['per_core_second']:.0f}")
    steady("with the ledger", load(midwatch.process.pid, port, "/status/acme", RATE))
    if POSTGRES:
        sys.exit("the ledger is spoilt on SQLite only")
    midwatch.kill()
    for ledger in pathlib.Path(midwatch.folder, "data").glob("midwatch.db*"):
        ledger.write_bytes(b"this is no database " * 500)
    midwatch.start()
    midwatch.wait("/status/acme")
    steady("with a spoilt ledger", load(midwatch.process.pid, port, "/status/acme", RATE))
    midwatch.stop()


if __name__ == "__main__":
    for program in (MIDWATCH, FRONT):
        if not program.exists():
            sys.exit(f"no {program}: cargo build --release && cargo build --release -p web --example front")
    main()
