"""`calendar-wizard connect`, beside a script that sends the same requests and nothing else."""

import json
import subprocess
import time
from collections.abc import Iterator, Sequence

from tests.benchmarks.row import Bench, Pair, Row
from tests.benchmarks.site import EMAIL, PASSWORD, PROVIDER, Request, Site, schedule_name

SCRIPT = """
import asyncio, json, sys
import httpx

async def main():
    said = json.load(sys.stdin)
    async with httpx.AsyncClient(base_url=said["url"], headers={"authorization": "IST.benchmark"}) as client:
        for method, path, body in said["requests"]:
            (await client.request(method, path, content=body)).raise_for_status()

asyncio.run(main())
"""

ROWS = [Row("connect", "connect unattended, server's time left out", "the same requests by bare httpx", 1.4)]


def pairs(bench: Bench, runs: int) -> Iterator[Pair]:
    """Connect, and send what that sent once more."""
    for number in range(-1, runs):  # the first only fills the caches
        wizard, requests = _connect(bench)
        script = _send(bench, requests)
        if number % 2:  # the other way round: what is sent is the same each time
            wizard, _ = _connect(bench)
        if number >= 0:
            yield "connect", wizard, script


def _connect(bench: Bench) -> tuple[float, list[Request]]:
    command = [bench.command, "connect", "--provider", PROVIDER, "--schedule", schedule_name(1)]
    command += ["--email", EMAIL, "--password-env", "PAPER_PASSWORD", "--import", "on"]
    with Site() as site:
        taken = _run(command, bench.on_site(site.url) | {"PAPER_PASSWORD": PASSWORD}, "")
        return taken - site.busy * 1000, site.requests


def _send(bench: Bench, requests: Sequence[Request]) -> float:
    with Site() as site:
        those = [(one.method, one.path, one.body.decode()) for one in requests]
        said = json.dumps({"url": site.url, "requests": those})
        return _run([bench.python, "-c", SCRIPT], bench.environment, said) - site.busy * 1000


def _run(command: Sequence[str], environment: dict[str, str], said: str) -> float:
    began = time.perf_counter()
    ended = subprocess.run(command, env=environment, input=said, capture_output=True, text=True, check=False)
    taken = (time.perf_counter() - began) * 1000
    if ended.returncode:
        raise SystemExit(f"{command[0]} {command[1]} ended with {ended.returncode}: {ended.stderr}")
    return taken
