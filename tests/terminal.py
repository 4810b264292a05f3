"""Runs a command at a terminal of its own; prints all that it shows there, and ends as it does.

The first argument is JSON: what to enter, after what was shown: [[SHOWN, ENTERED], …]. The rest is the command.
"""

import json
import os
import pty
import sys

entries = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
shown = b""
seen = 0
while True:
    try:
        more = os.read(terminal, 4096)
    except OSError:
        break
    if not more:
        break
    shown += more
    if entries and entries[0][0].encode() in shown[seen:]:
        seen = len(shown)
        os.write(terminal, entries.pop(0)[1].encode() + b"\n")
sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
