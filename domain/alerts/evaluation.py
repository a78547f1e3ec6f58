"""The evaluation of a KPI by its rules: alerts are opened, continued, escalated and closed.

It compares what the rules see now with the alerts that are stored. So it may run again at any time:
without a change, nothing is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.alerts.enums import AlertCloseReason, AlertCondition, AlertStatus
from domain.alerts.episodes import NO_SIGNALS, Episode, find_episodes
from domain.alerts.model import UNCLOSED, Alert
from domain.alerts.overdue import find_expected, find_last_day
from domain.alerts.people import choose_due_day, find_at_work, find_next_in_line
from domain.alerts.points import Point, build_points
from domain.alerts.requests import follow_requests, has_requests
from domain.alerts.rules import AlertRule
from domain.alerts.signals import Days, find_signals_of, load_left_out
from domain.alerts.slices import Watched, is_watched, load_slices, load_total
from domain.kernel.actions import Action
from domain.kernel.background_tasks import TaskHandler
from domain.kernel.identity import PersonId
from domain.kernel.periods import ONE_DAY
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.kpis import Kpi, KpiState, KpiTargetStatus, KpiVisibility, build_evaluation
from domain.kpis.analysis.behaviour import Signal
from domain.kpis.calendar import PeriodCalendar, create_calendar
from domain.kpis.value_requests import KpiValueRequest
from domain.people import Person
from domain.tenants import load_tenant
from domain.working_days import WorkingDays, add_working_days, find_working_days


async def evaluate(work: Work, *, kpi_id: str) -> None:
    """Let the alerts of a KPI follow its values, and plan when to look at it again."""
    id = UUID(kpi_id)
    found = await work.load_all(Kpi, [id])
    rules = await work.find_all(AlertRule, kpi_id=[id]) if found else []
    alerts = await work.find_all(Alert, kpi_id=[id] * len(UNCLOSED), status=[*UNCLOSED])
    requests = await work.find_records(KpiValueRequest, kpi_id=[id])
    if not (rules or alerts or requests or any(map(has_requests, found))):
        return
    tenant = await load_tenant(work)
    total = await load_total(work, found[0])
    evaluation = _Evaluation(work, found[0], create_calendar(tenant), total, alerts)
    await evaluation.run(rules)
    await evaluation.request_value(requests)
    if (day := evaluation.next_day) is not None:
        work.enqueue(build_evaluation(id, tenant.begin_day(day)))


EVALUATION = TaskHandler(evaluate, frozenset({Permission.KPIS_MANAGE}))
"""The handler of the task that follows each change of a KPI."""


@dataclass
class _Evaluation:
    """One KPI with its alerts that are not closed."""

    work: Work
    kpi: Kpi
    calendar: PeriodCalendar
    total: Watched
    alerts: list[Alert]
    slices: list[Watched] | None = None
    """The slices of the KPI, once they are loaded."""
    working_days: WorkingDays | None = None
    left_out: list[Days] | None = None
    """The days that annotations leave out of baselines, once they are loaded."""
    next_day: date | None = None
    """The next day on which something may change although nobody changes anything."""

    @property
    def today(self) -> date:
        """The day of the tenant."""
        return self.work.actor.today

    async def run(self, rules: list[AlertRule]) -> None:
        """Evaluate all rules, then the alerts that nobody has answered."""
        if self.kpi.state is KpiState.ARCHIVED:
            self._close(self.alerts, AlertCloseReason.KPI_ARCHIVED)
            return
        known, followed = {each.id for each in rules}, set[tuple[UUID, UUID | None]]()
        orphans = [each for each in self.alerts if each.rule_id not in known]
        self._close(orphans, AlertCloseReason.RULE_DELETED)
        for rule in rules:
            for each in await self._list_watched(rule):
                followed.add((rule.id, each.member_id))
                await self._apply(rule, each)
                self._look_at_open_period(each)
        lost = [
            each for each in self.alerts if each.rule_id in known and key_of(each) not in followed
        ]
        self._close(lost, AlertCloseReason.CAUSE_REMOVED)
        self._look_at_open_period(self.total)

    async def _list_watched(self, rule: AlertRule) -> list[Watched]:
        """Return what a rule looks at. Members that are archived have no alerts."""
        if rule.dimension_id is None:
            return [self.total]
        if self.slices is None:
            self.slices = await load_slices(self.work, self.kpi)
        return [each for each in self.slices if is_watched(rule, each)]

    async def _apply(self, rule: AlertRule, watched: Watched) -> None:
        """Let the alert of a rule about one slice, or the total, be as the values are."""
        signals = await self._find_signals(rule, watched)
        if rule.condition is AlertCondition.OVERDUE:
            episodes = [found] if (found := await self._find_overdue(watched)) else []
        else:
            episodes = find_episodes(self._build_points(watched), rule, signals)
        signal = signals.get(episodes[-1].bad[-1].ordinal) if episodes else None
        alert = await self._follow(rule, watched, episodes, signal)
        if alert is not None:
            alert.extend(episodes[-1].bad, signal)
            await self._ask_again(alert, rule, watched)

    def _build_points(self, watched: Watched) -> list[Point]:
        return build_points(self.kpi, watched.targets, watched.measured, self.calendar, self.today)

    async def _find_signals(self, rule: AlertRule, watched: Watched) -> Mapping[int, Signal]:
        if rule.condition is not AlertCondition.SIGNAL:
            return NO_SIGNALS
        if self.left_out is None:
            self.left_out = await load_left_out(self.work, self.kpi)
        return find_signals_of(self.kpi, rule, watched.measured, self.calendar, self.left_out)

    async def _find_overdue(self, watched: Watched) -> Episode | None:
        """Return the overdue period. Who enters values is asked on a working day."""
        period = find_expected(self.kpi, watched.measured, self.calendar)
        if period is None:
            return None
        working_days = await self._find_working_days()
        last_day = find_last_day(self.kpi, period, working_days)
        first_day = add_working_days(last_day + ONE_DAY, 0, working_days)
        if first_day > self.today:
            self._look_on(first_day)
            return None
        status = KpiTargetStatus.NOT_MEASURED
        return Episode([Point(period.ordinal, period.starts_on, None, status)], is_over=False)

    async def _find_working_days(self) -> WorkingDays:
        """Return the working days of the owner, loaded once."""
        if self.working_days is None:
            self.working_days = await find_working_days(self.work, self.kpi.owner_id)
        return self.working_days

    async def request_value(self, requests: list[KpiValueRequest]) -> None:
        """Ask those who enter values for the next one, once its period is over."""
        period = find_expected(self.kpi, self.total.measured, self.calendar)
        due_on = None
        if period is not None and has_requests(self.kpi):
            due_on = find_last_day(self.kpi, period, await self._find_working_days())
            self._look_on(period.ends_before)
        changes = follow_requests(self.kpi, requests, period, due_on, self.today)
        self.work.write_records(**changes)

    async def _follow(
        self,
        rule: AlertRule,
        watched: Watched,
        episodes: list[Episode],
        signal: Signal | None,
    ) -> Alert | None:
        """Let the alert of a rule be as its episodes are, and return it unless it is closed."""
        key = rule.id, watched.member_id
        alert = next((each for each in self.alerts if key_of(each) == key), None)
        if alert is not None:
            alert.attach(self.kpi, watched.member)
        present = episodes[-1] if episodes and not episodes[-1].is_over else None
        if alert is not None and not (present and present.includes(alert.first_ordinal)):
            self._close([alert], self._explain_end(rule, episodes, alert))
            alert = None
        if present is None:
            return None
        return alert or await self._open(rule, watched, present, signal)

    def _explain_end(
        self, rule: AlertRule, episodes: list[Episode], alert: Alert
    ) -> AlertCloseReason:
        is_overdue = rule.condition is AlertCondition.OVERDUE
        was_there = any(each.includes(alert.first_ordinal) for each in episodes)
        return (
            AlertCloseReason.RECOVERED
            if is_overdue or was_there
            else AlertCloseReason.CAUSE_REMOVED
        )

    async def _open(
        self, rule: AlertRule, watched: Watched, episode: Episode, signal: Signal | None
    ) -> Alert:
        """Open the alert of an episode, or open again the one that was closed."""
        first = episode.bad[0]
        recipient_id, due_on = await self._choose_recipient(rule, watched)
        known = await self.work.find_all(
            Alert,
            rule_id=[rule.id],
            member_id=[watched.member_id],
            first_ordinal=[first.ordinal],
        )
        if known:
            known[0].attach(self.kpi, watched.member)
            known[0].ask("reopened", recipient_id, due_on)
            return known[0]
        alert = Alert(
            tenant_id=rule.tenant_id,
            kpi_id=self.kpi.id,
            rule_id=rule.id,
            member_id=watched.member_id,
            condition=rule.condition,
            threshold=rule.threshold,
            first_ordinal=first.ordinal,
            first_starts_on=first.starts_on,
            last_ordinal=episode.bad[-1].ordinal,
            last_starts_on=episode.bad[-1].starts_on,
            bad_periods=len(episode.bad),
            signal_rule=signal.rule if signal else None,
            is_signal_provisional=signal.is_provisional if signal else None,
            recipient_id=recipient_id,
            due_on=due_on,
        )
        alert.attach(self.kpi, watched.member)
        alert.record_event("opened")
        await self.work.add(alert, to=Alert.CREATE)
        return alert

    async def _ask_again(self, alert: Alert, rule: AlertRule, watched: Watched) -> None:
        """Wake an alert whose day has come, follow a new owner, and ask the next in line."""
        if alert.status is AlertStatus.SNOOZED and alert.snoozed_until is not None:
            if alert.snoozed_until > self.today:
                self._look_on(alert.snoozed_until)
                return
            alert.ask("woken", *await self._choose_recipient(rule, watched, alert))
        if alert.status is not AlertStatus.OPEN:
            return
        recipient_id = await self._find_recipient(rule, watched, alert)
        if recipient_id != alert.recipient_id:
            due_on = await choose_due_day(self.work, recipient_id, rule.days_to_answer)
            alert.ask("reassigned", recipient_id, due_on)
        levels = 0 if self._is_private(watched) else rule.escalation_levels
        if alert.escalation_level >= levels:
            return
        if alert.due_on < self.today:
            await self._escalate(alert, rule)
        self._look_on(alert.due_on + ONE_DAY)

    async def _escalate(self, alert: Alert, rule: AlertRule) -> None:
        asked_id = alert.escalated_to_id or alert.recipient_id
        next_id = await find_next_in_line(self.work, asked_id)
        if next_id is not None:
            due_on = await choose_due_day(self.work, next_id, rule.days_to_answer)
            alert.escalate(PersonId(next_id), due_on)

    def _is_private(self, watched: Watched) -> bool:
        """Return whether managers may not see it: a KPI for named people, or a confined slice."""
        return self.kpi.visibility is KpiVisibility.NAMED or watched.is_confined

    async def _choose_recipient(
        self, rule: AlertRule, watched: Watched, alert: Alert | None = None
    ) -> tuple[PersonId, date]:
        recipient_id = await self._find_recipient(rule, watched, alert)
        return recipient_id, await choose_due_day(self.work, recipient_id, rule.days_to_answer)

    async def _find_recipient(
        self, rule: AlertRule, watched: Watched, alert: Alert | None = None
    ) -> PersonId:
        """Return whom the alert asks today: whom a person chose, else whom the rule names.

        Somebody who is absent is represented by the manager, unless a person chose them. Who has
        left is asked no more. A rule about a confined slice asks the owner of the KPI instead of
        somebody who may not see the slice.
        """
        if alert is not None and alert.is_assigned:
            assignee = await self.work.find(Person, id=alert.recipient_id)
            if assignee is not None and not assignee.has_left(self.today):
                return alert.recipient_id
        wanted = rule.recipient_id or self.kpi.owner_id
        if watched.is_confined and not await self._sees(wanted, rule, watched):
            wanted = self.kpi.owner_id
        if self._is_private(watched):
            return wanted
        return PersonId(await find_at_work(self.work, wanted))

    async def _sees(self, person_id: PersonId, rule: AlertRule, watched: Watched) -> bool:
        """Return whether a person may see what a rule says about a slice."""
        example = AlertRule(
            tenant_id=rule.tenant_id,
            kpi_id=self.kpi.id,
            condition=rule.condition,
            member_id=watched.member_id,
        )
        example.attach(self.kpi, watched.member)
        action = Action("see", AlertRule.SEE)
        return await self.work.is_permitted_to(person_id, example, to=action)

    def _look_at_open_period(self, watched: Watched) -> None:
        """Look again when the newest period that has a value is over."""
        for each in reversed(watched.measured):
            period = self.calendar.get(self.kpi.frequency, each.ordinal)
            if period.ends_before > self.today:
                self._look_on(period.ends_before)
            break

    def _look_on(self, day: date) -> None:
        if day > self.today:
            self.next_day = min(day, self.next_day or day)

    def _close(self, alerts: list[Alert], reason: AlertCloseReason) -> None:
        for each in alerts:
            each.close(reason, at=self.work.now)


def key_of(alert: Alert) -> tuple[UUID, UUID | None]:
    """Return what has at most one alert that is not closed: a rule, and a member or the total."""
    return alert.rule_id, alert.member_id
