"""Filters, orders and search over plain rows."""

import unicodedata
from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any
from uuid import UUID

from persistence.kernel.collation import build_sort_key
from tests.reads.dataset import Row
from tests.reads.oracle.relations import (
    OWNER_TYPES,
    RELATIONS,
    find_custom_value,
    find_relation,
    follow_relation,
)
from tests.reads.oracle.relationships import OracleCaller
from tests.reads.oracle.values import resolve_leaf

SEARCHED_COLUMNS = {
    "Goal": ("title",),
    "Kpi": ("name",),
    "Scorecard": ("name",),
    "ActionItem": ("title",),
    "RatingScale": ("name",),
    "CompetencyFramework": ("name",),
    "ReviewTemplate": ("name",),
    "ReviewCycle": ("name",),
    "CalibrationSession": ("name",),
    "ScoreRule": ("name",),
    "FairnessAttribute": ("name",),
    "Survey": ("title",),
    "SurveyBankQuestion": ("text",),
    "SurveySchedule": ("title",),
    "FeedbackProgram": ("title",),
    "FeedbackProgramSchedule": ("title",),
    "Person": ("name", "given_name", "family_name", "work_email"),
    "Team": ("name",),
    "Organization": ("name", "code"),
    "Role": ("name",),
    "ServiceClient": ("name",),
    "Webhook": ("name",),
}
SORTED_NAMES = {"Person": ("name", "given_name", "family_name")}
"""Attributes that are sorted by the language of the tenant; of other kinds, only the name."""

UNION_KINDS = {
    ("Goal", "owner"): "owner_kind",
    ("Kpi", "scope"): "scope_kind",
    ("Scorecard", "scope"): "scope_kind",
    ("Annotation", "scope"): "scope_kind",
    ("KpiReviewSchedule", "subject"): "subject_kind",
}
"""The relations to rows of one of several kinds, with the column that says which."""

DEFAULT_ORDERS = {
    "Goal": ("-id",),
    "Kpi": ("name",),
    "KpiDefinition": ("starts_on",),
    "KpiTarget": ("starts_on",),
    "KpiDimension": ("position",),
    "KpiDimensionMember": ("position",),
    "KpiBaseline": ("starts_on",),
    "KpiBenchmark": ("-starts_on",),
    "Annotation": ("starts_on",),
    "Scorecard": ("name",),
    "ScorecardEntry": ("position",),
    "KpiMeasurement": ("starts_on",),
    "KpiMeasurementRevision": ("-replaced_at",),
    "Feedback": ("-released_on",),
    "FeedbackRequest": ("due_on",),
    "KpiReviewSchedule": ("starts_on",),
    "KpiReview": ("-held_on",),
    "ActionItem": ("due_on",),
    "AlertRule": ("id",),
    "Alert": ("-id",),
    "Task": ("due_on",),
    "ServiceClient": ("name",),
    "Webhook": ("name",),
    "Issuer": ("name",),
    "WebhookDelivery": ("-attempted_at", "-id"),
    "WorkCalendar": ("name",),
    "RatingScale": ("name",),
    "RatingLevel": ("position",),
    "CompetencyFramework": ("name",),
    "Competency": ("position",),
    "CustomField": ("id",),
    "AccessRequest": ("-created_at",),
    "AccessRequestGrant": ("permission", "id"),
    "LegalHold": ("-placed_on",),
    "RetentionPolicy": ("data_kind",),
    "ReviewTemplate": ("name",),
    "ScoreRule": ("name",),
    "ReviewScore": ("computed_at",),
    **dict.fromkeys(
        ("ScoreStep", "ScoreCondition", "ReviewScoreComponent", "ReviewScoreStep"), ("position",)
    ),
    "FairnessAttribute": ("name",),
    "FairnessFigure": ("computed_at",),
    "FairnessGroup": ("position",),
    "ReviewCycle": ("-starts_on",),
    "ReviewCycleSummary": ("-starts_on",),
    "ReviewParticipant": ("joined_on",),
    **dict.fromkeys(
        (
            *("ReviewCycleDirection", "ReviewCyclePhase", "ReviewCycleSelection"),
            *("ReviewCycleGroup", "ReviewCycleGroupPhase"),
        ),
        ("position",),
    ),
    **dict.fromkeys(("ReviewPacket", "Review", "ReviewAppeal"), ("-due_on",)),
    "ReviewAnswer": ("question_id",),
    "CalibrationSession": ("-held_on",),
    "CalibrationSubject": ("discussion_key",),
    "CalibrationAdjustment": ("position",),
    "ReviewNominationRound": ("-nominate_by",),
    "ReviewNomination": ("-decide_by",),
    **dict.fromkeys(("ReviewProposal", "ReviewNominee"), ("id",)),
    **dict.fromkeys(
        ("ReviewSection", "ReviewQuestion", "ReviewChoice", "ReviewCareerGroup"), ("position",)
    ),
    "CompetencyTrack": ("position",),
    "CompetencyLevel": ("position",),
    "CompetencyExpectation": ("position",),
    **dict.fromkeys(("Survey", "FeedbackProgram"), ("-closes_on",)),
    "FeedbackProgramResult": ("position",),
    **dict.fromkeys(("FeedbackProgramRater", "FeedbackProgramAnswer"), ("id",)),
    "SurveyQuestion": ("position",),
    "SurveyBankQuestion": ("id",),
    "SurveySchedule": ("title",),
    **dict.fromkeys(("SyncRun", "StagedUpload", "BulkOperation"), ("-id",)),
    "FeedbackProgramSchedule": ("title",),
    "SurveyScheduleQuestion": ("position",),
    "SurveyChoice": ("position",),
    "SurveyResult": ("-answer_count",),
    "SurveyShare": ("answer",),
    "SurveyComment": ("id",),
    "CalendarDay": ("day",),
    "Person": ("name",),
    "Team": ("name",),
    "Organization": ("name",),
    "KeyResult": ("position",),
    "CheckIn": ("-effective_on", "-recorded_at"),
    "Membership": ("starts_on",),
    "Role": ("name",),
    "Member": ("id",),
    "RoleAssignment": ("id",),
    "ServiceClientKey": ("added_at",),
    "JournalEntry": ("-id",),
}


