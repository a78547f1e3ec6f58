"""Attacks by ids: every input that takes an id gets every kind of id from every kind of caller."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import orjson

from api.kernel.execution.engine import Engine, Request, Response
from persistence.kernel.error_translation import CONFLICT_MESSAGE
from tests.id_attacks.targets import ANY_KIND, Target
from tests.reads.dataset import TenantDataset
from tests.reads.engine_fixture import a_caller
from tests.reads.oracle.node_types import PREFIXES, TABLES

CALLERS = ("employee", "manager", "hr", "admin", "analyst", "partner")
TABLE_BY_KIND = {PREFIXES[each]: table for each, table in TABLES.items()}
MALFORMED = ("", "x", "goal_", "goal_zz", "person_1", "\u202e", "-" * 300, "ⅷ", "GOAL_" + "0" * 32)
BATCH_SIZE = 100
FAULT_CODES = ("INTERNAL_SERVER_ERROR", "TIMEOUT", "UNAVAILABLE")
RETRYABLE_ANSWERS = (b'"code":"TIMEOUT"', b'"code":"UNAVAILABLE"', CONFLICT_MESSAGE.encode())
"""Answers of a busy machine, or of two callers in conflict."""
MAX_ATTEMPTS = 5
MEASURED_COST = re.compile(rb'"actualQueryCost":\d+')
"""The charge for the time that an answer took, which differs between any two answers."""


@dataclass
class Findings:
    """The counts of the attacks, and the failures among them."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    retry_count: int = 0

    @property
    def total(self) -> int:
        """The number of attacks."""
        return sum(self.counts.values())


@dataclass
class Attacker:
    """A caller of one tenant, and the ids that it sees."""

    engine: Engine
    dataset: TenantDataset
    other_dataset: TenantDataset
    subject: str
    random: Random
    visible: dict[str, list[str]] = field(default_factory=dict)
    hidden: dict[str, list[str]] = field(default_factory=dict)
    retry_count: int = 0

    async def classify_ids(self) -> None:
        """Sort the tenant's ids into visible and hidden ones."""
        for kind, table in TABLE_BY_KIND.items():
            ids = [f"{kind}_{row['id']}" for row in self.dataset.tables[table]]
            seen: set[str] = set()
            for start in range(0, len(ids), BATCH_SIZE):
                body = await self.execute(
                    "query($ids:[ID!]!){nodes(ids:$ids){id}}",
                    {"ids": ids[start : start + BATCH_SIZE]},
                )
                assert b'"errors"' not in body.body, body.body
                nodes = orjson.loads(body.body)["data"]["nodes"]
                seen |= {each["id"] for each in nodes if each}
            self.visible[kind] = [each for each in ids if each in seen]
            self.hidden[kind] = [each for each in ids if each not in seen]

    async def execute(self, document: str, variables: Mapping[str, Any]) -> Response:
        """Return the answer; retry a retryable one, up to MAX_ATTEMPTS."""
        caller = a_caller(self.dataset, self.dataset.subjects[self.subject])
        request = Request(document, variables)
        for _ in range(MAX_ATTEMPTS):
            answer = await self.engine.execute(request, caller, request_id="a-probe")
            if not any(each in answer.body for each in RETRYABLE_ANSWERS):
                break
            self.retry_count += 1
        return answer

    async def attack(self, target: Target, id: str) -> bytes:
        """Send an id to a target; return the answer."""
        others = {kind: self.pick_own_id(kind) for kind in target.list_companion_kinds()}
        variables = target.build_variables(id, others)
        if target.operation == "subscription":
            return await self._subscribe(target, variables)
        answer = await self.execute(target.document, variables)
        return answer.body

    async def _subscribe(self, target: Target, variables: Mapping[str, Any]) -> bytes:
        caller = a_caller(self.dataset, self.dataset.subjects[self.subject])
        request = Request(target.document, variables)
        events: Any = await self.engine.subscribe(request, caller, request_id="a-probe")
        if isinstance(events, Response):
            return events.body
        await events.aclose()
        return b"listening"

    def pick_own_id(self, kind: str) -> str:
        """Pick the same visible id of a kind every time; that of a goal where any kind will do."""
        kind = "goal" if kind == ANY_KIND else kind
        return (self.visible[kind] or [f"{kind}_{UUID(int=1)}"])[0]


