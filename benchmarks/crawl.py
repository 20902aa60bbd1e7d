"""The crawler against its budget, on loopback and without politeness delay.

1,000 feeds of ten new articles with pages of 100 KB; the feeds alone, beside the library `reader` where it
can be had; a second pass with nothing new; the memory of a simulated day. Figures: docs/benchmarks/crawl.md.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from typing import Any

import numpy as np

from benchmarks.beside import ask_peer, spread
from benchmarks.memory import peak_of
from benchmarks.press import Plan, RunningPress, running
from monitor.core.shipped import shipped_root

_REPEATS = 3  # of the feeds alone: seconds, not minutes
_DAY_PAPERS, _DAY_STORIES = 500, 4  # outlets of the simulated day, stories that each prints
_WARM_H = 6  # hours until caches are full; the slope is that of the rest
_PEER_WORKERS = (1, 2, 8)


def run(
    seed: int, *, feeds: int = 1000, pages: int = 10, hours: int = 24, peers: bool = False
) -> dict[str, Any]:
    """All figures. `hours` 0 leaves the simulated day out. Units: seconds, MB; `cpu_s` of all processes."""
    told: dict[str, Any] = {"machine": {"cores": os.cpu_count(), "load_before": round(os.getloadavg()[0], 2)}}
    plan = Plan(feeds, stock=pages, seed=seed)
    told["whole"] = whole(plan)
    told["feeds_alone"] = feeds_alone(plan, peers=peers)
    if hours:
        told["day"] = day(Plan(_DAY_PAPERS, a_day=_DAY_STORIES, seed=seed), hours)
    return told


def whole(plan: Plan) -> dict[str, Any]:
    """Everything fetched, read and stored, then again with nothing new."""
    with running(plan) as press:
        found = _round(press, plan, "whole")
        server = press.told()
    first, second = found["first"], found["second"]
    n_pages = first["counts"].get("ready", 0)
    cpu = first["cpu_s"]
    store = cpu["store"] - cpu["copies"]
    rest = cpu["main_process"] - cpu["fetch"] - cpu["store"]
    by_stage = {
        **{name: cpu[name] for name in ("fetch", "parse", "extract", "copies")},
        "store": store,
        "rest": rest,
    }
    return {
        "feeds": plan.papers,
        "pages": n_pages,
        "wall_s": round(first["wall_s"], 1),
        "pages_per_s": round(n_pages / first["wall_s"], 1),
        "cpu_s": {name: round(seconds, 1) for name, seconds in by_stage.items()},
        "cpu_ms_a_page": {name: round(1000 * s / max(1, n_pages), 2) for name, s in by_stage.items()},
        "press_cpu_s": round(server["cpu_s"], 1),
        "asked": server["asked"],
        "peak_rss_mb": round(found["memory"]["rss_mb"]),
        "peak_pss_mb": round(found["memory"]["pss_mb"]),
        "second_wall_s": round(second["wall_s"], 2),
        "second_share": round(second["wall_s"] / first["wall_s"], 4),
        "second_new": second["counts"].get("new", 0),
    }


def feeds_alone(plan: Plan, *, peers: bool) -> dict[str, Any]:
    """The same feeds fetched, parsed and their entries stored; by `reader` too, turn and turn about."""
    ours: list[dict[str, Any]] = []
    theirs: dict[int, list[float]] = {n: [] for n in _PEER_WORKERS}
    version, peer_cpu = "", float("nan")
    with running(plan) as press:
        for _ in range(_REPEATS):
            ours.append(_round(press, plan, "feeds"))
            for workers in _PEER_WORKERS if peers else ():
                answer = _peer(press, plan, workers)
                if "missing" in answer:
                    peers = False
                    version = answer["missing"]
                    break
                version = answer["version"]
                theirs[workers].append(answer["wall_s"])
                peer_cpu = answer["cpu_s"]
    seconds = [one["first"]["wall_s"] for one in ours]
    told = {
        "entries": ours[0]["first"]["counts"]["new"],
        "wall_s": spread(seconds),
        "cpu_s": {name: round(s, 1) for name, s in ours[0]["first"]["cpu_s"].items()},
        "second_wall_s": spread([one["second"]["wall_s"] for one in ours]),
    }
    if version:
        told["reader"] = version
    if peers:
        by_workers = {f"reader_{n}_workers_s": spread(found) for n, found in theirs.items()}
        best = min(statistics.median(found) for found in theirs.values())
        told |= {
            **by_workers,
            "reader_cpu_s": round(peer_cpu, 1),
            "times_as_fast": round(best / statistics.median(seconds), 2),
        }
    return told


def day(plan: Plan, hours: int) -> dict[str, Any]:
    """Simulated hours as the service has them; what its memory does."""
    with running(plan) as press:
        found = _round(press, plan, "day", "--hours", str(hours))
    memory = found["memory_mb"]
    warm = memory[min(_WARM_H, hours // 2) * 6 :]
    slope = float(np.polyfit(np.arange(len(warm)) / 6, warm, 1)[0]) if len(warm) > 1 else float("nan")
    return {
        "feeds": plan.papers,
        "hours": hours,
        "wall_s": round(found["wall_s"], 1),
        "counts": found["counts"],
        "memory_mb_each_3h": memory[::18],
        "memory_mb_an_hour": round(slope, 3),
        "memory_mb_range": [min(warm), max(warm)],
    }


def _round(press: RunningPress, plan: Plan, mode: str, *more: str) -> dict[str, Any]:
    """What benchmarks.crawl_round prints, with the peak memory of its processes."""
    with tempfile.TemporaryDirectory() as folder:
        words = [
            f"--folder={folder}/home",
            f"--port={press.port}",
            f"--papers={plan.papers}",
            f"--mode={mode}",
        ]
        command = [sys.executable, "-m", "benchmarks.crawl_round", *words, *more]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=shipped_root())
        with process, peak_of(process.pid) as peak:
            printed, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"benchmarks.crawl_round ended with {process.returncode}")
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    if found.get("counts", found.get("first", {}).get("counts", {})).get("crashed"):
        raise RuntimeError("the crawl crashed on some pages or feeds: its figures would mean nothing")
    return {**found, "memory": peak}


def _peer(press: RunningPress, plan: Plan, workers: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        words = f"{folder}/reader.sqlite", str(press.port), str(plan.papers), str(workers)
        return ask_peer("crawl_peer.py", *words)
