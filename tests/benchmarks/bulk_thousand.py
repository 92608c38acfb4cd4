"""A thousand calendars in bulk: killed twice on the way, each connected exactly once, as fast as the limit allows.

    .venv-test/bin/python tests/benchmarks/bulk_thousand.py [--rows N]

Runs the real `calendar-wizard bulk` against a real `calendar-wizard sandbox` whose data directory has as many accounts
as there are rows. A witness inside the sandbox writes down each request that its limit lets in or turns away. The run
is killed (SIGKILL) after a third and after two thirds of the rows, and started again at once. Then it is asserted that
every row has exactly one connection with the directions it wished for, that nothing was turned away (429), and that
the time it ran is at most 1.1 times what its requests take at 200 a minute. Takes about nine minutes for 1,000 rows.
"""

import argparse
import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from wizard import cli
from wizard.sandbox.accounts import Account, write_calendars
from wizard.sandbox.errors import ApiError
from wizard.sandbox.limits import REQUESTS, WINDOW, RateLimit
from wizard.sandbox.providers import APPLE, FASTMAIL, Provider
from wizard.sandbox.schedules import schedules
from wizard.sandbox.site import prepare
from wizard.sandbox.store import Store

PASSWORD = "opens-nothing"
GOAL = 1.1
PROPERTIES = {"tag": "VCALENDAR", "C:supported-calendar-component-set": "VEVENT"}


def provider_of(number: int) -> Provider:
    """Every tenth account is Apple's, whose calendars the row chooses; of the others, half don't import."""
    return FASTMAIL if number % 10 else APPLE


def seed(data: Path, rows: int) -> None:
    """Make a data directory whose site has `rows` more accounts."""
    calendars = data / "calendars"
    calendars.mkdir(parents=True)
    store = Store(data / "site.sqlite3")
    prepare(store, time.time())
    accounts = [Account(f"p{number}@bulk.example", provider_of(number).id, PASSWORD) for number in range(rows)]
    store.seed({}, accounts, [])
    store.close()
    write_calendars(calendars, datetime.now(UTC).date())
    for account in accounts:
        for slug, name in (("primary", "Home"), ("work", "Work")):
            place = calendars / "collection-root" / account.email / slug
            place.mkdir(parents=True)
            (place / ".Radicale.props").write_text(json.dumps({**PROPERTIES, "D:displayname": name}), encoding="utf-8")


def serve(data: Path, witness: Path) -> int:
    """Run the sandbox, and write a line for each request that its limit has seen."""
    count = RateLimit.count
    with witness.open("a", encoding="utf-8") as file:

        def witnessed(limit: RateLimit, caller: str, now: float) -> None:
            status = 200
            try:
                count(limit, caller, now)
            except ApiError as error:
                status = error.status
                raise
            finally:
                print(f"{now} {status}", file=file, flush=True)

        with patch.object(RateLimit, "count", witnessed):
            return cli.main(["sandbox", "--data", str(data)])


def write_table(file: Path, rows: int) -> None:
    """Write the bulk file: the accounts on all schedules in turn."""
    open_schedules = [one for one in schedules().values() if one.status == "ACTIVE"]
    with file.open("w", encoding="utf-8", newline="") as opened:
        table = csv.writer(opened)
        table.writerow(["schedule", "provider", "email", "method", "password_env", "import", "calendars"])
        for number in range(rows):
            schedule, provider = open_schedules[number % len(open_schedules)], provider_of(number)
            wish = ["on", "Work"] if provider is APPLE else ["off" if number % 2 else "", ""]
            who = [schedule.id, provider.name, f"p{number}@bulk.example"]
            table.writerow([*who, "credentials", "BULK_PASSWORD", *wish])


