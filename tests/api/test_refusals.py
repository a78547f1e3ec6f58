"""A refusal depends only on what the caller may see, and permission comes before anything else."""

from collections.abc import AsyncIterator, Iterator
from itertools import takewhile
from typing import Any
from zlib import crc32

import asyncpg
import pytest

from api.kernel.schema.global_ids import encode_id
from domain.kernel.identity import generate_id
from persistence.unit_of_work import work as unit_of_work
from tests.api.company import Company, a_company
from tests.api.guarded_reads import HISTORIES
from tests.api.guarded_worlds import (
    CALLERS,
    LAST_DAY,
    PLAIN,
    PLANNING,
    TELLING,
    Stage,
    World,
    generate_queries,
    iterate_dated_inputs,
    iterate_inputs,
)
from tests.api.mutation_inputs import (
    InputPath,
    build_input,
    build_input_with_value,
    iterate_scalar_fields,
)
from tests.api.rehearsals import RehearsalPool, open_rehearsal
from tests.reads.query_generator import GeneratedQuery

GENERATED_QUERIES = 25
"""For each caller. They include the ids of the plans themselves."""

DATED_SAMPLE, PLANNING_SAMPLE = 3, 6
"""One of so many inputs with another day is sent, and in the world with plans."""

CALLERS_OF_INPUT = 2
"""How many of the callers send an input. Which ones follows from its name."""

DENIALS = ("NOT_PERMITTED", "NOT_FOUND")


@pytest.fixture(scope="module")
async def staged(owner: Any, pool: Any, writing: asyncpg.Pool) -> AsyncIterator[Any]:
    """Build a company, and a transaction for all changes."""
    company = await a_company(owner, pool, writing, alone=True)
    async with open_rehearsal(writing) as rehearsal:
        yield company, rehearsal


async def observe(
    company: Company, pool: RehearsalPool, caller: str, *worlds: World
) -> list[dict[str, Any]]:
    """Return for each world what the caller learns, by the names of the inputs."""
    stage = Stage(company, pool, caller)
    async with pool.rehearse():
        hidden = await stage.find_hidden()
    subject = next(who for who in ("chief", "lead", "mara") if who in hidden.people)
    observed: list[dict[str, Any]] = []
    for world in worlds:
        async with pool.rehearse():
            await stage.apply(world, hidden)
            found: dict[str, Any] = {"reads": await stage.read(subject)}
            found["histories"] = await stage.execute(HISTORIES)
            for row, input in iterate_inputs(company, subject):
                if not is_sent_by(caller, row):
                    continue
                found[row] = await stage.mutate(row.split()[0], input)
            share = PLANNING_SAMPLE if world.has_plans else DATED_SAMPLE
            for row, input in iterate_dated_inputs(company, subject):
                base = found.get(row.rsplit(" ", 2)[0])
                if base is None or crc32(row.encode()) % share:
                    continue
                if not any(each in base[0] for each in DENIALS):
                    found[row] = await stage.mutate(row.split()[0], input)
        observed.append(found)
    return observed


def is_sent_by(caller: str, row: str) -> bool:
    """Return whether this caller sends the input of that name."""
    return (crc32(row.encode()) + CALLERS.index(caller)) % len(CALLERS) < CALLERS_OF_INPUT


def list_differences(plain: dict[str, Any], telling: dict[str, Any]) -> list[tuple[str, str, str]]:
    """List the inputs with different answers, and both answers from the first difference on."""
    found = []
    for row, answer in plain.items():
        one, other = str(answer), str(telling.get(row))
        if one != other:
            equal = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
            at = max(0, sum(1 for _ in equal) - 80)
            found.append((row, one[at : at + 160], other[at : at + 160]))
    return found


@pytest.mark.parametrize("caller", CALLERS)
async def test_what_a_caller_may_not_see_changes_no_answer(staged: Any, caller: str) -> None:
    plain, telling, planning = await observe(*staged, caller, PLAIN, TELLING, PLANNING)
    del telling["histories"]  # a fact that was changed has an entry
    assert plain.keys() == {*telling, "histories"} >= planning.keys()
    for other in (telling, planning):
        assert list_differences({each: plain[each] for each in other}, other) == []


@pytest.mark.parametrize("caller", CALLERS)
async def test_plans_that_a_caller_may_not_see_change_no_generated_query(
    staged: Any, caller: str
) -> None:
    company, pool = staged
    stage = Stage(company, pool, caller)
    async with pool.rehearse():
        hidden = await stage.find_hidden()
        entries = (await stage.load_rows())["journal"]  # each world writes others later
    answers: list[list[str]] = []
    queries: list[GeneratedQuery] = []
    for world in (PLANNING, PLAIN):
        async with pool.rehearse():
            await stage.apply(world, hidden)
            rows = await stage.load_rows() | {"journal": entries}
            queries = queries or generate_queries(rows, GENERATED_QUERIES)
            answers.append(
                [await stage.execute(each.document, **each.variables) for each in queries]
            )
    planning, plain = answers
    for query, one, other in zip(queries, planning, plain, strict=True):
        assert one == other, query.document
    assert sum('"data":{' in each for each in plain) > GENERATED_QUERIES / 2


