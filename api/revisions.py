"""The verbs that all documents with revisions share, and the states of a revision."""

from api.kernel.schema.declarations import get_read_model, graph_enum
from api.kernel.schema.subscriptions import change_subscription
from api.kernel.schema.verbs import verb
from domain.revisions import (
    Revision,
    RevisionStatus,
    build_discarding,
    build_publishing,
    build_revising,
)

graph_enum(
    RevisionStatus,
    "Where a revision of a document stands.",
    draft="It can be changed. Only those who manage such documents see it.",
    published="It is in use, and never changes.",
    archived="A later revision has replaced it, or it was put out of use. What uses it keeps it.",
)


def declare_revision_verbs(node_type: type, kind: type[Revision], noun: str) -> None:
    """Declare the mutations that publish, revise, archive and discard, and the subscription."""
    assert get_read_model(node_type).aggregate is kind
    verb(
        node_type,
        kind.PUBLISH,
        f"Publish a draft. It never changes again, and the published revision of this {noun} is"
        " archived.",
        use_case=build_publishing(kind),
    )
    verb(
        node_type,
        kind.REVISE,
        f"Make a draft of the next revision of a {noun}, with the same content. The payload has the"
        " draft. A document has one draft at a time.",
        use_case=build_revising(kind),
    )
    verb(
        node_type,
        kind.ARCHIVE,
        f"Put a published {noun} out of use. What uses it keeps it.",
    )
    verb(
        node_type,
        kind.DISCARD,
        f"Delete a draft. Earlier revisions of the {noun} stay.",
        use_case=build_discarding(kind),
    )
    change_subscription(node_type)