def to_snake_case(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name)


# -- where ------------------------------------------------------------------------------------


def matches_filter(who: OracleCaller, kind: str, row: Row, where: dict[str, Any]) -> bool:
    """Return whether all conditions of a filter hold; null means no condition."""
    return all(
        _matches_part(who, kind, row, key, asked)
        for key, asked in where.items()
        if asked is not None
    )


def _matches_part(  # noqa: PLR0911 - one return for each kind of field
    who: OracleCaller, kind: str, row: Row, key: str, asked: Any
) -> bool:
    name = to_snake_case(key)
    if key == "and":
        return all(matches_filter(who, kind, row, each) for each in asked)
    if key == "or":
        return any(matches_filter(who, kind, row, each) for each in asked)
    if key == "not":
        return not matches_filter(who, kind, row, asked)
    if (kind, name) in UNION_KINDS:
        return all(
            row[UNION_KINDS[kind, name]] == owner
            and any(
                matches_filter(who, OWNER_TYPES[owner], each, inner)
                for each in _follow_relation(who, kind, row, name)
            )
            for owner, inner in asked.items()
            if inner is not None
        )
    if name == "custom_values":
        return _matches_custom_value(who, kind, row, asked)
    if name in RELATIONS.get(kind, {}):
        return _matches_relation(who, kind, row, name, asked)
    found = resolve_leaf(who, kind, row, name)
    return all(_matches_operator(found, operator, each) for operator, each in asked.items())


def _matches_custom_value(who: OracleCaller, kind: str, row: Row, asked: dict[str, Any]) -> bool:
    found = find_custom_value(who, kind, row, asked["key"])
    return all(
        _matches_operator(_read_typed(found, name), operator, each)
        for name, compared in asked.items()
        if name != "key" and compared is not None
        for operator, each in compared.items()
    )


def _read_typed(found: Row, name: str) -> Any:
    value = found.get(name)
    if name == "number" and value is not None:
        return Decimal(value)
    if name == "options":
        return [each["key"] for each in value or ()] or None
    return value


def _follow_relation(who: OracleCaller, kind: str, row: Row, name: str) -> list[Row]:
    return follow_relation(who, kind, row, name, {})


def _matches_relation(
    who: OracleCaller, kind: str, row: Row, name: str, asked: dict[str, Any]
) -> bool:
    target = find_relation(kind, row, name).kind
    rows = _follow_relation(who, kind, row, name)
    if not set(asked) <= {"some", "every", "none"} or not asked:
        several = name in TO_MANY_RELATIONS.get(kind, ())
        return several or any(matches_filter(who, target, each, asked) for each in rows)
    ways: dict[str, Callable[[list[bool]], bool]] = {
        "some": any,
        "every": all,
        "none": lambda each: not any(each),
    }
    return all(
        ways[how]([matches_filter(who, target, each, inner) for each in rows])
        for how, inner in asked.items()
        if inner is not None
    )


