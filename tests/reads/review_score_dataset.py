"""Score rules and scores of a dataset, from a source of randomness of their own."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tests.reads.review_dataset import BASE_TIME, build_revision

if TYPE_CHECKING:
    from tests.reads.dataset import Row, TenantDataset

HISTORIES = (("published",), ("archived", "published", "draft"), ("draft",))
"""The status of each revision of a rule."""

CONDITIONS: tuple[dict[str, Any], ...] = (
    {"kind": "value_at_least", "value": Decimal("3.5")},
    {"kind": "ratings", "quantity": "none", "highest": 1, "is_critical": True},
    {"kind": "ratings", "quantity": "at_least", "number": 2, "section_key": "section_1"},
    {"kind": "fact_below", "fact": "days", "value": Decimal(90)},
)
NO_VALUES = dict.fromkeys(
    ("value", "fact", "quantity", "number", "lowest", "highest", "is_critical", "section_key")
)


def add_score_rules(world: "TenantDataset") -> None:
    """Add rules with one to three revisions, and let some cycles and packets have one."""
    random = Random(f"score rules {world.seed}")  # so the rows of other tables stay as they are
    for n, statuses in enumerate(HISTORIES):
        document_id = _draw_id(random)
        for revision, status in enumerate(statuses, start=1):
            rule = world.add_row(
                "score_rules",
                **build_revision(random, n, document_id, revision, status),
                valid_from=world.today - timedelta(days=365 * (3 - revision)),
                scale_id=random.choice(world.tables["rating_scales"])["id"],
                directions=random.choice([["manager"], ["self", "manager"]]),
                method=random.choice(["mean", "weighted_mean", "weighted_sum", "none"]),
                has_sections=random.choice([True, False]),
                formula=(None, "0.7 * section.section_1 + 0.3 * direction.manager")[n % 2],
                decimals=n,
                rounding=random.choice(["half_up", "half_even", "truncate"]),
                rounds_before_levels=random.choice([True, False]),
            )
            _add_steps(world, random, rule["id"])
    rules = [each["id"] for each in world.tables["score_rules"] if each["status"] != "draft"]
    for table in ("review_cycles", "review_packets"):
        for row in world.tables[table][::2]:
            row["score_rule_id"] = random.choice(rules)


def _add_steps(world: "TenantDataset", random: Random, rule_id: UUID) -> None:
    kinds = ["exclude", "level", "level"]
    for position, kind in enumerate(kinds, start=1):
        is_level = kind == "level"
        step = world.add_row(
            "score_steps",
            id=_draw_id(random),
            rule_id=rule_id,
            position=position,
            kind=kind,
            level=4 - position if is_level else None,
            outcome=None if is_level else "unratable",
            needs_narrative=is_level and random.choice([True, False]),
            needs_second_level=is_level and random.choice([True, False]),
        )
        count = 0 if position == len(kinds) else random.choice([1, 2])
        for place, values in enumerate(random.sample(CONDITIONS, count), start=1):
            world.add_row(
                "score_conditions",
                id=_draw_id(random),
                rule_id=rule_id,
                step_id=step["id"],
                position=place,
                **NO_VALUES | values,
            )


def add_scores(world: "TenantDataset") -> None:
    """Add one or two scores to packets with a rule, and let some decisions wait for approval."""
    random = Random(f"scores {world.seed}")
    for n, packet in enumerate(world.tables["review_packets"]):
        packet["needs_approval"] = packet["status"] == "decided" and n % 2 == 0
        if packet["status"] == "decided" and not packet["needs_approval"]:
            packet["status"], packet["approved_by_id"] = "approved", packet["second_level_id"]
            packet["approved_at"] = BASE_TIME
        if packet["status"] == "collecting":
            packet["return_reason"] = random.choice([None, "Name an example"])
        packet["outcome"] = random.choice([None, "extended"]) if packet["level"] is None else None
        if packet["score_rule_id"] is None:
            continue
        for number in range(random.choice([1, 2])):
            _add_score(world, random, packet, is_current=number == 0)


def _add_score(world: "TenantDataset", random: Random, packet: "Row", *, is_current: bool) -> None:
    has_level = random.choice([True, False])
    score = world.add_row(
        "review_scores",
        id=_draw_id(random),
        packet_id=packet["id"],
        rule_id=packet["score_rule_id"],
        computed_at=BASE_TIME + timedelta(days=2 if is_current else 1),
        is_current=is_current,
        audience=random.choice(["reviewee", "manager"]),
        is_shown=random.choice([True, True, False]),
        outcome="level" if has_level else "blocked",
        level=2 if has_level else None,
        value=Decimal("3.33") if has_level else None,
        exact="10/3" if has_level else None,
        formula="(4 + 3 + 3) / 3 = 3.33, rounded from 10/3" if has_level else None,
        initial_outcome="level" if has_level else "blocked",
        initial_level=1 if has_level else None,
        initial_value=Decimal(3) if has_level else None,
        explain="The value is 3.33.",
        answers_hash="0" * 64,
    )
    forms = [each for each in world.tables["reviews"] if each["packet_id"] == packet["id"]]
    form = random.choice(forms)
    questions = [
        each
        for each in world.tables["review_questions"]
        if each["template_id"] == form["template_id"]
    ]
    for position, question in enumerate(random.sample(questions, 2), start=1):
        world.add_row(
            "review_score_components",
            id=_draw_id(random),
            score_id=score["id"],
            position=position,
            review_id=form["id"],
            question_id=question["id"],
            weight=position,
            section_weight=1,
            initial_level=random.choice([None, 3]),
            final_level=random.choice([None, 4]),
            points=random.choice([None, Decimal("2.5")]),
        )
    world.add_row(
        "review_score_steps",
        id=_draw_id(random),
        score_id=score["id"],
        position=1,
        kind="level",
        level=2,
        is_met=has_level,
        text="a value of 3.5 or more",
    )


def _draw_id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128))
