"""Staged uploads and bulk operations for tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from domain.bulk_operations import (
    BulkFileFormat,
    BulkOperation,
    BulkOperationKind,
    BulkOperationStatus,
    StagedUpload,
)
from domain.kernel.aggregate import Aggregate
from domain.members import Member
from tests.factories.actors import NOW

GIVE_SIZES = "UPDATE staged_uploads SET size = 100 WHERE tenant_id = $1"
"""Sizes are no attributes: they are stored beside the uploads."""


@dataclass
class CompanyBulk:
    """The uploads and operations of a company."""

    uploads: dict[str, Aggregate] = field(default_factory=dict)
    operations: dict[str, Aggregate] = field(default_factory=dict)

    @property
    def rows(self) -> list[Aggregate]:
        """Everything to store."""
        return [*self.uploads.values(), *self.operations.values()]

    def list_kinds(self) -> dict[str, dict[str, Aggregate]]:
        """Return what has an id of these kinds."""
        return {"upload": self.uploads, "bulk": self.operations}


def build_bulk(members: Mapping[str, Member]) -> CompanyBulk:
    """Build an upload and operations of an admin, and of HR."""
    found = CompanyBulk()
    for name, who in {"own": members["ruler"], "of_hr": members["hr"]}.items():
        found.uploads[name] = an_upload(who)
        found.operations[f"{name}_running"] = an_operation(who, BulkOperationStatus.RUNNING)
        found.operations[f"{name}_done"] = an_operation(who, BulkOperationStatus.DONE)
    return found


def an_upload(who: Member) -> StagedUpload:
    """Build an upload of an account."""
    return StagedUpload(
        tenant_id=who.tenant_id,
        owner_id=who.id,
        format=BulkFileFormat.JSONL,
        expires_at=NOW + timedelta(days=1),
    )


def an_operation(who: Member, status: BulkOperationStatus) -> BulkOperation:
    """Build an operation of an account."""
    return BulkOperation(
        tenant_id=who.tenant_id,
        owner_id=who.id,
        kind=BulkOperationKind.UPSERT_TEAMS,
        status=status,
        files_until=NOW + timedelta(days=7),
    )
