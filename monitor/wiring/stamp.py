"""The state of a home's configuration as a value: another one means that somebody has edited it."""

from monitor.core.home import Home


def config_stamp(home: Home) -> tuple[tuple[str, int, int], ...]:
    """Name, size and time of change of every file of the configuration; missing files are left out."""
    found = []
    for path in sorted(home.config.rglob("*")):
        try:
            known = path.stat()
        except FileNotFoundError:  # somebody is replacing it: the next look sees the new one
            continue
        if path.is_file():
            found.append((str(path.relative_to(home.config)), known.st_size, known.st_mtime_ns))
    return tuple(found)