PLACES = {
    "actionItemCreate": {"ownerId"},
    "goalCreate": {"owner"},
    "kpiCreate": {"scope"},
    "scorecardCreate": {"scope"},
    "feedbackGive": {"personId", "requestId"},
    "feedbackRevealAuthor": {"feedbackId"},
    "feedbackRequest": {"personId", "respondentId"},
    "feedbackRequestExternal": {"personId"},
    "kpiReviewScheduleCreate": {"subject"},
    "kpiReviewHold": {"scheduleId"},
    "feedbackProgramLaunch": {"subjectId"},
    "feedbackProgramPropose": {"subjectId"},
    "feedbackProgramRespond": {"programId"},
    "feedbackProgramWithdrawResponse": {"programId"},
    "surveyLaunch": {"organizationId"},
    "surveyScheduleCreate": {"organizationId"},
    "feedbackProgramScheduleCreate": {"organizationId"},
    "surveyRespond": {"surveyId"},
    "surveyWithdrawResponse": {"surveyId"},
    "reviewPacketCreate": {"subjectId"},
    "calibrationSessionCreate": {"cycleId"},
    "reviewAppealFile": {"packetId"},
    "kpiFromTemplate": {"scope"},
    "alertRuleCreate": {"kpiId"},
    "annotationCreate": {"scope"},
    "teamCreate": {"organizationId", "parentId"},
    "organizationCreate": {"parentId"},
    "personHire": {"organizationId"},
    "memberCreate": {"personId"},
}
"""The fields that decide who may create something there; all others come after permission."""

ODD_VALUES = {
    "String": " ",
    "Date": "1900-01-01",
    "Int": 1_000_000,
    "Decimal": "1234567890123456",
    "ID": None,
}
"""For each scalar a value of the right shape that a rule refuses; for ids an unknown one."""


def iterate_odd_inputs(company: Company) -> Iterator[tuple[str, InputPath, dict[str, Any]]]:
    """Iterate over inputs of every mutation in which one field breaks a rule."""
    for scalar, value in ODD_VALUES.items():
        for verb, path in iterate_scalar_fields(scalar):
            if path[0] == "id" or path[0] in PLACES.get(verb, ()):
                continue
            base = build_input(company, verb)
            odd = value
            if scalar == "ID":
                prefix = find_prefix(base, path)
                if prefix is None:
                    continue
                odd = encode_id(prefix, generate_id())
            yield verb, path, build_input_with_value(company, verb, path, odd)


def find_prefix(input: Any, path: InputPath) -> str | None:
    """Return the prefix of the id at a path of an input; None if there is none."""
    for step in path:
        try:
            input = input[step]
        except (KeyError, IndexError, TypeError):
            return None
    return str(input).partition("_")[0]


async def test_without_permission_every_input_gets_the_same_answer(staged: Any) -> None:
    company, pool = staged
    stage = Stage(company, pool, "peer")
    usual: dict[str, str] = {}
    differences, count = [], 0
    for verb, path, input in iterate_odd_inputs(company):
        about_a_person = {
            (each, ("personId",)) for each in ("accessExplain", "accessPreview", "legalHoldPlace")
        }
        about_a_person |= {("memberInvite", ("person", each)) for each in ("id", "workEmail")}
        if (verb, path) in {*about_a_person, ("bulkOperationRun", path)}:
            continue  # The right is about the person who is named; everybody may run in bulk.
        if verb not in usual:
            usual[verb], _ = await stage.mutate(verb, build_input(company, verb))
        if not any(each in usual[verb] for each in DENIALS):
            continue
        answer, _ = await stage.mutate(verb, input)
        count += 1
        if answer != usual[verb]:
            differences.append((verb, path, answer))
    assert differences == []
    assert count > 60


@pytest.mark.parametrize(
    ("verb", "field", "kind", "name"),
    [
        ("goalCreate", "owner", "person", "alumna"),
        ("teamCreate", "organizationId", "org", "closed"),
        ("personHire", "organizationId", "org", "closed"),
        ("teamAddMember", "personId", "person", "alumna"),
        ("personChangeJob", "organizationId", "org", "closed"),
        ("memberCreate", "personId", "person", "alumna"),
        ("memberCreate", "personId", "person", "mara"),
    ],
)
async def test_without_permission_the_state_changes_no_answer(
    staged: Any, verb: str, field: str, kind: str, name: str
) -> None:
    company, pool = staged
    stage = Stage(company, pool, "peer")
    usual = build_input(company, verb)
    id = company.encode_id(kind, name)
    value = {"personId": id} if field == "owner" else id
    answers = [await stage.mutate(verb, each) for each in (usual, usual | {field: value})]
    assert "NOT_PERMITTED" in answers[0][0]
    assert answers[0] == answers[1]


async def test_a_check_that_reads_hidden_values_is_noticed(
    staged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit_of_work, "is_known", lambda *_: True)
    monkeypatch.setattr(unit_of_work, "concealed_copy", lambda found, *_: found)
    plain, telling = await observe(*staged, "lead", PLAIN, TELLING)
    rows = {row for row, *_ in list_differences(plain, telling)}
    assert f"teamAddMember of chief startsOn {LAST_DAY + 30}" in rows
