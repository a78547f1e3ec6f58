"""What the checks of all concepts share."""

from collections.abc import Callable

from tests.reads.dataset import Row
from tests.reads.oracle.relationships import OracleCaller

AccessCheck = Callable[[OracleCaller, Row], bool]


def is_named_viewer(who: OracleCaller, kind: str, row: Row) -> bool:
    if "viewer_ids" in row:
        return str(who.id) in row["viewer_ids"]
    named = who.facts.select_rows(f"{kind}_viewers", **{f"{kind}_id": row["id"]})
    return who.id in {each["person_id"] for each in named}
