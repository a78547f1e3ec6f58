"""The course of a goal: its beginning, its check-ins and its end."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from api.demo.calendar import FiscalPeriod
from api.demo.people import Employee, WorkTeam
from api.demo.schema import GoalKind
from api.demo.simulation import Simulation
from domain.goals import Confidence, Goal, GoalStatus, KeyResult
from domain.people import EmploymentStatus

SPACING = timedelta(days=4)
"""The least time between the first day, a check-in and the end."""

DEVIATION = 0.05
"""How far check-ins and values lie from the plan, as a share of it."""


class Course:
    """What becomes of a goal that has just been set."""

    def __init__(
        self, simulation: Simulation, goal: Goal, kind: GoalKind, author: Employee | WorkTeam
    ) -> None:
        self.simulation, self.work, self.random = simulation, simulation.work, simulation.random
        self.rates, texts = simulation.dataset.rates, simulation.dataset.texts
        self.goal, self.author, self.goal_rates = goal, author, self.rates.goals[kind]
        self.period = FiscalPeriod(goal.starts_on, goal.due_on)
        self.outcome = simulation.draw(self.goal_rates.outcomes)
        self.is_personal = kind == "personal"
        industry = texts.industries[simulation.tenant.industry]
        self.notes = texts.personal if self.is_personal else industry
        self.used_notes: set[str] = set()

    def plan(self) -> None:
        """Plan the first day, the check-ins and the end."""
        if self.outcome == "draft":
            return
        zone = ZoneInfo(self.author.site.time_zone)
        begins_at = datetime.combine(self.period.starts_on, time(9), zone).astimezone(UTC)
        if begins_at <= self.work.now:
            self.goal.activate()
        else:
            self.simulation.schedule(begins_at, self.author, self.goal.activate, self.goal)
        self.bend = self.random.uniform(0.75, 1.4)
        reached = self.rates.reached[self.outcome]
        self.reached = [self.random.uniform(*reached) for _ in self.goal.key_results]
        ends_on = self.period.due_on + timedelta(days=self.random.randint(1, 8))
        if self.outcome == "abandoned" or self.random.random() < self.rates.early_end:
            ends_on = self.period.day_at(self.random.uniform(0.45, 0.9))
        for index in range(self.goal_rates.check_ins):
            share = (index + 0.75) / self.goal_rates.check_ins
            day = self.period.day_at(share + self.random.uniform(-DEVIATION, DEVIATION))
            if self.work.now.date() + SPACING <= day <= ends_on - SPACING:
                self.simulation.schedule(day, self.author, self._check_in, self.goal)
        if self.outcome != "active":
            self.simulation.schedule(ends_on, self.author, self._end, self.goal)

    def _check_in(self) -> None:
        """Check in, unless the goal is closed or the author is away."""
        today = self.work.now.date()
        status = self.author.lead.person.get_employment_status(today)
        if self.goal.status is GoalStatus.ACTIVE and status is not EmploymentStatus.ON_LEAVE:
            self._report(min(max(self.period.share_at(today), 0.02), 1.0), DEVIATION)

    def _end(self) -> None:
        """Close the goal with its outcome."""
        if self.goal.status is not GoalStatus.ACTIVE:
            return
        note, at = self.random.choice(self.notes[self.outcome]), self.work.now
        if self.outcome == "abandoned":
            self.goal.abandon(note, at=at)
            return
        self._report(1.0, 0.0)
        if self.outcome == "missed":
            self.goal.mark_missed(note, at=at)
        else:
            is_silent = self.random.random() < self.rates.no_note
            self.goal.achieve(None if is_silent else note, at=at)

    def _report(self, share: float, deviation: float) -> None:
        """Check in after this share of the time."""
        covered = [
            each * share**self.bend + self.random.uniform(-deviation, deviation)
            for each in self.reached
        ]
        key_results = self.goal.list_key_results()
        values = list(map(_compute_value, key_results, covered))
        pace = sum(covered) / len(covered) / share
        fitting = (name for name, least in self.rates.pace.items() if pace >= least)
        confidence = Confidence(next(fitting, "off_track"))
        which = self.random.randrange(len(values))
        note = self._choose_note(
            confidence, key_results[which], values[which], is_last=not deviation
        )
        self.goal.check_in(
            self.author.lead.id,
            confidence=confidence,
            values={each.id: value for each, value in zip(key_results, values, strict=True)},
            note=note,
            at=self.work.now,
        )

    def _choose_note(
        self, confidence: Confidence, key_result: KeyResult, value: Decimal, *, is_last: bool
    ) -> str | None:
        """Return a note about one of the key results, or None."""
        is_first = not self.goal.check_ins and confidence is not Confidence.OFF_TRACK
        notes = self.notes["last" if is_last else "first" if is_first else confidence.value]
        own_language = self.simulation.dataset.texts.languages.get(self.author.site.names, {})
        is_foreign = self.random.random() < self.rates.own_language
        if is_foreign and not (is_last or self.is_personal):
            notes = own_language.get(confidence.value, notes)
        text, before = self.random.choice(notes), key_result.current_value
        is_silent = self.random.random() < self.rates.no_note
        if is_silent or text in self.used_notes or (value == before and "{before}" in text):
            return None
        self.used_notes.add(text)
        unit = f" {key_result.unit}" if key_result.unit else ""
        title = key_result.title
        if not text.startswith("{figure}") and not title[1:2].isupper():
            title = title[0].lower() + title[1:]
        return text.format(figure=title, now=f"{value}{unit}", before=f"{before}{unit}")


def find_step(*figures: Decimal) -> Decimal:
    """Return the smallest difference in which these figures are given."""
    return Decimal(1).scaleb(min(int(each.as_tuple().exponent) for each in figures))


def _compute_value(key_result: KeyResult, covered: float) -> Decimal:
    """Return the value after this share of the way; what is counted from 0 never falls."""
    start, target = key_result.start_value, key_result.target_value
    value = start + (target - start) * Decimal(str(round(covered, 4)))
    if min(start, target) >= 0:
        value = max(value, Decimal(0))
    if key_result.unit == "%":
        value = min(value, Decimal(100))
    if start == 0:
        value = max(value, key_result.current_value)
    return value.quantize(find_step(start, target))
