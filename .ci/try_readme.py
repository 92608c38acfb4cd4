"""Runs the README's first command in a terminal until the wizard shows its first question, and leaves."""

import sys

import pexpect

QUESTION = "Which calendar do you want to connect"
LEFT = 130
INSTALL_SECONDS = 600

child = pexpect.spawn("bash", ["-c", sys.argv[1]], timeout=INSTALL_SECONDS, dimensions=(24, 80), encoding="utf-8")
child.expect(QUESTION)
child.expect("Fastmail", timeout=30)
child.sendcontrol("c")
child.expect(pexpect.EOF, timeout=30)
child.close()
if child.exitstatus != LEFT:
    sys.exit(f"the wizard ended with {child.exitstatus}, not {LEFT}")
print("the README's first command ends with the wizard running")
