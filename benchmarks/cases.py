"""Cases: the requests to measure, with their persona and tenants. A new row is a new table line."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.dataset.sizes import BASE, DATASET_PARTS, DatasetPart

HR, EMPLOYEE, MANAGER = "hr", "employee", "manager"
DOCUMENTS = Path(__file__).parent / "documents"

SHARED_GOALS_SQL = """
    SELECT jsonb_build_object('id', 'goal_' || id) FROM goals
    WHERE tenant_id = $1 AND visibility <> 'private' AND status <> 'draft'
    ORDER BY id DESC LIMIT 10"""
ROOTS_SQL = """
    SELECT jsonb_build_object('root', 'org_' || id) FROM organizations
    WHERE tenant_id = $1 AND parent_id IS NULL"""
OWN_PERSON_SQL = "SELECT jsonb_build_object('me', 'person_' || $2::uuid)"
SEARCHES_SQL = """
    SELECT jsonb_build_object('search', word, 'location', place)
    FROM unnest(ARRAY['an', 'ma', 'jo', 'le', 'so']) word,
         unnest(ARRAY['Berlin', 'Lisbon', 'Tokyo', 'Lagos']) place"""
CHECK_INS_SQL = """
    SELECT jsonb_build_object('input', jsonb_build_object(
        'id', 'goal_' || g.id, 'confidence', 'AT_RISK', 'note', 'As the figures of the week say.',
        'values', (SELECT jsonb_agg(jsonb_build_object(
                       'keyResultId', 'keyres_' || k.id, 'value', (turn + k.position)::text))
                   FROM key_results k WHERE k.tenant_id = $1 AND k.goal_id = g.id)))
    FROM generate_series(1, 2) turn, LATERAL (
        SELECT id FROM goals
        WHERE tenant_id = $1 AND visibility <> 'private' AND status = 'active'
          AND owner_person_id IS DISTINCT FROM $2
        ORDER BY id LIMIT 20) g
    ORDER BY turn, g.id"""
"""The oldest goals, whose key results no other case reads; the values differ each time."""
""
NEW_GOALS_SQL = """
    SELECT jsonb_build_object('inputs', jsonb_agg(jsonb_build_object(
        'title', 'Answer within ' || place || ' hours', 'dueOn', '2027-03-31',
        'owner', jsonb_build_object('personId', 'person_' || id),
        'keyResults', jsonb_build_array(jsonb_build_object(
            'title', 'Hours to an answer', 'startValue', '40', 'targetValue', '24')))))
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM people
          WHERE tenant_id = $1 AND left_on IS NULL ORDER BY id LIMIT 100) owners"""


@dataclass(frozen=True)
class Case:
    """A request that one persona sends in several tenants in turn.

    `variables` is a statement that returns one row of variables for each request; its parameters
    are the tenant `$1` and the person `$2`. `writes` means that its rows are deleted afterwards.
    """

    name: str
    title: str
    persona: str = HR
    part: DatasetPart = BASE
    document_name: str | None = None
    variables_sql: str | None = None
    is_write: bool = False
    tenant_count: int = 20

    @property
    def slugs(self) -> tuple[str, ...]:
        """The slugs of the tenants in which it is sent."""
        return self.part.slugs[: self.tenant_count]

    @cached_property
    def document(self) -> str:
        """The document for Trellis, which most contenders understand."""
        return self.read_document("")

    def read_document(self, dialect: str) -> str:
        """Return the document for a contender with a schema of its own."""
        return (DOCUMENTS / dialect / f"{self.document_name or self.name}.graphql").read_text()

    def has_document(self, dialect: str) -> bool:
        """Return whether there is a document for such a contender."""
        return (DOCUMENTS / dialect / f"{self.document_name or self.name}.graphql").exists()


CASES = {
    case.name: case
    for case in (
        Case("goals-page", "50 goals, owner, key results, total (HR)"),
        Case(
            "goals-page-employee", "the same for an employee", EMPLOYEE, document_name="goals-page"
        ),
        Case(
            "goals-page-manager",
            "the same for a manager of many",
            MANAGER,
            document_name="goals-page",
        ),
        Case("goal", "one goal by id, with history", variables_sql=SHARED_GOALS_SQL),
        Case("tree", "four levels of organizations, people and goals", variables_sql=ROOTS_SQL),
        Case("dashboard", "the first screen: six root fields", variables_sql=OWN_PERSON_SQL),
        Case(
            "people-search",
            "people found, filtered, ordered, counted among 50,000",
            part=DATASET_PARTS["large"],
            variables_sql=SEARCHES_SQL,
        ),
        Case(
            "check-in",
            "a check-in that returns its goal",
            variables_sql=CHECK_INS_SQL,
            is_write=True,
        ),
        Case(
            "create",
            "a batch of 100 goals, each somebody else's, with a key result",
            variables_sql=NEW_GOALS_SQL,
            is_write=True,
        ),
    )
}
