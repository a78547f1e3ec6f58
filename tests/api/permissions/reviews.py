"""Who may change rating scales: the table, and the input of each row."""

from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input

TABLE = """
                     mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
ratingScaleCreate       -    -     -      -    -    - ok      -      -     -       -      -     ok
ratingScaleEdit         ?    ?     ?      ?    ?    ? ok      ?      ?     ?       ?      ?      ?
ratingScaleEdit used    -    -     -      -    -    -  s      -      -     -       -      -      ?
ratingScalePublish      ?    ?     ?      ?    ?    ? ok      ?      ?     ?       ?      ?      ?
ratingScaleRevise       -    -     -      -    -    - ok      -      -     -       -      -      ?
ratingScaleArchive      -    -     -      -    -    - ok      -      -     -       -      -      ?
ratingScaleDiscard      ?    ?     ?      ?    ?    ? ok      ?      ?     ?       ?      ?      ?
"""

LEVELS = [{"label": "Misses", "value": "0"}, {"label": "Meets", "value": "1"}]

INPUTS: Inputs = {
    "ratingScaleCreate": lambda _: {"name": "Pass or not", "levels": LEVELS},
    "ratingScaleEdit": build_input("ratingscale", "draft", name="Points"),
    "ratingScaleEdit used": build_input("ratingscale", "published", name="Points"),
    "ratingScalePublish": build_input("ratingscale", "draft"),
    "ratingScaleRevise": build_input("ratingscale", "published"),
    "ratingScaleArchive": build_input("ratingscale", "published"),
    "ratingScaleDiscard": build_input("ratingscale", "draft"),
}
