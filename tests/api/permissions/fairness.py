"""Who may define fairness attributes, write values and compute figures, with inputs."""

from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input, encode_id_of

TABLE = """
                                mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
fairnessAttributeCreate            -    -     -      -    -    - ok      -      -     -       -      -     ok
fairnessAttributeSetValues         -    -     -      -    -    - ok      -      -     -       -      -      ?
reviewCycleComputeFairness         ?    ?     ?      ?    ?    ? ok      ?      ?     ?       ?      ?      ?
reviewCycleComputeFairness begun   ?    ?     ?      ?    ?    ?  s      ?      ?     ?       ?      ?      ?
"""  # noqa: E501 - a column for each person

COMPUTATION = {"attributeId": encode_id_of("fairnessattribute", "age"), "favouredFrom": 3}

INPUTS: Inputs = {
    "fairnessAttributeCreate": lambda _: {"name": "Site", "groups": ["North", "South"]},
    "fairnessAttributeSetValues": lambda company: {
        "id": company.encode_id("fairnessattribute", "age"),
        "values": [{"personId": company.encode_id("person", "lead"), "group": "Under 40"}],
    },
    "reviewCycleComputeFairness": build_input("reviewcycle", "over", **COMPUTATION),
    "reviewCycleComputeFairness begun": build_input("reviewcycle", "begun", **COMPUTATION),
}
