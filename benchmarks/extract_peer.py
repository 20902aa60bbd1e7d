"""Another extractor over the same pages, called as its documentation does first; run by benchmarks.extract.

Made to stand alone: the Python that runs it need not have the monitor.
"""

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

_MISSING = (
    "{name} is not installed: `python -m venv peers && peers/bin/pip install newspaper4k trafilatura`, then "
    "run again with PEERS_PYTHON=peers/bin/python"
)
_extract: list[Callable[[str], str]] = []  # of this process


def main() -> None:
    """Arguments: folder of pages, peer, processes. Prints wall and CPU seconds, and the texts."""
    folder, name, processes = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    try:
        version = _load(name)
    except ImportError:
        sys.stdout.write(json.dumps({"missing": _MISSING.format(name=name)}))
        return
    pages = sorted(folder.glob("*.html"))
    with ProcessPoolExecutor(processes, get_context("spawn"), _load, (name,)) as pool:
        list(pool.map(_read, [pages[0]] * processes * 4))  # imports and caches
        began = time.perf_counter()
        answers = list(pool.map(_read, pages, chunksize=4))
        wall_s = time.perf_counter() - began
    told = {
        "wall_s": wall_s,
        "cpu_s": sum(cpu_s for _, cpu_s in answers),
        "texts": [text for text, _ in answers],
        "version": version,
    }
    sys.stdout.write(json.dumps(told))


def _load(name: str) -> str:
    if name == "trafilatura":
        import trafilatura

        _extract.append(lambda page: trafilatura.extract(page) or "")
        return f"trafilatura {trafilatura.__version__}"
    import newspaper  # type: ignore[import-not-found,unused-ignore]

    def extract(page: str) -> str:
        article = newspaper.Article("http://paper.example/news/1/", language="ru")
        article.download(input_html=page)
        article.parse()
        return str(article.text)

    _extract.append(extract)
    return f"newspaper4k {newspaper.__version__}"


def _read(path: Path) -> tuple[str, float]:
    page = path.read_text("utf-8")
    began = time.process_time()
    return _extract[0](page), time.process_time() - began


if __name__ == "__main__":
    main()
