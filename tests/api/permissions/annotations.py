"""Who may change annotations: the table, and the input of each row."""

from typing import Any

from tests.api.company import Company
from tests.api.permission_matrix import Input, Inputs
from tests.api.permissions.inputs import build_input, build_owner, encode_id_of

TABLE = """
                             mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
annotationCreate tenant         -    -     -      -    -    - ok      -      -     -       -      -     ok
annotationCreate kpi           ok    -     -      -    -    - ok     ok      -     -       -      r      r
annotationCreate unit           -    -     -      -    -    - ok     ok      -     -       -      r      r
annotationCreate team           -    -     -      -    -    - ok     ok      -     -       -      r      r
annotationEdit of_tenant        -    -     -      -    -    - ok      -      -     -       -      -      ?
annotationEdit of_kpi          ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
annotationEdit of_named_kpi    ok    ?     ?      ?    -    ? ok     ok      ?     ?       ?      ?      ?
annotationEdit of_unit          -    -     -      -    -    - ok     ok      -     -       -      ?      ?
annotationEdit of_team          -    -     -      -    -    - ok     ok      -     -       -      ?      ?
annotationDelete               ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
"""  # noqa: E501 (a table has a column for everybody)


def _build_annotation_input(**scope: Any) -> Any:
    def input(company: Company) -> Input:
        annotation = {"title": "Strike", "startsOn": "2026-03-02"}
        return annotation | ({"scope": build_owner(**scope)(company)} if scope else {})

    return input


INPUTS: Inputs = {
    "annotationCreate tenant": _build_annotation_input(),
    "annotationCreate kpi": _build_annotation_input(kpiId=encode_id_of("kpi", "shared")),
    "annotationCreate unit": _build_annotation_input(organizationId=encode_id_of("org", "ops")),
    "annotationCreate team": _build_annotation_input(teamId=encode_id_of("team", "dispatch")),
    **{
        f"annotationEdit {name}": build_input("annotation", name, title="Strike")
        for name in ("of_tenant", "of_kpi", "of_named_kpi", "of_unit", "of_team")
    },
    "annotationDelete": build_input("annotation", "of_kpi"),
}