def connections(site: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the site says is connected."""
    answer = httpx.get(
        f"{site['url']}/bookings/v2/external-calendars/connections",
        headers={"authorization": site["apiKey"], "wix-site-id": site["siteId"]},
        timeout=60,
    )
    found: list[dict[str, Any]] = answer.raise_for_status().json()["connections"]
    return found


def run(command: list[str], environment: dict[str, str], results: Path, kill_at: int | None) -> tuple[float, int]:
    """Run bulk, or kill it once so many rows have their results; return how long it ran, and its exit code."""
    began = time.monotonic()
    with results.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(command, env=environment, stdout=output)
        while process.poll() is None:
            if kill_at is not None and results.read_bytes().count(b"\n") >= kill_at:
                process.send_signal(signal.SIGKILL)
            time.sleep(0.05)
    return time.monotonic() - began, process.returncode


def main() -> int:
    """Run it, and print what came of it as JSON; return 0 if all is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--serve", nargs=2, type=Path, metavar=("DATA", "WITNESS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        return serve(*options.serve)
    with tempfile.TemporaryDirectory() as name:
        return measure(Path(name), options.rows)


def measure(folder: Path, rows: int) -> int:
    """Do all of it in a folder that is empty."""
    data, witness, table = folder / "data", folder / "witness", folder / "team.csv"
    seed(data, rows)
    write_table(table, rows)
    command = [sys.executable, __file__, "--serve", str(data), str(witness)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sandbox:
        assert sandbox.stdout is not None
        site = json.loads(sandbox.stdout.readline())
        environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_STATE_HOME": str(folder / "state"),
            "WIX_API_KEY": site["apiKey"],
            "WIX_SITE_ID": site["siteId"],
            "WIX_BASE_URL": site["url"],
            "BULK_PASSWORD": PASSWORD,
        }
        bulk = [sys.executable, "-m", "wizard", "bulk", str(table)]
        runs = []
        for number, kill_at in enumerate((rows // 3, rows * 2 // 3, None)):
            runs.append(run(bulk, environment, folder / f"results-{number}.jsonl", kill_at))
        seen = [line.split() for line in witness.read_text(encoding="utf-8").splitlines()]
        found = connections(site)
        sandbox.send_signal(signal.SIGTERM)
    states = [
        Counter(json.loads(line)["state"] for line in (folder / f"results-{number}.jsonl").open(encoding="utf-8"))
        for number in range(len(runs))
    ]
    made = Counter(
        (one["scheduleId"], one["externalAccountEmail"])
        for one in found
        if one["externalAccountEmail"].endswith("@bulk.example")
    )
    wrong = [one for one in found if not as_wished(one)]
    requests = len(seen)
    seconds = sum(ran for ran, _ in runs)
    at_best = requests / (REQUESTS / WINDOW)
    times = [float(moment) for moment, _ in seen]
    busiest = max(sum(moment <= other < moment + WINDOW for other in times) for moment in times)
    result = {
        "rows": rows,
        "runs": [
            {"seconds": round(ran, 1), "exit": code, **count} for (ran, code), count in zip(runs, states, strict=True)
        ],
        "requests": requests,
        "turned_away": sum(status != "200" for _, status in seen),
        "busiest_minute": busiest,
        "connections": sum(made.values()),
        "accounts_connected_once": sum(count == 1 for count in made.values()),
        "directions_wrong": len(wrong),
        "seconds": round(seconds, 1),
        "seconds_at_200_a_minute": round(at_best, 1),
        "ratio": round(seconds / at_best, 3),
        "goal": GOAL,
    }
    print(json.dumps(result, indent=2))
    good = (
        [code for _, code in runs] == [-signal.SIGKILL, -signal.SIGKILL, 0]
        and result["turned_away"] == 0
        and result["connections"] == result["accounts_connected_once"] == rows
        and not wrong
        and seconds <= GOAL * at_best
    )
    return 0 if good else 1


def as_wished(connection: dict[str, Any]) -> bool:
    """Whether a connection imports what its row has wished for."""
    email = str(connection["externalAccountEmail"])
    if not email.endswith("@bulk.example"):
        return True
    number = int(email.partition("@")[0].removeprefix("p"))
    incoming = connection["syncConfig"]["listEventFromCalendars"]
    names = [one["name"] for one in incoming.get("calendars", {}).get("calendars", [])]
    wished: tuple[bool, list[str]] = (True, ["Work"]) if provider_of(number) is APPLE else (number % 2 == 0, [])
    return (incoming["enabled"], names) == wished


if __name__ == "__main__":
    sys.exit(main())
