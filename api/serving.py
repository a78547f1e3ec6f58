"""The serving process: a database of its own where none is named, then the graph, until it leaves.

A process apart from the command line, so that nothing stays in memory that serving does not need.
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

from api.database import home_of, named
from api.settings import Settings
from persistence.embedded import EmbeddedPostgres, Unavailable

GLANCE = 0.5
"""Seconds between two looks at whether parent and database are still there."""


TO_TRY = "{ viewer { person { name } } goals(first: 3) { totalCount nodes { title status } } }"


def main(parent: int | None = None) -> int:
    """Serve until a signal comes, or until the parent ends."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _leave)
    signal.signal(signal.SIGHUP, lambda _number, _frame: os.kill(os.getpid(), signal.SIGTERM))
    try:
        with ExitStack() as held:
            settings = Settings()
            listening = held.enter_context(_listening(settings))
            if parent:
                _leave_without(lambda: os.getppid() == parent)
            if named(settings) is None:
                settings = held.enter_context(_with_own_database(settings))
            _serve(settings, listening)
    except subprocess.CalledProcessError:
        return 1  # it has said why itself
    except Exception as error:
        from api.expected import sentence_for

        sentence = sentence_for(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        return 1
    return 0


def _leave(_number: int, _frame: FrameType | None) -> None:
    """What a signal does outside the server's loop, and once more when the loop has ended."""
    sys.exit(0)


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """The address, taken before anything is started for it."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((settings.host, settings.port))
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            if error.errno == errno.EADDRINUSE:
                raise Unavailable(
                    f"Somebody listens on {where} already.", "Choose another port: PORT=8001."
                ) from None
            raise Unavailable(f"Trellis may not listen on {where}: {error.strerror}.") from None
        yield listening


@contextmanager
def _with_own_database(settings: Settings) -> Iterator[Settings]:
    """The settings with the address of an embedded PostgreSQL, migrated and with the demo in it."""
    own = EmbeddedPostgres(home_of(settings))
    with own as at:
        if own.place and own.place.directory != own.home:
            print(
                f"The database lives in {own.place.directory}: PostgreSQL does not run as root, "
                f"and its user may not enter {own.home}.",
                file=sys.stderr,
            )
        environment = {**os.environ, "DATABASE_URL": at.owner, "TRELLIS_SERVING_URL": at.serving}
        # Migrating needs libraries that serving does not: they come and go with a child.
        subprocess.run([sys.executable, "-m", "api.cli", "prepare"], env=environment, check=True)
        _leave_without(lambda: own.is_running)
        yield settings.model_copy(update={"serving_url": SecretStr(at.serving)})


def _leave_without(condition: Callable[[], bool]) -> None:
    """Leave in good order once the condition no longer holds."""

    def watch() -> None:
        while condition():
            time.sleep(GLANCE)
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, daemon=True).start()


def _serve(settings: Settings, listening: socket.socket) -> None:
    import uvloop  # after the database is up: a mistake in its settings is told sooner

    uvloop.run(_served(settings, listening))


async def _served(settings: Settings, listening: socket.socket) -> None:
    from api.app import opened
    from api.http.routes import application
    from api.server import Server
    from api.telemetry.logs import configure_logs

    configure_logs(readable=not settings.logs_json, level=settings.log_level.upper())
    database = named(settings)
    if database is None:
        raise Unavailable("There is no database to serve.")
    async with opened(settings, database.serving) as wire:
        server = Server(application(wire), wire)
        server.config.load()
        collect_briefly()
        listening.listen()  # so that whoever follows the lines at once is only kept waiting
        _announce(settings, listening.getsockname()[1])
        await server.serve([listening])


def collect_briefly() -> None:
    """Keep the collector's pauses short: what lasts is looked at never, what is young often.

    A full collection stops everything for as long as it takes to look at all kept documents.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 100)


def _announce(settings: Settings, port: int) -> None:
    """What to try, in a few lines."""
    address = f"http://{settings.host}:{port}"
    print(f"\nTrellis serves on {address}")
    if settings.serves_graphiql:
        print(f"\n  GraphiQL  {address}/graphql")
    if not settings.production:
        _introduce(settings, address)
    print(flush=True)


def _introduce(settings: Settings, address: str) -> None:
    from api.demo import people_to_be
    from api.identity.built_in import token

    people = people_to_be()[:3]
    for each in people:
        print(f"\n  {each.role}: {each.name}, {each.title} ({each.subject}, tenant {each.tenant})")
        print(f"  {token(settings, each.tenant, each.subject)}")
    first = people[0]
    print(
        f"\n  Try:  curl -s {address}/graphql -H 'content-type: application/json' \\\n"
        f'          -H "authorization: Bearer $(.venv/bin/trellis token --tenant {first.tenant}'
        f' --as {first.subject})" \\\n'
        f'          -d \'{{"query": "{TO_TRY}"}}\''
    )


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else None))
