"""Why the embedded server cannot run, said to the person who started it."""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot run: one sentence says why, the next what to do about it."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
