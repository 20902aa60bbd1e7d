"""`python -m monitor` is the same as `monitor`."""

from monitor.cli.main import main

main()
