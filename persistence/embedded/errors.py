"""The error of the embedded server, whose message is for the person who started it."""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot run: one sentence says why, the next what to do."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
