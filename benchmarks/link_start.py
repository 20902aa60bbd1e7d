"""One process that starts to link, for benchmarks.link: seconds of CPU and of the clock, megabytes."""

import json
import resource
import sys
import time

from benchmarks.names import NOWHERE
from monitor.core.home import Home
from monitor.linking.types import LinkInput
from monitor.wiring import App


def main() -> None:
    """Builds names and linker from kept forms, links one article, prints figures as JSON."""
    began, cpu = time.monotonic(), time.process_time()
    app = App(Home(NOWHERE), environment=False)
    title, text = "Могилёв и Сумгаит", "Побратимы Могилёв и Сумгаит подписали план."
    mentions = app.find(title, text, "ru", None)
    app.linker.link(LinkInput(title, text, "ru", None, None, mentions, {"regional_ties": 0.9}))
    told = {
        "start_s": round(time.monotonic() - began, 1),
        "start_cpu_s": round(time.process_time() - cpu, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    app.close()
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
