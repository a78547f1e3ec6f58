"""The order in which rows are written: what is pointed at before what points to it.

SQLAlchemy orders mappers by their relationships, and aggregates have none to one another: they
point by id. Their foreign keys say the same thing; here they are said to the flush.
"""

from functools import cache
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.unitofwork import UOWTransaction, _DeleteAll, _SaveUpdateAll

saved: Any = _SaveUpdateAll
deleted: Any = _DeleteAll


def pointed_at_first(session: Session, flush: UOWTransaction, _: object) -> None:
    """Tell a flush which mappers must come before which; listens to `before_flush`."""
    touched = {inspect(each).mapper for each in (*session.new, *session.dirty, *session.deleted)}
    mappers = {each.local_table: each for mapper in touched for each in _whole(mapper)}
    for mapper in mappers.values():
        for constraint in mapper.local_table.foreign_key_constraints:  # type: ignore[attr-defined]
            target = mappers.get(constraint.referred_table)
            if target is not None and target is not mapper:
                flush.dependencies |= {
                    (saved(flush, target), saved(flush, mapper)),
                    (deleted(flush, mapper), deleted(flush, target)),
                }


@cache
def _whole(mapper: Mapper[Any]) -> frozenset[Mapper[Any]]:
    """A mapper with those of its parts: a part that was taken out is deleted only in the flush."""
    parts = (_whole(each.mapper) for each in mapper.relationships)
    return frozenset({mapper}).union(*parts)
