"""The demo as a whole process: wall seconds, peak memory, articles a second by stage."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

# which count of a job's tally is its throughput
_ITEMS = {
    "crawl.poll": "checked",
    "crawl.pages": "ready",
    "articles.tag": "tagged",
}


def run(seed: int) -> dict[str, Any]:
    """Run `monitor demo` in a fresh folder. Units: seconds, MB (largest process), items a second."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["demo", "--out", str(Path(folder) / "demo"), "--seed", str(seed), "--json"]
        began = time.monotonic()
        done = subprocess.run([sys.executable, "-m", "monitor", *words], capture_output=True, check=True)
        wall = time.monotonic() - began
    told = json.loads(done.stdout)
    peak_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "wall_s": round(wall, 1),
        "peak_mb": round(peak_kb / 1024),
        "stages": {name: _stage(name, told) for name in told["seconds"]},
    }


def _stage(name: str, told: dict[str, Any]) -> dict[str, Any]:
    seconds = told["seconds"][name]
    counts = told["counts"].get(name, {})
    named = ("linked", "unlinked", "skipped") if name == "linking.link" else (_ITEMS.get(name, ""),)
    n = sum(counts.get(key, 0) for key in named)
    rate = round(n / seconds, 1) if n and seconds else None
    return {"seconds": round(seconds, 2), "items": n or None, "items_per_s": rate}