TO_MANY_RELATIONS = {
    "Person": ("reports", "memberships", "teams", "teams_led", "goals"),
    "Team": ("children", "memberships", "people", "leads", "goals"),
    "Organization": ("children", "people", "teams", "goals"),
    "Goal": ("children", "key_results", "check_ins"),
    "Kpi": ("drivers", "definitions", "targets"),
    "WorkCalendar": ("days",),
}


def _matches_operator(found: Any, operator: str, asked: Any) -> bool:  # noqa: C901, PLR0911, PLR0912
    if operator == "isNull":
        return asked is None or (found is None) is asked
    if asked is None:
        if operator == "eq":
            return found is None
        return found is not None if operator == "neq" else True
    if isinstance(asked, str) and isinstance(found, str) and operator in ("eq", "neq"):
        return (found == asked) is (operator == "eq")
    match operator:
        case "neq":
            return bool(found != asked)
        case "nin":
            return found not in asked
        case _ if found is None:
            return False
        case "eq":
            return bool(found == asked)
        case "in":
            return found in asked
        case "contains":
            return asked.lower() in found.lower()
        case "has":
            return asked.lower() in [each.lower() for each in found]
        case "startsWith":
            return bool(found.lower().startswith(asked.lower()))
        case "gt":
            return bool(found > asked)
        case "gte":
            return bool(found >= asked)
        case "lt":
            return bool(found < asked)
        case "lte":
            return bool(found <= asked)
    raise AssertionError(operator)


# -- search -----------------------------------------------------------------------------------


PLAIN_LETTERS = str.maketrans("łø", "lo")


def split_words(text: str) -> set[str]:
    """Split a text into words, without case, accents and apostrophes."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(each for each in plain if not unicodedata.combining(each))
    words = "".join(each if each.isalnum() else " " for each in bare.replace("'", ""))
    return set(words.translate(PLAIN_LETTERS).split())


def matches_search(kind: str, row: Row, search: str) -> bool:
    """Return whether every search word is a prefix of some word of the row."""
    texts = [row[name] or "" for name in SEARCHED_COLUMNS[kind]]
    own = {
        word for text in texts for word in split_words(text) | split_words(text.replace("'", " "))
    }
    return all(any(word.startswith(each) for word in own) for each in split_words(search))


# -- order ------------------------------------------------------------------------------------


def sort_rows(
    who: OracleCaller, kind: str, rows: list[Row], wishes: list[dict[str, Any]] | None
) -> list[Row]:
    """Sort rows by the requested order, else the default one; the id breaks ties."""
    keys: list[tuple[Any, bool, bool]] = [
        (
            (each["field"], each["key"]) if each["field"] == "custom_values" else each["field"],
            str(each.get("direction")).lower() == "desc",
            str(each.get("nulls")).lower() == "first",
        )
        for each in wishes or ()
    ] or [(each.lstrip("-"), each.startswith("-"), False) for each in DEFAULT_ORDERS[kind]]
    if not any(name == "id" for name, _, _ in keys):
        keys.append(("id", keys[-1][1], False))

    def compare(one: Row, other: Row) -> int:
        for name, descending, nulls_first in keys:
            a, b = _get_sort_value(who, kind, one, name), _get_sort_value(who, kind, other, name)
            if a == b:
                continue
            if a is None or b is None:
                return -1 if (a is None) is nulls_first else 1
            return -1 if (a < b) is not descending else 1
        return 0

    return sorted(rows, key=cmp_to_key(compare))


def _get_sort_value(who: OracleCaller, kind: str, row: Row, name: str | tuple[str, str]) -> Any:
    if not isinstance(name, str):
        return _get_custom_sort_value(who, kind, row, name[1])
    found: UUID | Any = row["id"] if name == "id" else resolve_leaf(who, kind, row, name)
    is_name = name in SORTED_NAMES.get(kind, ("name",)) and found is not None
    return build_sort_key(found, "en") if is_name else found


def _get_custom_sort_value(who: OracleCaller, kind: str, row: Row, key: str) -> Any:
    """Return the place of the first option, or the value in its order."""
    found = find_custom_value(who, kind, row, key)
    if found.get("options"):
        (field,) = who.facts.select_rows("custom_fields", object_type=kind.lower(), key=key)
        return field["options"].index(found["options"][0])
    values = (_read_typed(found, name) for name in ("text", "number", "boolean", "date"))
    return next((each for each in values if each is not None), None)
