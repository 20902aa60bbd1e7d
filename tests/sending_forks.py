"""A process that has everything imported and forks one that sends for each line it reads.

`python -m tests.sending_forks`; a line is JSON: url of the database, port of the mail server, on_unknown and
the instant. It answers with the fork's process id; the next line, an empty one, asks how it ended. The fork
is to be killed from outside; it is not reaped before it is asked for, so that its number stays its own.
"""

import json
import os
import sys
from datetime import datetime
from typing import Any

from monitor.core.clock import SettableClock
from monitor.core.db import Db
from monitor.reports.outbox import send_due
from monitor.reports.smtp import SmtpPost

SENDER = "monitor@desk.example"


def send(wanted: dict[str, Any]) -> None:
    """Send what is due, as `monitor report send` does."""
    db = Db(wanted["url"])
    clock = SettableClock(datetime.fromisoformat(wanted["now"]))
    with SmtpPost(host="127.0.0.1", port=wanted["port"], security="none", timeout_s=20) as post:
        send_due(
            db=db,
            post=post,
            clock=clock,
            sender=SENDER,
            on_unknown=wanted["on_unknown"],
            withhold=lambda report: report,
        )
    db.close()


def main() -> None:
    """One fork a line until the input ends."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                send(json.loads(line))
            finally:
                sys.stderr.flush()
                os._exit(0 if sys.exc_info()[0] is None else 1)
        print(child, flush=True)
        sys.stdin.readline()
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
