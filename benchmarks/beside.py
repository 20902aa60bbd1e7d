"""Running another program beside ours: in a Python that has it, as a script that needs nothing of ours."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def ask_peer(script: str, *words: str, python: str = "") -> dict[str, Any]:
    """What a script of this folder prints as JSON; PEERS_PYTHON names a Python that has the peers.

    Where the peer is not installed the script says so under `missing`. Errors: RuntimeError with the last
    lines of a script that failed.
    """
    chosen = python or os.environ.get("PEERS_PYTHON", sys.executable)
    command = [chosen, str(Path(__file__).with_name(script)), *words]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{script} ended with {done.returncode}: {done.stderr.decode()[-1000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, least and most."""
    return {
        "median": round(statistics.median(values), 3),
        "least": round(min(values), 3),
        "most": round(max(values), 3),
    }


def ratios(theirs: Sequence[float], ours: Sequence[float]) -> dict[str, float]:
    """How many times as fast ours was, round by round. Units: both in seconds of the same work."""
    return spread([their / our for their, our in zip(theirs, ours, strict=True)])
