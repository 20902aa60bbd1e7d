"""Read by every Python process that has this folder on its path: switches off the guard that is named."""

import os

if "MONITOR_TEST_WITHOUT" in os.environ:
    from tests.chaos.guards import switch_off

    switch_off(os.environ["MONITOR_TEST_WITHOUT"])
