"""The API layer of the miniature concept; importing it adds notes to the graph."""

from uuid import UUID

import api.schema  # noqa: F401 - the real concepts come first
from api.kernel.schema.declarations import Connection, graph_enum, many, node, one, queries, value
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.subscriptions import change_subscription
from api.kernel.schema.verbs import edit_verb, verb
from api.people import Person
from domain.kernel.fields import new_values
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.people import Person as PersonAggregate
from persistence.reading.read_model import ROOT
from tests.miniature import note_model
from tests.miniature.note_model import NoteStatus
from tests.miniature.note_table import NOTE

graph_enum(NoteStatus, "Whether a note is open.", open="Open.", archived="Put away.")


@node(NOTE, where=("id", "text", "status", "person", "created_at"), order_by=("text", "created_at"))
class Note:
    """What an author notes about a person."""

    text: str = value("The text.")
    status: NoteStatus = value("Whether the note is open.")
    person: Person | None = one("The person. Null when the viewer may not see them.")


@queries(ROOT)
class NoteQueries:
    """Root fields of notes."""

    notes: Connection[Note] = many("All notes that the viewer may see.")


@input_type(creates=Note)
class NoteCreateInput:
    """Input of `noteCreate`."""

    person_id: UUID = input_field("The person.", id_prefix="person")


@mutation(Note, batch="notes")
async def note_create(work: Work, input: NoteCreateInput) -> note_model.Note:
    """Write a note about a person."""
    await work.reference(PersonAggregate, input.person_id, "personId")
    assert work.actor.person_id is not None
    note = note_model.Note(
        tenant_id=work.actor.tenant_id,
        author_id=work.actor.person_id,
        person_id=PersonId(input.person_id),
        **new_values(note_model.Note, given_values(input, note_model.Note)),
    )
    note.record_event("created")
    await work.add(note, to=note_model.Note.CREATE)
    return note


note_edit = edit_verb(Note, note_model.Note.EDIT, "Edit an open note.")
note_archive = verb(Note, note_model.Note.ARCHIVE, "Put an open note away.")
note_changed = change_subscription(Note)
