"""Tables of values for COPY, and ids that are equal in every run."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random

from persistence.kernel.schema.derived_columns import derive_values
from persistence.registry import metadata

TODAY = date(2026, 9, 1)
"""The last day of the data set. It is fixed, so that every run finds the same rows."""

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class IdGenerator:
    """A generator of UUIDs of version 7 from a seed, ordered by their time."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)
        self._last = 0

    def generate(self, moment: datetime) -> str:
        """Return an id for that time. Ids of one millisecond stay in their order."""
        milliseconds = int(moment.timestamp() * 1000)
        chance = self._random.getrandbits(74)
        fresh = (
            milliseconds << 80
            | 0x7 << 76
            | (chance >> 62) << 64
            | 0b10 << 62
            | chance & (1 << 62) - 1
        )
        if fresh <= self._last and fresh >> 80 == self._last >> 80:
            fresh = self._last + 1
        self._last = fresh
        text = f"{fresh:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class TableRows:
    """Rows by table, each with the values in the order of the table's columns."""

    def __init__(self, tenant_id: str) -> None:
        self.tenant_id = tenant_id
        self._rows: dict[str, list[str]] = defaultdict(list)
        self._columns: dict[str, tuple[str, ...]] = {}
        self._required: dict[str, frozenset[str]] = {}

    def add_row(self, table: str, **values: object) -> None:
        """Add one row of the tenant. Columns without a value are null.

        COPY lists every column, so a column that may not be null needs a value even if it has a
        default.
        """
        columns = self._columns.get(table)
        if columns is None:
            columns = self._columns[table] = tuple(metadata.tables[table].columns.keys())
            self._required[table] = frozenset(
                each.name for each in metadata.tables[table].columns if not each.nullable
            )
        values["tenant_id"] = self.tenant_id
        values |= derive_values(metadata.tables[table], values)
        assert values.keys() <= set(columns), f"{table} has no {values.keys() - set(columns)}."
        missing = {name for name in self._required[table] if values.get(name) is None}
        assert not missing, f"A row of {table} needs {missing}."
        self._rows[table].append(
            "\t".join([_format_copy_value(values.get(name)) for name in columns])
        )

    def add_aggregate(self, table: str, moment: datetime, **values: object) -> None:
        """Add one aggregate with the version and times of a new one."""
        self.add_row(table, version=1, created_at=moment, updated_at=moment, **values)

    @property
    def tables(self) -> frozenset[str]:
        """The tables that have rows."""
        return frozenset(self._rows)

    def iterate_copy_data(self) -> Iterable[tuple[str, tuple[str, ...], bytes]]:
        """Yield each table, its columns and its rows in COPY's format, parents before parts."""
        for table in metadata.sorted_tables:
            if (rows := self._rows.get(table.fullname)) is not None:
                data = ("\n".join(rows) + "\n").encode()
                yield table.fullname, self._columns[table.fullname], data


def _format_copy_value(value: object) -> str:
    if value is None:
        return r"\N"
    if type(value) is bool:
        return "t" if value else "f"
    return str(value).replace("\\", r"\\")


def to_date(moment: datetime) -> date:
    """Return the date of a time."""
    return moment.date()


def add_duration(moment: datetime, **duration: float) -> datetime:
    """Return the time after a duration."""
    return moment + timedelta(**duration)


def choose_weighted(random: Random, weights: Mapping[str, int]) -> str:
    """Return one of the words at random, according to their weights."""
    return random.choices(tuple(weights), tuple(weights.values()))[0]
