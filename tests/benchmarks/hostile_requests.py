"""Whether the redirect listener stands a flood: hostile requests, then the true redirect, which must get through.

    python tests/benchmarks/hostile_requests.py [--requests N] [--at-once N]

A child process sends the requests over loopback, so many at once, of every kind in `_hostile` in turn; some connections
say nothing and stay until the listener drops them. Memory is what the listener's process holds before and after.
"""

import argparse
import asyncio
import itertools
import multiprocessing
import os
import time
from pathlib import Path

from wizard.callback import Listener, Page, Pages, Redirect

PAGE = Page("A title", "A sentence.")
PAGES = Pages(received=PAGE, reject=PAGE, unsupported=PAGE, internal=PAGE, unknown=PAGE)
SILENT_EVERY = 500
"""One connection in so many says nothing and stays."""
PATIENCE = 15.0
"""Seconds after which an attacker gives a connection up."""


def _hostile(address: str) -> list[bytes]:
    """Return one request of each kind; none of them knows the listener's path."""
    head = f"Host: {address}\r\n"
    return [
        f"GET /favicon.ico HTTP/1.1\r\n{head}\r\n".encode(),
        f"GET /{'A' * 32}?connectionId=stolen HTTP/1.1\r\n{head}\r\n".encode(),
        b"GET /?connectionId=stolen HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        f"POST / HTTP/1.1\r\n{head}Content-Length: 999999\r\n\r\nnever all of it".encode(),
        f"GET /{'a' * 20_000} HTTP/1.1\r\n{head}\r\n".encode(),
        f"GET / HTTP/1.1\r\n{head}".encode() + b"X: y\r\n" * 3000 + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
        b"\x00" * 64,
        f"CONNECT evil.example:443 HTTP/1.1\r\n{head}\r\n".encode(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\nHo",
    ]


async def _send(host: str, port: int, request: bytes, *, ends: bool) -> None:
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError:
        return
    try:
        async with asyncio.timeout(PATIENCE):
            writer.write(request)
            if ends:
                writer.write_eof()
            while await reader.read(65536):
                pass
    except OSError:  # dropped, reset or a TimeoutError
        pass
    finally:
        writer.close()


async def _attack(address: str, requests: int, at_once: int) -> None:
    host, _, port = address.rpartition(":")
    numbers, kinds = iter(range(requests)), itertools.cycle(_hostile(address))

    async def attacker() -> None:
        for number in numbers:
            silent = number % SILENT_EVERY == 0
            await _send(host, int(port), b"" if silent else next(kinds), ends=not silent)

    await asyncio.gather(*(attacker() for _ in range(at_once)))


def _megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


async def _stand(requests: int, at_once: int) -> None:
    async with await Listener.open(pages=PAGES) as listener:
        came: list[Redirect] = []

        async def wait() -> None:
            async for redirect in listener:
                came.append(redirect)
                redirect.answer(PAGE)
                return

        waiting = asyncio.create_task(wait())
        before, began = _megabytes(), time.perf_counter()
        child = multiprocessing.get_context("spawn").Process(target=_begin, args=(listener.address, requests, at_once))
        child.start()
        await asyncio.to_thread(child.join)
        took, after, open_yet = time.perf_counter() - began, _megabytes(), len(asyncio.all_tasks()) - 2
        right = not came and child.exitcode == 0
        path = listener.url.removeprefix(f"http://{listener.address}")
        request = f"GET {path}?connectionId=true HTTP/1.1\r\nHost: {listener.address}\r\n\r\n"
        host, _, port = listener.address.rpartition(":")
        began = time.perf_counter()
        await _send(host, int(port), request.encode(), ends=False)
        await asyncio.wait([waiting], timeout=PATIENCE)
        right = right and [redirect.connection_id for redirect in came] == ["true"]
        last = time.perf_counter() - began
        waiting.cancel()
    print(f"{requests} requests in {took:.1f} s ({requests / took:.0f} a second, {at_once} at once)")
    print(f"memory {before:.1f} MB before, {after:.1f} MB after; {open_yet} connections still open")
    print(f"then the true redirect: {'through' if right else 'NOT THROUGH'} after {last * 1000:.0f} ms")
    raise SystemExit(not right)


def _begin(address: str, requests: int, at_once: int) -> None:
    asyncio.run(_attack(address, requests, at_once))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--at-once", type=int, default=32)
    options = parser.parse_args()
    asyncio.run(_stand(options.requests, options.at_once))


if __name__ == "__main__":
    main()
