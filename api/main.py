"""The serving process: start the embedded database if none is configured, then serve.

It is a process of its own, so that it does not keep the command line's modules in memory.
"""

import errno
import gc
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from types import FrameType

from pydantic import SecretStr

from api.commands.database_url import get_configured_database, get_embedded_home
from api.settings import Settings
from persistence.embedded import EmbeddedPostgres, EmbeddedPostgresError

WATCH_INTERVAL = 0.5
"""Seconds between two checks that the parent and the database are running."""

SWITCH_INTERVAL = 0.001
"""Seconds until the event loop gets the interpreter back from the compile thread; 5 ms is usual."""

EXAMPLE_QUERY = (
    "{ viewer { person { name } } goals(first: 3) { totalCount nodes { title status } } }"
)


def main(parent_pid: int | None = None) -> int:
    """Serve until a signal arrives or the parent ends; return the exit code."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _exit_on_signal)
    signal.signal(signal.SIGHUP, lambda _number, _frame: os.kill(os.getpid(), signal.SIGTERM))
    try:
        with ExitStack() as stack:
            settings = Settings()
            listener = stack.enter_context(_bind_listener(settings))
            if parent_pid:
                _terminate_unless(lambda: os.getppid() == parent_pid)
            if get_configured_database(settings) is None:
                settings = stack.enter_context(_start_embedded_database(settings))
            _run_server(settings, listener)
    except subprocess.CalledProcessError:
        return 1  # The child has printed the reason.
    except Exception as error:
        from api.commands.startup_errors import describe_error

        message = describe_error(error)
        if message is None:
            raise
        print(message, file=sys.stderr)
        return 1
    return 0


def _exit_on_signal(_number: int, _frame: FrameType | None) -> None:
    """Exit; the handler of signals outside the server's event loop."""
    sys.exit(0)


@contextmanager
def _bind_listener(settings: Settings) -> Iterator[socket.socket]:
    """Bind the address before anything is started, so that a port in use is reported at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            address = f"{settings.host}:{settings.port}"
            if error.errno == errno.EADDRINUSE:
                raise EmbeddedPostgresError(
                    f"The address {address} is in use.", "Choose another port: PORT=8001."
                ) from None
            raise EmbeddedPostgresError(
                f"Trellis cannot listen on {address}: {error.strerror}."
            ) from None
        yield listener


@contextmanager
def _start_embedded_database(settings: Settings) -> Iterator[Settings]:
    """Start, migrate and fill the embedded PostgreSQL; yield the settings with its URL."""
    embedded = EmbeddedPostgres(get_embedded_home(settings))
    with embedded as addresses:
        if embedded.paths and embedded.paths.base_directory != embedded.home:
            print(
                f"The database is in {embedded.paths.base_directory}, because PostgreSQL does not "
                f"run as root and its user cannot access {embedded.home}.",
                file=sys.stderr,
            )
        environment = {
            **os.environ,
            "DATABASE_URL": addresses.owner,
            "TRELLIS_SERVING_URL": addresses.serving,
            "TRELLIS_PLATFORM_URL": addresses.platform,
        }
        # A child process, because migrating loads libraries that serving does not need.
        subprocess.run(
            [sys.executable, "-m", "api.commands.cli", "prepare"], env=environment, check=True
        )
        _terminate_unless(lambda: embedded.is_running)
        yield settings.model_copy(
            update={
                # The workers of this process do operations and erasures as the owner.
                "database_url": SecretStr(addresses.owner),
                "serving_url": SecretStr(addresses.serving),
                "platform_url": SecretStr(addresses.platform),
            }
        )


def _terminate_unless(condition: Callable[[], bool]) -> None:
    """Watch the condition from a thread, and shut down gracefully once it is false."""

    def watch() -> None:
        while condition():
            time.sleep(WATCH_INTERVAL)
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, daemon=True).start()


def _run_server(settings: Settings, listener: socket.socket) -> None:
    gc.disable()  # A sixth of the time to load the modules and build the schema was spent in it.
    import uvloop  # Late, so that errors in the settings are reported sooner.

    uvloop.run(_serve_until_shutdown(settings, listener))


async def _serve_until_shutdown(settings: Settings, listener: socket.socket) -> None:
    from api.app import open_application
    from api.http.routes import build_application
    from api.telemetry.logs import configure_logging
    from api.uvicorn_server import DrainingServer
    from api.workers import run_workers

    configure_logging(
        is_human_readable=not settings.is_logging_json, level=settings.log_level.upper()
    )
    database = get_configured_database(settings)
    if database is None:
        raise EmbeddedPostgresError("No database is configured.", "Set DATABASE_URL.")
    async with (
        open_application(settings, database.serving_url) as context,
        run_workers(settings, database, context.metrics),
    ):
        server = DrainingServer(build_application(context), context)
        server.config.load()
        tune_garbage_collector()
        sys.setswitchinterval(SWITCH_INTERVAL)
        listener.listen()  # Before the addresses are printed: early clients wait for an answer.
        _print_addresses(settings, listener.getsockname()[1])
        await server.serve([listener])


def tune_garbage_collector() -> None:
    """Keep garbage collection pauses short: freeze long-lived objects, collect young ones often.

    A full collection would stop the process while it visits every cached document.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 100)
    gc.enable()


def _print_addresses(settings: Settings, port: int) -> None:
    """Print the addresses and, outside production, what to try first."""
    address = f"http://{settings.host}:{port}"
    print(f"\nTrellis serves on {address}")
    if settings.is_graphiql_enabled:
        print(f"\n  GraphiQL  {address}/graphql")
    if not settings.production:
        _print_sample_tokens(settings, address)
    print(flush=True)


def _print_sample_tokens(settings: Settings, address: str) -> None:
    from api.demo.dataset import list_accounts
    from api.identity.built_in_issuer import issue_token

    people = list_accounts()[:3]
    for each in people:
        print(f"\n  {each.role}: {each.name}, {each.title} ({each.email}, tenant {each.tenant})")
        print(f"  {issue_token(settings, each.tenant, each.email)}")
    first = people[0]
    print(
        f"\n  Try:  curl -s {address}/graphql -H 'content-type: application/json' \\\n"
        f'          -H "authorization: Bearer $(.venv/bin/trellis token --tenant {first.tenant}'
        f' --as {first.email})" \\\n'
        f'          -d \'{{"query": "{EXAMPLE_QUERY}"}}\''
    )


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else None))
