"""Who may change what reviews need: the table, and the input of each row."""

from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input

VERBS = """
          mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
Create       -    -     -      -    -    - ok      -      -     -       -      -     ok
Edit         ?    ?     ?      ?    ?    ? ok      ?      ?     ?       ?      ?      ?
Edit used    -    -     -      -    -    -  s      -      -     -       -      -      ?
Publish      ?    ?     ?      ?    ?    ? ok      ?      ?     ?       ?      ?      ?
Revise       -    -     -      -    -    - ok      -      -     -       -      -      ?
Archive      -    -     -      -    -    - ok      -      -     -       -      -      ?
Discard      ?    ?     ?      ?    ?    ? ok      ?      ?     ?       ?      ?      ?
"""
"""The verbs of every document with revisions."""

DOCUMENTS = ("ratingScale", "competencyFramework", "reviewTemplate")
HEAD, *ROWS = VERBS.strip().splitlines()
TABLE = "\n".join([HEAD, *(f"{document}{row}" for document in DOCUMENTS for row in ROWS)])

LEVELS = [{"label": "Misses", "value": "0"}, {"label": "Meets", "value": "1"}]
COMPETENCIES = [{"key": "care", "name": "Care"}]
SECTIONS = [{"key": "results", "title": "Results"}]

INPUTS: Inputs = {
    "ratingScaleCreate": lambda _: {"name": "Pass or not", "levels": LEVELS},
    "ratingScaleEdit": build_input("ratingscale", "draft", name="Points"),
    "ratingScaleEdit used": build_input("ratingscale", "published", name="Points"),
    "ratingScalePublish": build_input("ratingscale", "draft"),
    "ratingScaleRevise": build_input("ratingscale", "published"),
    "ratingScaleArchive": build_input("ratingscale", "published"),
    "ratingScaleDiscard": build_input("ratingscale", "draft"),
    "competencyFrameworkCreate": lambda _: {"name": "Care", "competencies": COMPETENCIES},
    "competencyFrameworkEdit": build_input("framework", "draft", name="Skills"),
    "competencyFrameworkEdit used": build_input("framework", "published", name="Skills"),
    "competencyFrameworkPublish": build_input("framework", "draft"),
    "competencyFrameworkRevise": build_input("framework", "published"),
    "competencyFrameworkArchive": build_input("framework", "published"),
    "competencyFrameworkDiscard": build_input("framework", "draft"),
    "reviewTemplateCreate": lambda _: {"name": "Year", "sections": SECTIONS},
    "reviewTemplateEdit": build_input("reviewtemplate", "draft", name="Half-year"),
    "reviewTemplateEdit used": build_input("reviewtemplate", "published", name="Half-year"),
    "reviewTemplatePublish": build_input("reviewtemplate", "draft"),
    "reviewTemplateRevise": build_input("reviewtemplate", "published"),
    "reviewTemplateArchive": build_input("reviewtemplate", "published"),
    "reviewTemplateDiscard": build_input("reviewtemplate", "draft"),
}
