"""The forms of dates in files. What could be read in two ways is asked, not guessed."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?(Z|[+-]00:?00)?$")
FORMS: Mapping[str, str] = {
    "YYYY-MM-DD": "%Y-%m-%d",
    "YYYY/MM/DD": "%Y/%m/%d",
    "YYYYMMDD": "%Y%m%d",
    "DD.MM.YYYY": "%d.%m.%Y",
    "DD/MM/YYYY": "%d/%m/%Y",
    "MM/DD/YYYY": "%m/%d/%Y",
    "DD-MM-YYYY": "%d-%m-%Y",
}
"""The pattern for `strptime` by the form's name."""


def find_date_forms(values: Iterable[str]) -> list[str]:
    """Return the forms that read the most of these values: several, if the values do not tell."""
    counts = dict.fromkeys(FORMS, 0)
    for value in values:
        for form in FORMS:
            counts[form] += parse_date(value, form) is not None
    most = max(counts.values(), default=0)
    return [form for form, count in counts.items() if count == most > 0]


def parse_date(value: str, form: str) -> str | None:
    """Return a day as YYYY-MM-DD, or None if it is not in this form. Midnight counts as its day."""
    try:
        day = datetime.strptime(MIDNIGHT.sub("", value), FORMS[form]).date()  # noqa: DTZ007
    except ValueError:
        return None
    return day.isoformat()
