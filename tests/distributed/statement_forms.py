"""Forms of statements that Citus refuses, so that no code uses them; see decision 0064."""

import re
from collections.abc import Iterator

PATTERNS = {
    "an array of records; build JSON instead": r"ARRAY ?\( ?SELECT ROW ?\(|array_agg ?\( ?ROW ?\(",
    "a transaction number; use the tenant's clock": r"pg_current_(xact_id|snapshot)|pg_snapshot_",
    "WITH RECURSIVE before INSERT; put it behind": r"^ ?WITH RECURSIVE .*\) INSERT INTO",
    "a row compared with a subquery; join it": (
        r"\b(DELETE|UPDATE)\b.*\(\w+(\.\w+)?, ?\w+(\.\w+)?\) IN \( ?SELECT"
    ),
    "a tenant for the whole session; use SET LOCAL": (
        r"SET (SESSION )?app\.tenant_id|set_config\('app\.tenant_id', [^()]*, ?false\)"
    ),
    "a table without its tenant; keep a condition that is always false beside it": (
        r"\bFROM \w+( AS \w+)? WHERE false\b"
    ),
    "a random value; send it as a parameter": (
        r"\b(UPDATE|DELETE|MERGE)\b.*\b(random|gen_random_uuid|clock_timestamp)\("
    ),
    "a plan mode; EngineKind has it": r"plan_cache_mode",
}
MIGRATION_PATTERNS = {
    "a renamed constraint; drop it and add another": r"RENAME CONSTRAINT",
    "a constraint beside another change; add it in a statement of its own": (
        r"ALTER TABLE [^;]*, ?ADD CONSTRAINT|ADD CONSTRAINT [^;]*\) ?, ?(ADD|ALTER|DROP|VALIDATE) "
    ),
    "a constraint that is checked at the end": r"DEFERRABLE",
    "a trigger": r"CREATE (CONSTRAINT )?TRIGGER",
    "a changed column of distribution": r"UPDATE [^;]* SET tenant_id|COLUMN tenant_id (TYPE|DROP)",
}
WORD = re.compile(r"[A-Za-z_]+|[()]")


def list_refused_forms(sql: str) -> list[str]:
    """Return which of these forms a statement has."""
    text = re.sub(r"\s+", " ", sql)
    found = [form for form, pattern in PATTERNS.items() if re.search(pattern, text, re.IGNORECASE)]
    if any(_is_insert_by_copy(words) for words in _split_levels(text)):
        found.append("an INSERT … SELECT that returns nothing; use count_inserted")
    return found


def list_refused_changes(sql: str) -> list[str]:
    """Return which forms the statement of a migration has that Citus refuses."""
    text = re.sub(r"\s+", " ", sql)
    return [
        form
        for form, pattern in MIGRATION_PATTERNS.items()
        if re.search(pattern, text, re.IGNORECASE)
    ]


def _is_insert_by_copy(words: list[str]) -> bool:
    """Return whether these words, without those in parentheses, insert what they select."""
    if "INSERT" not in words:
        return False
    rest = words[words.index("INSERT") :]
    return "SELECT" in rest and "RETURNING" not in rest


def _split_levels(text: str) -> Iterator[list[str]]:
    """Yield the words of each pair of parentheses, without those of inner ones, then the rest."""
    levels: list[list[str]] = [[]]
    for match in WORD.finditer(re.sub(r"'[^']*'", "''", text)):
        if match[0] == "(":
            levels.append([])
        elif match[0] == ")" and levels[1:]:
            yield levels.pop()
        else:
            levels[-1].append(match[0].upper())
    yield from levels
