"""Staff: who works where, under whom and in which team; drawn from a seed, the same every time."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from api.demo.known import KNOWN, Known
from api.demo.names import CULTURES, FullName, mailbox
from api.demo.places import DARTMOUTH, HALIFAX, SITES, Site
from api.demo.trades import TRADES, Trade
from api.demo.units import DEPARTMENT, Unit
from api.demo.workers import Crew, Worker

PLACES = {**SITES, HALIFAX.city: HALIFAX, DARTMOUTH.city: DARTMOUTH}
ABROAD = 0.12
"""How many work in a country whose names they do not bear."""

LEVELS = ("M5", "M4", "M3", "M2", "M1")
REGIONS = {"us": "WH-AM", "br": "WH-AM", "sg": "WH-AP", "jp": "WH-AP", "ae": "WH-AP", "in": "WH-AP"}


@dataclass
class Staff:
    """Everybody of a tenant, managers first, with teams and the heads of units."""

    slug: str
    today: date
    chance: Random
    workers: list[Worker] = field(default_factory=list)
    crews: list[Crew] = field(default_factory=list)
    heads: dict[str, Worker] = field(default_factory=dict)
    known: dict[str, Worker] = field(default_factory=dict)
    mailboxes: set[str] = field(default_factory=set)

    def employ(
        self, title: str, level: str, site: Site, unit: str, manager: Worker | None, trade: str
    ) -> Worker:
        """Somebody new, with a name that fits the place and an address that nobody has."""
        name = self._name(site)
        worker = Worker(
            number=len(self.workers),
            name=name,
            email=f"{name.mailbox}@{self.slug}.example",
            title=title,
            level=level,
            site=site,
            unit=unit,
            trade=trade,
            manager=manager,
            hired_on=self._hired_on(level),
        )
        self.workers.append(worker)
        return worker

    def introduce(self, known: Known, worker: Worker) -> None:
        """Make somebody one of the people whom visitors may be."""
        shown = f"{known.given} {known.family}"
        worker.name = FullName(known.given, known.family, shown, mailbox(known.given, known.family))
        worker.email, worker.title = known.email, known.title
        worker.hired_on = self.today - timedelta(days=known.tenure)
        self.known[known.who] = worker

    def _name(self, site: Site) -> FullName:
        while True:
            culture = site.culture
            if self.chance.random() < ABROAD and culture != "ca":
                culture = self.chance.choice([each for each in CULTURES if each != "ca"])
            name = CULTURES[culture].name(self.chance)
            if name.mailbox not in self.mailboxes:
                self.mailboxes.add(name.mailbox)
                return name

    def _hired_on(self, level: str) -> date:
        if level.startswith("M"):
            years = self.chance.uniform(2.5, 6 + 2 * int(level[1]))
        elif self.chance.random() < 0.1:
            return self.today - timedelta(days=self.chance.randint(12, 330))
        else:
            years = 1.2 + min(self.chance.expovariate(1 / 3.5), 22)
        day = self.today - timedelta(days=int(years * 365.25))
        return day.replace(day=1) if self.chance.random() < 0.7 else day


def staffed(company: Unit, slug: str, today: date) -> Staff:
    """Everybody of a company, from its seed."""
    staff = Staff(slug, today, Random(f"{slug} staff"))
    _hire_heads(staff, company, None, 0)
    for unit, _ in company.walk():
        if unit.kind is DEPARTMENT:
            _hire_crews(staff, unit, TRADES[unit.trade])
    if slug == "meridian":
        for site in SITES.values():
            _hire_site(staff, site)
    for known in KNOWN:
        if known.tenant == slug:
            staff.introduce(known, _seat(staff, known))
    return staff


def _hire_heads(staff: Staff, unit: Unit, above: Worker | None, depth: int) -> None:
    title = unit.head or TRADES[unit.trade].head
    level = "M2" if unit.kind is DEPARTMENT else LEVELS[depth]
    site = PLACES[unit.cities[0]]
    head = staff.employ(title, level, site, unit.code, above, unit.trade)
    staff.heads[unit.code] = head
    for each in unit.below:
        _hire_heads(staff, each, head, depth + 1)


def _hire_crews(staff: Staff, unit: Unit, trade: Trade) -> None:
    head = staff.heads[unit.code]
    if unit.own_team:
        own = Crew(unit.own_team, unit.code, unit.trade, head.site, head)
        staff.crews.append(own)
        _fill(staff, own, trade, unit.size - 1)
    for city in unit.cities:
        site = PLACES[city]
        for pattern in trade.teams:
            lead = staff.employ(trade.lead, "M1", site, unit.code, head, unit.trade)
            crew = Crew(pattern.format(city=city), unit.code, unit.trade, site, lead)
            lead.crew = crew
            staff.crews.append(crew)
            _fill(staff, crew, trade, unit.size - 1 + staff.chance.choice((-1, -1, 0, 0, 1)))


def _hire_site(staff: Staff, site: Site) -> None:
    trade, above = TRADES["site"], staff.heads[REGIONS.get(site.culture, "WH-EU")]
    head = staff.employ(trade.head, "M1", site, site.code, above, "site")
    staff.heads[site.code] = head
    crew = Crew(trade.teams[0].format(city=site.city), site.code, "site", site, head)
    head.crew = crew
    staff.crews.append(crew)
    _fill(staff, crew, trade, 2)


def _fill(staff: Staff, crew: Crew, trade: Trade, seats: int) -> None:
    for seat in range(seats):
        title = trade.roles[seat % len(trade.roles)]
        level = (
            "P4" if title.startswith("Senior") else staff.chance.choice(("P1", "P2", "P2", "P3"))
        )
        worker = staff.employ(title, level, crew.site, crew.unit, crew.lead, crew.trade)
        worker.crew = crew
        crew.members.append(worker)


def _seat(staff: Staff, known: Known) -> Worker:
    """The place that somebody known takes: the head of a unit, or a member of one of its teams."""
    if known.seat is None:
        return staff.heads[known.unit]
    crews = [each for each in staff.crews if each.unit == known.unit]
    return crews[known.seat[0]].members[known.seat[1]]
