"""Every document of the schema and every request of the routes gets an answer with coded errors."""

from collections.abc import Iterator

import pytest

from api.commands.database_url import Database
from persistence.embedded import DatabaseUrls
from tests.fuzz.fuzzer import FuzzTarget, serve_target


@pytest.fixture(scope="module")
def fuzzed(
    addresses: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FuzzTarget]:
    database = Database(addresses.serving, addresses.owner)
    with serve_target(database, tmp_path_factory.mktemp("fuzz")) as found:
        yield found


def test_documents_of_the_schema_are_answered_with_coded_errors_at_most(fuzzed: FuzzTarget) -> None:
    fuzzed.fuzz_documents(80)
    assert sum(fuzzed.statuses.values()) >= 80


@pytest.mark.filterwarnings("default")
def test_requests_of_the_description_are_answered_with_coded_errors_at_most(
    fuzzed: FuzzTarget,
) -> None:
    fuzzed.fuzz_routes(15)
    assert {200, 400} <= set(fuzzed.statuses)
