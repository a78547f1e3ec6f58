"""`make fairness`: the p99 of one tenant's cheap requests while another tenant attacks.

It starts a server with the demo, as shipped. In each round it measures 20 requests a second of one
tenant alone, then beside each attack by 16 clients of the other tenant.
"""

import argparse
import asyncio
import multiprocessing
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import orjson
import uvloop

from api.demo.dataset import list_accounts
from api.identity.built_in_issuer import issue_token
from api.settings import Settings
from tests.fairness.attacks import ATTACKS, Target, build_request, run_attack
from tests.load.open_loop_client import LoadResult, OpenLoopClient
from tests.resilience.server_process import CLEAN_ENVIRONMENT, ROOT, a_free_port

HOSTILE, QUIET = "meridian", "harbor"
RATE = 20
MAX_RATIO = 3.0
CHEAP = """{ viewer { person { name manager { name } } }
  goals(first: 3, where: { status: { eq: ACTIVE } }) { nodes { id title status dueOn } } }"""
OWN_GOAL = "{ goals(first: 1) { nodes { id } } }"
START_TIMEOUT = 300
WARM_UP_SECONDS = 1.0
"""Seconds for which an attack runs before the measurement begins."""


def main() -> int:
    """Measure, print a table and return 1 if a median ratio misses the target."""
    options = _parse_options()
    with ExitStack() as stack:
        home = options.directory or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = stack.enter_context(_serve(home))
        settings = Settings(directory=home)
        tokens = {
            tenant: [
                issue_token(settings, tenant, each.email)
                for each in list_accounts()
                if each.tenant == tenant
            ]
            for tenant in (HOSTILE, QUIET)
        }
        results = uvloop.run(_measure_rounds(port, tokens, options))
    return _print_results(results)


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fairness", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10, help="of each measurement")
    parser.add_argument("--attack", action="append", choices=[*ATTACKS], help="default: all")
    parser.add_argument("--directory", type=Path, help="of a database to use again")
    return parser.parse_args()


@contextmanager
def _serve(home: Path) -> Iterator[int]:
    """Serve the demo with the settings as shipped; yield the port."""
    port = a_free_port()
    environment = CLEAN_ENVIRONMENT | {
        "PORT": str(port),
        "TRELLIS_DIRECTORY": str(home),
        "TRELLIS_LOG_LEVEL": "error",
        "PYTHONPATH": str(ROOT),
    }
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.main"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            _wait_until_ready(process, port)
            yield port
        finally:
            process.terminate()
            process.wait(60)


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + START_TIMEOUT
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server did not start.")


async def _measure_rounds(
    port: int, tokens: dict[str, list[str]], options: argparse.Namespace
) -> dict[str, list[float]]:
    """Return the p99 in milliseconds of each round, by the name of the attack; "" is none."""
    target = Target(port, tokens[HOSTILE])
    target.goal_id = _read(port, tokens[HOSTILE][0], OWN_GOAL)["goals"]["nodes"][0]["id"]
    requests = [build_request(each, CHEAP) for each in tokens[QUIET]]
    client = OpenLoopClient("127.0.0.1", port, requests)
    await client.run_closed_loop(4, 2)
    results: dict[str, list[float]] = {}
    for number in range(options.rounds):
        for name in ["", *(options.attack or ATTACKS)]:
            result, hostile = await _measure_beside(client, target, name, options.seconds)
            p99 = 1_000 * max(result.percentile(each, 0.99) for each in result.statuses)
            results.setdefault(name, []).append(p99)
            print(
                f"round {number + 1}  {name or 'quiet':16} p99 {p99:7.1f} ms"
                f"  answers {dict(result.statuses)}  hostile {dict(hostile)}",
                flush=True,
            )
    await client.close()
    return results


async def _measure_beside(
    client: OpenLoopClient, target: Target, name: str, seconds: float
) -> tuple[LoadResult, Counter[int]]:
    """Measure the cheap requests beside an attack, which runs in a process of its own."""
    if not name:
        return await client.run_open_loop(RATE, seconds), Counter()
    statuses: Any = multiprocessing.get_context("spawn").SimpleQueue()
    attacker = multiprocessing.get_context("spawn").Process(
        target=run_attack, args=(name, target, seconds + 2 * WARM_UP_SECONDS, statuses)
    )
    attacker.start()
    await asyncio.to_thread(statuses.get)  # it begins now
    await asyncio.sleep(WARM_UP_SECONDS)
    result = await client.run_open_loop(RATE, seconds)
    hostile = await asyncio.to_thread(statuses.get)
    await asyncio.to_thread(attacker.join)
    return result, hostile


def _read(port: int, token: str, query: str) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        orjson.dumps({"query": query}),
        {"authorization": f"Bearer {token}", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return orjson.loads(answer.read())["data"]


def _print_results(results: dict[str, list[float]]) -> int:
    quiet = statistics.median(results[""])
    print(f"\nquiet: p99 {quiet:.1f} ms, median of {len(results[''])} rounds")
    is_missed = False
    for name, values in results.items():
        if name:
            ratios = [each / alone for each, alone in zip(values, results[""], strict=True)]
            ratio = statistics.median(ratios)
            is_missed |= ratio >= MAX_RATIO
            verdict = "missed" if ratio >= MAX_RATIO else "met"
            p99 = statistics.median(values)
            print(f"{name:16} p99 {p99:7.1f} ms, {ratio:5.2f} times: {verdict}")
    return int(is_missed)


if __name__ == "__main__":
    sys.exit(main())
