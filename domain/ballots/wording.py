"""The words that say who could learn what a sealed ballot says."""

from domain.ballots.batches import MIN_SIZE

SECRECY = (
    "Until the results are published, your answers lie sealed in a batch with those of others: of"
    f" {MIN_SIZE} people or more, or of all who are asked if they are fewer. Who reads the database"
    " sees who took part, and not which answers are whose. The operator of the server has the"
    " secrets that open them, and could read your answers with your name until then. Then all"
    " single answers are destroyed, and nobody can look them up later."
)
