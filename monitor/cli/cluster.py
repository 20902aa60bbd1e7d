"""Options of commands that can work on a Dask cluster."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.bulk.placed import Cluster
from monitor.core.errors import UsageError

Address = Annotated[
    str, typer.Option("--cluster", help="Work on this Dask cluster, tls://HOST:PORT; else here.")
]
Ca = Annotated[Path | None, typer.Option("--tls-ca", exists=True, help="The cluster's authority.")]
Cert = Annotated[Path | None, typer.Option("--tls-cert", exists=True, help="Our certificate there.")]
Key = Annotated[Path | None, typer.Option("--tls-key", exists=True, help="Its key.")]


def cluster_of(address: str, ca: Path | None, cert: Path | None, key: Path | None) -> Cluster:
    """The cluster that options name; without an address the processes of this machine. Errors: UsageError."""
    if not address and (ca or cert or key):
        raise UsageError("--tls-ca, --tls-cert and --tls-key go with --cluster")
    files = {"tls_ca_file": ca, "tls_client_cert": cert, "tls_client_key": key}
    return Cluster(address, {name: str(file) for name, file in files.items() if file is not None})
