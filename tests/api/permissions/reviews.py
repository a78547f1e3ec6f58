"""Who may change what reviews need: the table, and the input of each row."""

from typing import Any

from tests.api.company import Company
from tests.api.permission_matrix import Input, Inputs
from tests.api.permissions.inputs import build_input, encode_id_of

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
RULE_ROW = f"scoreRule{ROWS[0].removesuffix('ok')}"
PACKETS = """
reviewPacketCreate               -   ok    ok      -    -    - ok     ok      -     -       -      r      r
reviewPacketCancel               ?    -     ?      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
reviewDecide                     ?   ok     ?      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
reviewDecide shared              -    s     -      ?    ?    ?  s      s      ?     ?       ?      ?      ?
reviewComputeScore               ?   ok     ?      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
reviewComputeScore without       ?    s     ?      ?    ?    ?  s      s      ?     ?       ?      ?      ?
reviewApprove                    ?    -     ?      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
reviewReturn                     ?    -     ?      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
reviewShare                      ?   ok     ?      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
reviewAcknowledge                ?    -     ?      ?    ?    ?  -      -      ?     ?       ?      ?      ?
reviewAcknowledge shared        ok    -     -      ?    ?    ?  -      -      ?     ?       ?      ?      ?
reviewRefuseToSign               ?    -     ?      ?    ?    ?  -      -      ?     ?       ?      ?      ?
reviewRefuseToSign shared       ok    -     -      ?    ?    ?  -      -      ?     ?       ?      ?      ?
reviewDispute                    ?    -     ?      ?    ?    ?  -      -      ?     ?       ?      ?      ?
reviewDispute shared            ok    -     -      ?    ?    ?  -      -      ?     ?       ?      ?      ?
reviewResolve                    -    -     -      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
reviewSaveAnswer                 ?    ?     ?      ?    ?    ?  -      -      ?     ?       ?      ?      ?
reviewSaveAnswer of_mara        ok    ?     ?      ?    ?    ?  -      -      ?     ?       ?      ?      ?
reviewSaveAnswer of_boss         ?    s     ?      ?    ?    ?  -      -      ?     ?       ?      ?      ?
reviewSubmit                     ?    ?     ?      ?    ?    ?  -      -      ?     ?       ?      ?      ?
reviewReopen                     ?   ok     ?      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
reviewReopen shown               -    -     -      ?    ?    ?  -      -      ?     ?       ?      ?      ?
reviewSetStandIn                 -    ?     ?      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
"""  # noqa: E501 - a column for each person
TABLE = "\n".join(
    [
        HEAD,
        *(f"{document}{row}" for document in DOCUMENTS for row in ROWS),
        RULE_ROW + "r",  # the scale of the input is in the other tenant
        *(f"scoreRule{row}" for row in ROWS[1:]),
        *PACKETS.strip().splitlines(),
    ]
)


def _build_packet_input(company: Company) -> Input:
    order = {
        "direction": "EXTRA",
        "writerId": company.encode_id("person", "peer"),
        "templateId": company.encode_id("reviewtemplate", "published"),
    }
    return {
        "subjectId": company.encode_id("person", "mara"),
        "startsOn": "2026-01-01",
        "lastDay": "2026-06-30",
        "dueOn": "2026-07-15",
        "reviews": [order],
    }


def _build_answer(which: str) -> Any:
    return build_input("review", which, questionKey="went_well", text="Much.")


LEVELS = [{"label": "Misses", "value": "0"}, {"label": "Meets", "value": "1"}]
COMPETENCIES = [{"key": "care", "name": "Care"}]
STEPS = [{"kind": "LEVEL", "level": 1}]
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
    "scoreRuleCreate": lambda company: {
        "name": "Counts",
        "validFrom": "2026-01-01",
        "scaleId": company.encode_id("ratingscale", "published"),
        "steps": STEPS,
    },
    "scoreRuleEdit": build_input("scorerule", "draft", name="Sums"),
    "scoreRuleEdit used": build_input("scorerule", "published", name="Sums"),
    "scoreRulePublish": build_input("scorerule", "draft"),
    "scoreRuleRevise": build_input("scorerule", "published"),
    "scoreRuleArchive": build_input("scorerule", "published"),
    "scoreRuleDiscard": build_input("scorerule", "draft"),
    "reviewPacketCreate": _build_packet_input,
    "reviewPacketCancel": build_input("reviewpacket", "collecting"),
    "reviewDecide": build_input("reviewpacket", "collecting", level=2),
    "reviewComputeScore": build_input("reviewpacket", "scored"),
    "reviewComputeScore without": build_input("reviewpacket", "collecting"),
    "reviewApprove": build_input("reviewpacket", "decided"),
    "reviewReturn": build_input("reviewpacket", "decided", reason="Name an example."),
    "reviewDecide shared": build_input("reviewpacket", "shared", level=2),
    "reviewShare": build_input("reviewpacket", "decided"),
    "reviewAcknowledge": build_input("reviewpacket", "own"),
    "reviewAcknowledge shared": build_input("reviewpacket", "shared"),
    "reviewRefuseToSign": build_input("reviewpacket", "own"),
    "reviewRefuseToSign shared": build_input("reviewpacket", "shared"),
    "reviewDispute": build_input("reviewpacket", "own", statement="I did more."),
    "reviewDispute shared": build_input("reviewpacket", "shared", statement="I did more."),
    "reviewResolve": build_input("reviewpacket", "disputed", resolution="We talked."),
    "reviewSaveAnswer": _build_answer("of_ruler"),
    "reviewSaveAnswer of_mara": _build_answer("of_mara"),
    "reviewSaveAnswer of_boss": _build_answer("of_boss"),
    "reviewSubmit": build_input("review", "complete"),
    "reviewReopen": build_input("review", "of_boss", reason="A typing error."),
    "reviewReopen shown": build_input("review", "shown", reason="A typing error."),
    "reviewSetStandIn": build_input(
        "review", "of_mara", personId=encode_id_of("person", "peer"), reason="She is ill."
    ),
}
