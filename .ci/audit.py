"""Looks up known vulnerabilities of what the wizard runs with: `python .ci/audit.py PIP_AUDIT PYTHON`.

PYTHON is one that has the default and the sandbox dependencies, PIP_AUDIT the program. Exit code 1 means findings.
Where the service can't be asked, it says so and passes: a network that lets only packages through must not fail every
change. pip-audit itself says "no known vulnerabilities" where every answer was "not found".
"""

import json
import subprocess
import sys
import tempfile

SECONDS = 300
OWN = "wix-calendar-wizard"
UNREACHABLE = ("ConnectionError", "ServiceError", "Timeout")


def audit(pip_audit: str, python: str) -> int:
    """Print what is known, and return the exit code."""
    freeze = [python, "-m", "pip", "freeze", "--exclude", OWN]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pinned:
        subprocess.run(freeze, stdout=pinned, check=True)  # noqa: S603 - what .ci/run names
        look = [pip_audit, "-r", pinned.name, "--no-deps", "--disable-pip", "--progress-spinner=off", "--format=json"]
        try:
            run = subprocess.run(look, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            return not_audited(f"no answer in {SECONDS} s")
    try:
        found = json.loads(run.stdout)["dependencies"]
    except ValueError:
        last = (run.stderr.strip().splitlines() or ["it says nothing"])[-1][:200]
        if any(word in last for word in UNREACHABLE):
            return not_audited(f"the vulnerability service can't be reached: {last}")
        print(f"pip-audit failed: {last}")
        return 1
    bad = [(one, vuln) for one in found for vuln in one.get("vulns", [])]
    for one, vuln in bad:
        fixed = ", ".join(vuln["fix_versions"]) or "no version"
        print(f"{one['name']} {one['version']}: {vuln['id']}, fixed in {fixed}")
    if bad:
        return 1
    unknown = [one["name"] for one in found if "skip_reason" in one]
    if len(unknown) == len(found):
        return not_audited(
            f"the vulnerability service knows none of {len(found)} packages, so it can't be the real one"
        )
    print(f"no known vulnerabilities in {len(found) - len(unknown)} packages")
    return not_audited(", ".join(unknown)) if unknown else 0


def not_audited(why: str) -> int:
    """Say so in a way that nobody takes for a pass."""
    print(f"NOT AUDITED: {why}")
    return 0


if __name__ == "__main__":
    sys.exit(audit(*sys.argv[1:]))
