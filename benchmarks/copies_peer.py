"""MinHash LSH of datasketch over the same runs of words; run by benchmarks.copies in a Python that has it.

Made to stand alone: that Python need not have the monitor. It looks up and compares signatures in memory.
"""

import json
import resource
import sys
import time
from pathlib import Path

_MISSING = (
    "datasketch is not installed: `python -m venv peers && peers/bin/pip install datasketch`, then run again "
    "with PEERS_PYTHON=peers/bin/python"
)
_PERMUTATIONS, _ROWS = 126, 3  # 42 bands of three


def main() -> None:
    """Argument: a file of JSON lines (pieces, copy_of, is_measured). Prints seconds of the measured ones."""
    try:
        import datasketch  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        sys.stdout.write(json.dumps({"missing": _MISSING}))
        return
    index = datasketch.MinHashLSH(num_perm=_PERMUTATIONS, params=(_PERMUTATIONS // _ROWS, _ROWS))
    found = copies = measured = 0
    wall_s = cpu_s = 0.0
    with Path(sys.argv[1]).open(encoding="utf-8") as lines:
        for n, line in enumerate(lines):
            given = json.loads(line)
            began, cpu_began = time.perf_counter(), time.process_time()
            own = datasketch.MinHash(num_perm=_PERMUTATIONS)
            own.update_batch([piece.encode() for piece in given["pieces"]])
            candidates = index.query(own)
            index.insert(n, own)
            if given["is_measured"]:
                measured += 1
                wall_s += time.perf_counter() - began
                cpu_s += time.process_time() - cpu_began
            if given["copy_of"] is not None:
                copies += 1
                found += given["copy_of"] in candidates
    told = {
        "version": f"datasketch {datasketch.__version__}",
        "per_s": round(measured / wall_s, 1),
        "cpu_ms": round(1000 * cpu_s / measured, 2),
        "found": round(found / copies, 3),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
