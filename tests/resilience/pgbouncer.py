"""A PgBouncer in transaction mode, if installed, before the test database."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from persistence.kernel.pools import connect, strip_driver
from tests.resilience.proxy import Proxy
from tests.resilience.server_process import a_free_port

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")
POOL_SIZE = 4
CONFIG_TEMPLATE = """
[databases]
{database} = host=127.0.0.1 port={behind} user=trellis_app
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 200
server_idle_timeout = 600
logfile = {directory}/log
"""


@asynccontextmanager
async def a_bouncer(server_url: str, directory: Path) -> AsyncIterator[str]:
    """Start a PgBouncer; yield the database address through it."""
    assert PGBOUNCER is not None
    port, database = a_free_port(), strip_driver(server_url).database
    async with Proxy(server_url) as proxy:
        behind = strip_driver(proxy.url).port
        told = CONFIG_TEMPLATE.format(
            database=database,
            behind=behind,
            port=port,
            connections=POOL_SIZE,
            directory=directory,
        )
        command = [PGBOUNCER, "-q", *_write_config(directory, told)]
        running = subprocess.Popen(  # noqa: ASYNC220 - it starts at once, and runs on
            command, stderr=subprocess.DEVNULL
        )
        url = f"postgresql://trellis_app@127.0.0.1:{port}/{database}?statement_cache_size=0"
        try:
            await _wait_until_ready(url)
            yield url
        finally:
            running.terminate()
            running.wait()


def _write_config(directory: Path, told: str) -> list[str]:
    """Write its configuration where its user can read it."""
    file = directory / "pgbouncer.ini"
    file.write_text(told)
    directory.chmod(0o777)
    if os.geteuid() != 0:
        return [str(file)]
    for each in directory.parents:
        if each.owner() == "root":
            each.chmod(each.stat().st_mode | 0o011)
    return ["-u", "nobody", str(file)]


async def _wait_until_ready(url: str) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                await (await connect(url)).close()
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.05)
            else:
                return
