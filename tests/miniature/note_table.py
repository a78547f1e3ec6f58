"""The persistence layer of the miniature concept."""

from persistence.concept import register_concept
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import aggregate_table, tenant_index
from persistence.people import PERSON
from tests.miniature.note_model import Note

notes = aggregate_table("notes", *columns_of(Note), tenant_index("person_id", "id"), prefix="note")

NOTE = register_concept(Note, notes, order=("-id",), affects_access=False)
NOTE.belongs_to(PERSON, foreign_key="person_id", one="person", many="notes")
