"""A small cycle from the plan to the last signature, as the benchmark runs one of thousands."""

from collections import Counter
from pathlib import Path

from api.commands.database_url import Database
from api.settings import Settings
from benchmarks.review_cycles import measure
from domain.reviews import Review, ReviewPacket
from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import create_write_pool


async def test_a_cycle_goes_from_the_plan_to_the_last_signature(
    addresses: DatabaseUrls, tmp_path: Path
) -> None:
    told: list[tuple[str, int, int]] = []
    measured = await measure(
        Database(addresses.serving, addresses.owner),
        Settings(directory=tmp_path),
        24,
        is_complete=True,
        slug="small-cycle",
        report=lambda *what: told.append(what),
    )
    # The first of 24 is the founder. The others write about themselves, their managers about them,
    # and five about their manager, who is the second.
    assert (measured.participants, measured.reviews) == (23, 23 + 23 + 5)
    run = measured.run
    async with await create_write_pool(addresses.serving, max_size=1) as pool:
        run.pool = pool
        packets = await run.read(ReviewPacket, "status", "id", cycle_id=[run.cycle_id])
        forms = await run.read(Review, "status", packet_id=[id for _, id in packets])
    assert Counter(status for status, _ in packets) == {"acknowledged": 23}
    assert Counter(status for (status,) in forms) == {"submitted": 51}
    assert told == [
        ("packets opened", 23, 23),
        ("forms submitted", 51, 51),
        *((f"{step} packets", 23, 23) for step in ("decide", "share", "sign")),
    ]
    assert [*measured.seconds] == ["plan", "launch", "open", "write", "decide", "share", "sign"]
