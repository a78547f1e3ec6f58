"""`python -m benchmarks.distributed CLUSTER_URL`: CPU per request on a Citus, against one server.

Two processes of this checkout serve the demo, one from each database; see `benchmarks.cpu`.
"""

import os
import subprocess
import sys
from contextlib import ExitStack
from typing import Annotated

import typer

from benchmarks.cpu import DEMO_TIMEOUT, DIRECTORY, compare, run_server
from benchmarks.dataset.loading import ROOT
from persistence.embedded import EmbeddedPostgres


def main(
    cluster_url: Annotated[str, typer.Argument(help="Of the owner, to a database with Citus.")],
    plain_url: Annotated[
        str | None, typer.Option(help="Of the owner, to a database without it; else an own one.")
    ] = None,
    rounds: int = 15,
    requests: Annotated[int, typer.Option(help="In each burst.")] = 200,
) -> None:
    """Compare the CPU per request on a cluster with that on one server."""
    with ExitStack() as stack:
        if plain_url is None:
            plain_url = stack.enter_context(EmbeddedPostgres(DIRECTORY / "plain")).owner
        servers = []
        for name, url in (("plain", plain_url), ("citus", cluster_url)):
            _prepare(name, url)
            servers.append(stack.enter_context(run_server(name, ROOT, owner_url=url)))
        compare(("one server", "Citus"), servers, rounds, requests)


def _prepare(name: str, owner_url: str) -> None:
    """Migrate a database, and load the demo if necessary."""
    environment = {"DATABASE_URL": owner_url, "TRELLIS_DIRECTORY": str(DIRECTORY / name)}
    subprocess.run(
        (sys.executable, "-m", "api.commands.cli", "prepare"),
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        timeout=5 * DEMO_TIMEOUT,
    )


if __name__ == "__main__":
    typer.run(main)
