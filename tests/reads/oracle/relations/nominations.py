"""The relations of nominations."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.nominations import can_see_nominees
from tests.reads.oracle.relations.relation import (
    Arguments,
    Relation,
    Relations,
    list_history,
    to_many,
    to_one,
)
from tests.reads.oracle.relationships import OracleCaller


def _list_nominees(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    if not can_see_nominees(who, row):
        return []
    return who.facts.select_rows("review_nominations", round_id=row["id"], status="approved")


def _find_cycle(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    return [who.facts.rows_by_id[row["cycle_id"]]]


RELATIONS: Relations = {
    "ReviewNominationRound": {
        "subject": to_one("Person", "subject_id"),
        "packet": to_one("ReviewPacket", "packet_id"),
        "template": to_one("ReviewTemplate", "template_id"),
        "cycle": Relation("ReviewCycleSummary", _find_cycle, inherits_visibility=True),
        "proposals": to_many("ReviewProposal", "review_proposals", "round_id"),
        "nominees": Relation("ReviewNominee", _list_nominees, inherits_visibility=True),
        "nominations": to_many("ReviewNomination", "review_nominations", "round_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "ReviewProposal": {"person": to_one("Person", "person_id")},
    "ReviewNominee": {"person": to_one("Person", "nominee_id")},
    "ReviewNomination": {
        **{
            name: to_one("Person", f"{name}_id")
            for name in ("subject", "manager", "nominee", "proposer", "decided_by")
        },
        "round": to_one("ReviewNominationRound", "round_id"),
        "review": to_one("Review", "review_id"),
        "replaces": to_one("ReviewNomination", "replaces_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
}
