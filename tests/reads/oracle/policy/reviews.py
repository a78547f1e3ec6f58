"""Who may see and change what reviews need: drafts are for those who manage all of it."""

from tests.reads.dataset import Row
from tests.reads.oracle.relationships import OracleCaller


def can_manage_reviews(who: OracleCaller, _: Row) -> bool:
    return who.holds_over_everyone("reviews:manage")


def can_see_document(who: OracleCaller, document: Row) -> bool:
    return document["status"] != "draft" or can_manage_reviews(who, document)
