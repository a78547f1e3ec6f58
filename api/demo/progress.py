"""Progress: how the goals of the demo go from check-in to check-in, and how they end."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from api.demo import remarks
from api.demo.aims import Measure
from api.demo.calendar import last_moment, moment
from api.demo.goals import Plan, Word
from api.demo.staff import Staff
from api.demo.units import Unit
from api.demo.workers import Crew, Worker
from domain.goals import Confidence, GoalStatus

ON_TRACK, AT_RISK, OFF_TRACK = Confidence
DRAFT, ACTIVE, ACHIEVED, MISSED, ABANDONED = GoalStatus

ROUNDS = {Unit: 9, Crew: 3, Worker: 2}
"""How often they check in, by whose goal it is."""

REACHED = {ACHIEVED: (0.97, 1.13), MISSED: (0.2, 0.84), ABANDONED: (0.05, 0.5), ACTIVE: (0.45, 1.3)}
"""How far they get in the whole time, as a share of the way."""


class Course:
    """The course that one goal takes."""

    def __init__(self, plan: Plan, staff: Staff, chance: Random) -> None:
        self.plan = plan
        self.today = staff.today
        self.chance = chance
        self.at_clinic = staff.slug == "harbor"
        self.ends_on = plan.span.due_on + timedelta(days=chance.randint(1, 8))
        self.leaves = plan.owner.left_on if isinstance(plan.owner, Worker) else None
        self.is_personal = plan.theme == ""
        self.said: set[str] = set()

    def run(self) -> None:
        """Let it happen: check-ins up to today, and an end where it has ended."""
        plan = self.plan
        if plan.made_at.date() >= self.today or plan.span.starts_on >= self.today:
            return
        plan.status = self._outcome()
        if plan.status is DRAFT:
            return
        least, most = REACHED[plan.status]
        ways = [self.chance.uniform(least, most) for _ in plan.measures]
        if plan.status is ACHIEVED:
            ways[0] = max(ways[0], 1.0)
        bend = self.chance.uniform(0.75, 1.4)
        for day in self._days():
            self._check_in(day, ways, bend)
        if plan.status in (ACHIEVED, MISSED, ABANDONED):
            self._close()

    def _outcome(self) -> GoalStatus:
        chance = self.chance.random()
        now = self.plan.span.share(self.today)
        if self.leaves is not None and self.leaves <= min(self.plan.span.due_on, self.today):
            self.ends_on = self.leaves - timedelta(days=3)
            begun = self.ends_on > self.plan.made_at.date()
            return ABANDONED if begun else DRAFT
        if self.ends_on < self.today:
            return self._past_outcome(chance)
        if now > 0.4 and chance < 0.09 and not isinstance(self.plan.owner, Unit):
            self.ends_on = self.today - timedelta(days=self.chance.randint(2, 12))
            if self.ends_on > self.plan.made_at.date() + timedelta(days=9):
                return ACHIEVED if chance < 0.05 else ABANDONED
        return DRAFT if chance > 0.95 and isinstance(self.plan.owner, Worker) else ACTIVE

    def _past_outcome(self, chance: float) -> GoalStatus:
        is_recent = self.plan.span.due_on > self.today - timedelta(days=90)
        if chance > 0.93 and is_recent and not isinstance(self.plan.owner, Unit):
            return ACTIVE  # overdue: people forget
        if chance < 0.08 and self.plan.parent is not None:
            self.ends_on = self.plan.span.day(self.chance.uniform(0.45, 0.85))
            return ABANDONED
        return ACHIEVED if chance < 0.66 else MISSED

    def _days(self) -> list[date]:
        """The days on which somebody checks in, the last one when the goal ends."""
        rounds = next(count for kind, count in ROUNDS.items() if isinstance(self.plan.owner, kind))
        shares = [
            (each + 0.75) / rounds + self.chance.uniform(-0.05, 0.05) for each in range(rounds)
        ]
        first = max(self.plan.made_at.date(), self.plan.span.starts_on) + timedelta(days=4)
        last = min(self.today - timedelta(days=2), self.ends_on - timedelta(days=4))
        days = [day for day in map(self.plan.span.day, shares) if first <= day <= last]
        days = [day for day in days if not self._is_away(day)]
        if self.plan.status in (ACHIEVED, MISSED):
            days.append(self.ends_on)
        return days

    def _is_away(self, day: date) -> bool:
        owner = self.plan.owner
        return isinstance(owner, Worker) and any(
            each.starts_on <= day and (each.ends_on is None or day < each.ends_on)
            for each in owner.absences
        )

    def _check_in(self, day: date, ways: list[float], bend: float) -> None:
        plan, is_last = self.plan, day == self.ends_on
        share = 1.0 if is_last else min(max(plan.span.share(day), 0.02), 1.0)
        done = [
            way * share**bend + (0 if is_last else self.chance.uniform(-0.05, 0.05)) for way in ways
        ]
        before = plan.words[-1].values if plan.words else tuple(m.start for m in plan.measures)
        values = tuple(
            _value(measure, each, last)
            for measure, each, last in zip(plan.measures, done, before, strict=True)
        )
        pace = sum(done) / len(done) / share
        confidence = ON_TRACK if pace >= 0.74 else AT_RISK if pace >= 0.5 else OFF_TRACK
        author = plan.author_on(day)
        note = self._note(confidence, author, values, before, is_last=is_last)
        at = self._moment(day, author)
        plan.words.append(Word(at, author, confidence, values, note))

    def _note(
        self,
        confidence: Confidence,
        author: Worker,
        values: tuple[Decimal, ...],
        before: tuple[Decimal, ...],
        *,
        is_last: bool,
    ) -> str | None:
        which = self.chance.randrange(len(values))
        measure, now, was = self.plan.measures[which], values[which], before[which]
        pool = self._pool(confidence, author, is_last=is_last)
        text = self.chance.choice(pool)
        if text is None or text in self.said or (now == was and "{before}" in text):
            return None
        self.said.add(text)
        unit = f" {measure.unit}" if measure.unit else ""
        said = text.format(figure=_mid(measure.title), now=f"{now}{unit}", before=f"{was}{unit}")
        return re.sub(r"(^|[.:] )([a-z])", lambda found: found[0].upper(), said)

    def _pool(
        self, confidence: Confidence, author: Worker, *, is_last: bool
    ) -> tuple[str | None, ...]:
        if self.is_personal:
            return remarks.PERSONAL
        if is_last:
            return remarks.LAST
        at_home = remarks.AT_HOME.get(author.site.culture, ())
        if at_home and confidence is not OFF_TRACK and self.chance.random() < 0.06:
            return at_home[:1] if confidence is ON_TRACK else at_home[-1:]
        if not self.plan.words and confidence is not OFF_TRACK:
            return remarks.FIRST_AT_CLINIC if self.at_clinic else remarks.FIRST
        return {
            ON_TRACK: remarks.ON_TRACK_AT_CLINIC if self.at_clinic else remarks.ON_TRACK,
            AT_RISK: remarks.AT_RISK_AT_CLINIC if self.at_clinic else remarks.AT_RISK,
            OFF_TRACK: remarks.OFF_TRACK_AT_CLINIC if self.at_clinic else remarks.OFF_TRACK,
        }[confidence]

    def _close(self) -> None:
        plan = self.plan
        author = plan.author_on(self.ends_on)
        last = plan.words[-1] if plan.words else None
        said_goodbye = last is not None and plan.status is not ABANDONED
        plan.closed_at = last.at if last and said_goodbye else self._moment(self.ends_on, author)
        plan.closing_note = self.chance.choice(self._reasons())

    def _moment(self, day: date, author: Worker) -> datetime:
        """A time of that day, after whatever was said last."""
        last = self.plan.words[-1].at if self.plan.words else self.plan.made_at
        at = moment(day, author.site.time_zone, self.chance, self.today)
        at = max(at, last + timedelta(minutes=self.chance.randint(2, 40)))
        return min(at, last_moment(self.today))

    def _reasons(self) -> tuple[str | None, ...]:
        if self.leaves is not None and self.ends_on == self.leaves - timedelta(days=3):
            return remarks.ABANDONED_BY_LEAVER
        if self.is_personal:
            return remarks.PERSONAL_ENDS[self.plan.status]
        if self.plan.status is ACHIEVED:
            return remarks.ACHIEVED
        if self.plan.status is MISSED:
            return remarks.MISSED_AT_CLINIC if self.at_clinic else remarks.MISSED
        return remarks.ABANDONED_AT_CLINIC if self.at_clinic else remarks.ABANDONED


def _value(measure: Measure, done: float, before: Decimal) -> Decimal:
    """What the figure says after this share of the way; what is only counted never falls."""
    value = measure.start + (measure.target - measure.start) * Decimal(str(round(done, 4)))
    if min(measure.start, measure.target) >= 0:
        value = max(value, Decimal(0))
    if measure.unit == "%" and measure.target <= 100:
        value = min(value, Decimal(100))
    if measure.start == 0:
        value = max(value, before)
    return value.quantize(measure.step)


def _mid(title: str) -> str:
    """A title as it stands within a sentence."""
    return title if title[1:2].isupper() else title[0].lower() + title[1:]