async def _attack_foreign_ids(
    attacker: Attacker, targets: Iterable[Target], findings: Findings
) -> None:
    await attacker.classify_ids()
    for target in targets:
        await _attack_target(attacker, target, findings)


async def _send_own_ids(attacker: Attacker, targets: Iterable[Target], findings: Findings) -> None:
    for target in targets:
        if not target.is_deep:
            body = await attacker.attack(
                target, attacker.random.choice(_list_own_ids(attacker, target))
            )
            _check_answer(attacker, target, "own", body, findings)


ACTS_ON_HIDDEN = {
    "feedbackRevealAuthor.input.feedbackId",
    "feedbackProgramRevealAuthor.input.answerId",
}
"""HR looks up who wrote feedback that HR does not read."""


async def _attack_target(attacker: Attacker, target: Target, findings: Findings) -> None:
    kind = _resolve_kind(attacker, target)
    chance = attacker.random
    unknown = f"{kind}_{UUID(int=chance.getrandbits(128), version=4)}"
    foreign = f"{kind}_{chance.choice(attacker.other_dataset.tables[TABLE_BY_KIND[kind]])['id']}"
    nothing = await attacker.attack(target, unknown)
    _check_answer(attacker, target, "random", nothing, findings)
    tried = {"foreign": foreign}
    if attacker.hidden[kind] and target.name not in ACTS_ON_HIDDEN:
        tried["hidden"] = chance.choice(attacker.hidden[kind])
    for what, id in tried.items():
        body = await attacker.attack(target, id)
        _check_answer(attacker, target, what, body, findings)
        if _strip_measured_cost(body) != _strip_measured_cost(nothing):
            told = (
                f"{target.name} by {attacker.subject}, {what}: {body[:300]!r} ≠ {nothing[:300]!r}"
            )
            findings.failures.append(told)
    tried = {"malformed": chance.choice(MALFORMED)}
    if not target.is_deep:
        tried["wrong kind"] = attacker.pick_own_id("team" if kind != "team" else "goal")
    for what, id in tried.items():
        _check_answer(attacker, target, what, await attacker.attack(target, id), findings)


def _strip_measured_cost(body: bytes) -> bytes:
    return MEASURED_COST.sub(b"", body)


def _resolve_kind(attacker: Attacker, target: Target) -> str:
    if target.kind == ANY_KIND:
        return attacker.random.choice(list(TABLE_BY_KIND))
    return target.kind


def _list_own_ids(attacker: Attacker, target: Target) -> list[str]:
    return attacker.visible[_resolve_kind(attacker, target)] or [attacker.pick_own_id("person")]


def _check_answer(
    attacker: Attacker, target: Target, what: str, body: bytes, findings: Findings
) -> None:
    """Check that an answer holds no fault, and a code in every error."""
    findings.counts[f"{attacker.subject} {what}"] += 1
    if body == b"listening":
        return
    answer = orjson.loads(body)
    codes = [each["extensions"].get("code") for each in answer.get("errors", ())]
    if None in codes or any(code in FAULT_CODES for code in codes):
        findings.failures.append(f"{target.name} by {attacker.subject}, {what}: {body[:300]!r}")


async def run_attacks(
    engine: Engine,
    worlds: Mapping[str, TenantDataset],
    targets: list[Target],
    seed: int = 4,
    *,
    share: int = 1,
) -> Findings:
    """Run all callers concurrently; send own ids last, because they may change something.

    With a share of 2, each caller attacks every other target, and half of the callers each target.
    """
    findings = Findings()
    alder, birch = worlds["alder"], worlds["birch"]
    attackers = [
        Attacker(engine, alder, birch, subject, Random(f"{seed} {subject}")) for subject in CALLERS
    ]
    for each in (_attack_foreign_ids, _send_own_ids):
        await asyncio.gather(
            *(
                each(attacker, targets[number % share :: share], findings)
                for number, attacker in enumerate(attackers)
            )
        )
    findings.retry_count = sum(each.retry_count for each in attackers)
    return findings
