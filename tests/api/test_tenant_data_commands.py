"""The life of a tenant's data from the command line, and the errors of its commands."""

import asyncio
import time
from pathlib import Path

from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import open_connection
from tests.api.test_command_line import RunTrellis, trellis  # noqa: F401 - a fixture

ADMIN = "ada@acme.example"


SELECT_ACTS = """
SELECT act, operator_id FROM directory.platform_audit_log WHERE tenant_slug = $1 ORDER BY id
"""


async def list_acts(url: str, slug: str) -> list[tuple[str, object]]:
    async with open_connection(url) as owner:
        return [tuple(row) for row in await owner.fetch(SELECT_ACTS, slug)]


def test_a_tenant_lives_and_leaves_a_receipt(
    trellis: RunTrellis,  # noqa: F811
    addresses: DatabaseUrls,
    tmp_path: Path,
) -> None:
    slug, file, kept = f"tenant-{time.time_ns()}", tmp_path / "a.trellis", tmp_path / "kept"
    assert trellis("tenant", "create", slug, "--name", "Acme", "--admin", ADMIN).returncode == 0

    assert f"Wrote {slug} to" in trellis("tenant", "export", slug, str(file)).stderr
    refused = trellis("tenant", "import", str(file), "--dry-run")
    assert (refused.returncode, f"slug {slug} or with the same id exists" in refused.stderr) == (
        1,
        True,
    )
    plan = trellis("tenant", "restore", str(file), "--in-place", slug, "--dry-run")
    assert (plan.returncode, f"tenant\t{slug}\t" in plan.stdout) == (0, True)
    restored = trellis("tenant", "restore", str(file), "--in-place", slug, "--keep", str(kept))
    assert (restored.returncode, kept.exists()) == (0, True)
    beside = trellis("tenant", "restore", str(file), "--as", f"{slug}-b")
    assert f"Restored {slug}-b: " in beside.stderr
    cloned = trellis("tenant", "clone", slug, f"{slug}-c", "--admin", ADMIN, "--with-people")
    assert f"Cloned {slug} as {slug}-c: " in cloned.stderr

    assert trellis("tenant", "schedule-deletion", slug, "--days", "0").returncode == 0
    assert f"{slug}\tclosing\t" in trellis("tenant", "list").stdout
    erased = trellis("tenant", "erase", slug)
    assert erased.stderr == f"Erased {slug}.\n"
    assert trellis("receipt", "show", slug).stdout == erased.stdout
    receipt = tmp_path / "receipt"
    receipt.write_text(erased.stdout)
    verified = trellis("receipt", "verify", str(receipt))
    assert (f'"slug": "{slug}"' in verified.stdout, verified.stderr) == (
        True,
        "The receipt is valid.\n",
    )
    assert trellis("tenant", "import", str(file)).returncode == 0

    acts = ["create", "export", "restore", "clone", "schedule_deletion", "erase", "import"]
    expected = [(f"tenant_{each}", None) for each in acts]
    assert asyncio.run(list_acts(addresses.owner, slug)) == expected


def test_wrong_input_says_what_to_do(trellis: RunTrellis, tmp_path: Path) -> None:  # noqa: F811
    slug, file = f"tenant-{time.time_ns()}", tmp_path / "a.trellis"
    file.write_bytes(b"no export")
    trellis("tenant", "create", slug, "--name", "Acme")
    cases = {
        ("export", "nobody-here", str(file)): "There is no tenant nobody-here.",
        ("import", str(file)): "The file is damaged",
        ("restore", str(file)): "Give --as with a new slug",
        ("restore", str(file), "--in-place", slug): "Give --keep with a file",
        ("erase",): "Give the slug of a tenant, or --due",
        ("erase", slug): "is active. Schedule its deletion first.",
        ("cancel-deletion", slug): "No deletion of this tenant is scheduled.",
        ("schedule-deletion", slug, "--days", "366"): "The grace period has 0 to 365 days.",
        ("clone", slug, slug, "--admin", ADMIN): f"The slug {slug} is taken.",
    }
    for words, sentence in cases.items():
        finished = trellis("tenant", *words)
        assert (finished.returncode > 0, sentence in finished.stderr) == (True, True), finished
    assert f"{slug}\tactive\t" in trellis("tenant", "list").stdout
