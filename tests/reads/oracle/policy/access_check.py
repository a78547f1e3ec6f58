"""What the checks of all concepts share."""

from collections.abc import Callable

from tests.reads.dataset import Row
from tests.reads.oracle.relationships import OracleCaller

AccessCheck = Callable[[OracleCaller, Row], bool]


def is_named(who: OracleCaller, kind: str, row: Row, as_what: str = "viewer") -> bool:
    """Return whether a list of people of an object, such as its viewers, names the caller."""
    if f"{as_what}_ids" in row:
        return str(who.id) in row[f"{as_what}_ids"]
    named = who.facts.select_rows(f"{kind}_{as_what}s", **{f"{kind}_id": row["id"]})
    return who.id in {each["person_id"] for each in named}
