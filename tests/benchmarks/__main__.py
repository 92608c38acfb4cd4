"""How fast the wizard is, beside others, in a pty of 100x30.

Every row runs the wizard and its peer in turn, and gives the medians with minimum and maximum, and the median of the
pairs' ratios. Close other programs first: pairs cancel a slow machine, but not one that changes its mind.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from tests.benchmarks import events, lists, screens, start, unattended
from tests.benchmarks.row import Bench, Pair, Row, spread

GROUPS: tuple[ModuleType, ...] = (start, lists, events, screens, unattended)
VERSIONS = (
    "import json, platform\n"
    "from importlib.metadata import version\n"
    "names = ('wix-calendar-wizard', 'textual', 'rich', 'httpx', 'pydantic')\n"
    "print(json.dumps({'python': platform.python_version(), **{name: version(name) for name in names}}))"
)


def main() -> int:
    """Measure, and print a table or JSON; the exit code says whether the goals of the rows that ran are met."""
    names = [row.name for group in GROUPS for row in group.ROWS]
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        epilog=f"rows: {', '.join(names)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--runs", type=int, default=10, metavar="N", help="how often everything runs (default: 10)")
    parser.add_argument(
        "--only", action="append", choices=names, metavar="ROW", help="measure what this row needs, and show only it"
    )
    parser.add_argument("--json", action="store_true", help="print only JSON")
    parser.add_argument(
        "--python",
        default=sys.executable,
        metavar="FILE",
        help="measure the wizard in this interpreter's environment, say one without the sandbox (default: this one)",
    )
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="where a peer is that isn't on the path: posting, rclone, gh; questionary=an interpreter that has it",
    )
    options = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as home:
        bench = Bench(options.python, dict(peer.split("=", 1) for peer in options.peer), home)
        wanted = options.only or names
        found: list[Pair] = []
        for group in GROUPS:
            if any(row.name in wanted for row in group.ROWS):
                found += group.pairs(bench, options.runs)
    rows = [_result(row, found) for group in GROUPS for row in group.ROWS if row.name in wanted]
    result = {
        "rows": rows,
        "peak_memory_mib": {name: spread(peaks, 1) for name, peaks in bench.peaks.items()},
        "load_average": {"before": round(load, 2), "after": round(os.getloadavg()[0], 2)},
        "versions": _versions(options.python) | {"platform": platform.platform()},
    }
    print(json.dumps(result, indent=1) if options.json else _table(result))
    return 1 if any(row["met"] is False for row in rows) else 0


def _result(row: Row, found: Sequence[Pair]) -> dict[str, object]:
    pairs = [(wizard, peer) for name, wizard, peer in found if name == row.name]
    told: dict[str, object] = {"name": row.name, "what": row.what, "against": row.against, "goal": row.goal}
    if not pairs:
        return told | {"met": None, "missing": f"{row.against} isn't installed"}
    compared = spread([wizard - peer if row.adds else wizard / peer for wizard, peer in pairs], 2)
    return told | {
        "met": None if row.goal is None else compared["median"] <= row.goal,
        "unit": row.unit,
        "adds": row.adds,
        "pairs": len(pairs),
        "wizard": spread([wizard for wizard, _ in pairs], 1),
        "peer": spread([peer for _, peer in pairs], 1),
        "compared": compared,
    }


def _versions(python: str) -> dict[str, str]:
    said = subprocess.run([python, "-c", VERSIONS], capture_output=True, check=True).stdout
    versions: dict[str, str] = json.loads(said)
    return versions


def _table(result: dict[str, Any]) -> str:
    head = f"{'':32}{'wizard: median':>15}{'min':>8}{'max':>8}{'peer: median':>15}{'min':>8}{'max':>8}"
    lines = [head + f"{'ratio':>8}{'min':>7}{'max':>7}{'goal':>7}"]
    for row in result["rows"]:
        lines.append(f"{row['what']} / {row['against']}")
        if "missing" in row:
            lines.append(f"    {row['missing']}")
            continue
        measured = "".join(f"{row[who][of]:>{room}}" for who in ("wizard", "peer") for of, room in WIDTHS)
        sign = "+" if row["adds"] else ""
        compared = "".join(f"{sign + format(row['compared'][of], '.2f'):>{room}}" for of, room in NARROW)
        goal = "" if row["goal"] is None else f"{sign}{row['goal']}"
        verdict = {True: "met", False: "NOT MET", None: ""}[row["met"]]
        name = f"    {row['name']:20}{row['pairs']:>4} {row['unit']:>4}"
        lines.append(f"{name:<32}{measured}{compared}{goal:>7}  {verdict}")
    peaks = ", ".join(f"{name} {of['median']}" for name, of in result["peak_memory_mib"].items())
    load, versions = result["load_average"], ", ".join(f"{k} {v}" for k, v in result["versions"].items())
    lines += [f"peak memory, MiB: {peaks}", f"load average: {load['before']} before, {load['after']} after", versions]
    return "\n".join(lines)


WIDTHS = (("median", 15), ("min", 8), ("max", 8))
NARROW = (("median", 8), ("min", 7), ("max", 7))

if __name__ == "__main__":
    sys.exit(main())
