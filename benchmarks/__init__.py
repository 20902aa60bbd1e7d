"""Measured runs, each a module with `run(seed) -> dict`; `monitor benchmark NAME` prints them."""
