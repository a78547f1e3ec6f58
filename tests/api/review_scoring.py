"""Reviews with scores, for tests: public appraisal systems as their rules are entered."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.api.company import Company

Input = dict[str, Any]
POINTS = ("Unacceptable", "Fully Successful", "Outstanding")
FIVE = ("Unsatisfactory", "Marginal", "Fully Successful", "Superior", "Outstanding")
ANY_BELOW = {"kind": "RATINGS", "quantity": "NONE", "highest": 1}


def of_value(least: str) -> Input:
    """Return the condition that the value is at least this."""
    return {"kind": "VALUE_AT_LEAST", "value": least}


def of_ratings(quantity: str, **selection: Any) -> Input:
    """Return a condition about ratings."""
    return {"kind": "RATINGS", "quantity": quantity, **selection}


def at_level(level: int, *conditions: Input, **demands: bool) -> Input:
    """Return the step of a level."""
    return {"kind": "LEVEL", "level": level, "conditions": [*conditions], **demands}


DPMAP: Input = {
    "name": "DPMAP",
    "method": "MEAN",
    "steps": [
        at_level(3, of_value("4.3"), ANY_BELOW, needsSecondLevel=True),
        at_level(2, ANY_BELOW),
        at_level(1, needsNarrative=True, needsSecondLevel=True),
    ],
}
VA: Input = {
    "name": "VA",
    "method": "NONE",
    "steps": [
        at_level(5, of_ratings("ALL", lowest=3)),
        at_level(
            4,
            of_ratings("ALL", isCritical=True, lowest=3),
            of_ratings("ALL", isCritical=False, lowest=2),
        ),
        at_level(3, of_ratings("ALL", lowest=2)),
        at_level(2, of_ratings("ALL", isCritical=True, lowest=2)),
        at_level(1),
    ],
}
COMMERCE: Input = {
    "name": "Commerce",
    "method": "WEIGHTED_SUM",
    "steps": [
        {
            "kind": "EXCLUDE",
            "outcome": "EXTENDED",
            "conditions": [{"kind": "FACT_HOLDS", "fact": "on_improvement_plan"}],
        },
        {
            "kind": "EXCLUDE",
            "outcome": "UNRATABLE",
            "conditions": [{"kind": "FACT_BELOW", "fact": "days_under_plan", "value": "120"}],
        },
        {
            "kind": "OVERRIDE",
            "level": 1,
            "conditions": [of_ratings("ANY", isCritical=True, highest=1)],
        },
        *(
            at_level(level, of_value(least))
            for level, least in ((5, "460"), (4, "380"), (3, "290"), (2, "200"))
        ),
        at_level(1, needsSecondLevel=True),
    ],
}
SCORE = """score { outcome level value exact formula explain
  initialOutcome initialLevel initialValue isCurrent audience answersHash rule { name revision }
  components { question { key } weight sectionWeight initialLevel finalLevel points }
  steps { kind level isMet text } }"""
DECISION = "status level { position } outcome levelReason needsApproval returnReason"
PACKET = f"id {DECISION} {SCORE}"


class Scoring:
    """The review of Mara by her manager Boss, with Chief as the second level."""

    def __init__(self, company: Company) -> None:
        self.company, self.scales, self.packet = company, dict[str, str](), ""
        self.count = 0

    async def publish(self, noun: str, **input: Any) -> str:
        """Create and publish a document of HR, and return its id."""
        kind = noun[0].upper() + noun[1:]
        field = f"{noun} {{ id }}"
        made = await self.company.mutate("hr", f"{noun}Create", field, **input)
        assert made["errors"] == [], made
        id = str(made[noun]["id"])
        done = await self.company.mutate("hr", f"{noun}Publish", f"{noun} {{ id }}", id=id)
        assert done["errors"] == [], (kind, done)
        return id

    async def publish_scale(self, name: str, labels: Sequence[str], *values: str) -> str:
        """Publish a scale; the values are the places unless they are given."""
        points = values or [str(each) for each in range(1, len(labels) + 1)]
        levels = [
            {"label": label, "value": value} for label, value in zip(labels, points, strict=True)
        ]
        self.scales[name] = await self.publish("ratingScale", name=name, levels=levels)
        return self.scales[name]

    async def publish_form(self, scale_id: str, *questions: Input, **sections: int) -> str:
        """Publish a form with these questions; each may name its section, and others a weight."""
        weights = sections or {"elements": 1}
        grouped: dict[str, list[Input]] = {name: [] for name in weights}
        for each in questions:
            rated = {"kind": "RATING", "scaleId": scale_id}
            given = {"text": each["key"], **({} if "kind" in each else rated), **each}
            grouped[given.pop("section", next(iter(weights)))].append(given)
        rows = [
            {"key": name, "title": name, "weight": weights[name], "questions": each}
            for name, each in grouped.items()
        ]
        self.count += 1
        return await self.publish("reviewTemplate", name=f"Form {self.count}", sections=rows)

    async def open(self, rule_id: str | None, scale_id: str, template_id: str, **input: Any) -> Any:
        """Open the packet, with a form of Boss unless others are given."""
        order = {"direction": "MANAGER", "writerId": self.person("boss"), "templateId": template_id}
        given = {
            "subjectId": self.person("mara"),
            "managerId": self.person("boss"),
            "secondLevelId": self.person("chief"),
            "startsOn": "2026-01-01",
            "lastDay": "2026-06-30",
            "dueOn": "2026-08-15",
            "scaleId": scale_id,
            "scoreRuleId": rule_id,
            "reviews": [order],
        }
        payload = await self.company.mutate(
            "hr", "reviewPacketCreate", f"reviewPacket {{ {PACKET} }}", **given | input
        )
        if payload["reviewPacket"]:
            self.packet = payload["reviewPacket"]["id"]
        return payload

    def person(self, name: str) -> str:
        """Return the id of a person."""
        return self.company.encode_id("person", name)

    async def list_forms(self) -> list[Input]:
        """Return the forms of the packet, as HR sees them."""
        query = """query($id: ID!) { reviewPacket(by: {id: $id}) {
          reviews { nodes { id direction writer { id } } } } }"""
        seen = await self.company.query("hr", query, id=self.packet)
        return list(seen["reviewPacket"]["reviews"]["nodes"])

    async def write(self, who: str, answers: Mapping[str, Any], direction: str = "MANAGER") -> str:
        """Answer and submit a form. An answer is a level, or the values of one."""
        forms = await self.list_forms()
        (id,) = [
            each["id"]
            for each in forms
            if each["writer"]["id"] == self.person(who) and each["direction"] == direction
        ]
        for key, answer in answers.items():
            values = answer if isinstance(answer, dict) else {"level": answer}
            given = {"id": id, "questionKey": key, **values}
            saved = await self.company.mutate(who, "reviewSaveAnswer", "review { id }", **given)
            assert saved["errors"] == [], (key, saved)
        done = await self.company.mutate(who, "reviewSubmit", "review { id }", id=id)
        assert done["errors"] == [], done
        return str(id)

    async def act(self, who: str, verb: str, **input: Any) -> Any:
        """Do something with the packet."""
        fields = f"reviewPacket {{ {PACKET} }}"
        return await self.company.mutate(who, f"review{verb}", fields, id=self.packet, **input)

    async def see(self, who: str) -> Any:
        """Return the packet as somebody sees it."""
        query = f"query($id: ID!) {{ reviewPacket(by: {{id: $id}}) {{ {PACKET} }} }}"
        return (await self.company.query(who, query, id=self.packet))["reviewPacket"]

    async def preview_score(self, reader: str, who: str = "boss") -> Any:
        """Return the score that somebody previews for a reader; None also without a preview."""
        query = f"""query($id: ID!, $personId: ID!) {{ reviewPacket(by: {{ id: $id }}) {{
          preview(personId: $personId) {{ {SCORE} }} }} }}"""
        ids = {"id": self.packet, "personId": self.person(reader)}
        packet = (await self.company.query(who, query, **ids))["reviewPacket"]
        return packet and packet["preview"] and packet["preview"]["score"]

    async def see_score(self, who: str = "boss") -> Any:
        """Return the present score as somebody sees it."""
        return (await self.see(who))["score"]
