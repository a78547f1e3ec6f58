"""Who may launch, answer, close and cancel feedback programs, and look authors up."""

from typing import Any

from api.kernel.schema.global_ids import encode_id
from tests.api.company import Company
from tests.api.permission_matrix import Input, Inputs
from tests.api.permissions.inputs import build_input

TABLE = """
                                 mara boss chief former peer lead  hr hr_ops hr_far admin analyst nobody abroad
feedbackProgramLaunch               -    -     -      -    -    -  ok     ok      -     -       -      r      r
feedbackProgramLaunch former        -    -     -      -    -    -  ok      -     ok     -       -      r      r
feedbackProgramPropose              -    -     -      -    -    -  ok     ok      -     -       -      r      r
feedbackProgramRespond             ok   ok     r     ok   ok   ok   -     ok      r     r       r      r      r
feedbackProgramRespond of_hr        r    r    ok      r    r    r   r      r      -     r       r      r      r
feedbackProgramRespond published    s    s     s      s    s    s   s      s      r     r       r      r      r
feedbackProgramWithdrawResponse    ok   ok     r     ok   ok   ok   -     ok      r     r       r      r      r
feedbackProgramMakeLinks            -    -     ?      -    -    -  ok     ok      ?     ?       ?      ?      ?
feedbackProgramClose                -    -     ?      -    -    -  ok     ok      ?     ?       ?      ?      ?
feedbackProgramClose of_hr          ?    ?     -      ?    ?    ?   ?      ?     ok     ?       ?      ?      ?
feedbackProgramCancel               -    -     ?      -    -    -  ok     ok      ?     ?       ?      ?      ?
feedbackProgramCancel published     -    -     -      -    -    -   s      s      ?     ?       ?      ?      ?
feedbackProgramRevealAuthor         -    -     -      ?    ?    ?  ok     ok      ?     ?       ?      ?      ?
feedbackProgramScheduleCreate       -    -     -      -    -    -  ok      -      -     -       -      -      r
feedbackProgramScheduleCreate ops   -    -     -      -    -    -  ok     ok      -     -       -      r      r
feedbackProgramScheduleEdit         ?    ?     ?      ?    ?    ?  ok      ?      ?     ?       ?      ?      ?
feedbackProgramScheduleEdit ops     ?    ?     ?      ?    ?    ?  ok     ok      ?     ?       ?      ?      ?
feedbackProgramScheduleEnd          ?    ?     ?      ?    ?    ?  ok      ?      ?     ?       ?      ?      ?
feedbackProgramScheduleEnd ops      ?    ?     ?      ?    ?    ?  ok     ok      ?     ?       ?      ?      ?
"""  # noqa: E501 - a column for each person

LAUNCH: dict[str, Any] = {"title": "From all sides", "mode": "ANONYMOUS", "audience": "SUBJECT"}


def _launch_about(who: str, manager: str) -> Any:
    return lambda company: (
        LAUNCH
        | {
            "subjectId": company.encode_id("person", who),
            "templateId": company.encode_id("reviewtemplate", "rated"),
            "raters": [{"personId": company.encode_id("person", manager)}],
        }
    )


def _schedule_in(unit: str) -> Any:
    return lambda company: (
        LAUNCH
        | {
            "rule": "FREQ=YEARLY",
            "population": "MANAGERS",
            "organizationId": company.encode_id("org", unit),
            "templateId": company.encode_id("reviewtemplate", "rated"),
        }
    )


def _respond(name: str) -> Any:
    return lambda company: {
        "programId": company.encode_id("feedbackprogram", name),
        "answers": [{"questionKey": "delivers", "level": 2}],
    }


def _reveal(company: Company) -> Input:
    (text,) = company.feedback_programs.records[-1:]
    return {"answerId": encode_id("feedbackanswer", text.id), "reason": "A complaint."}


INPUTS: Inputs = {
    "feedbackProgramLaunch": _launch_about("peer", "boss"),
    "feedbackProgramLaunch former": lambda company: {
        **_launch_about("former", "chief")(company),
        "mode": "IDENTIFIED",
    },
    "feedbackProgramPropose": lambda company: {"subjectId": company.encode_id("person", "peer")},
    "feedbackProgramRespond": _respond("open"),
    "feedbackProgramRespond of_hr": _respond("of_hr"),
    "feedbackProgramRespond published": _respond("published"),
    "feedbackProgramWithdrawResponse": lambda company: {
        "programId": company.encode_id("feedbackprogram", "open")
    },
    "feedbackProgramMakeLinks": build_input("feedbackprogram", "open"),
    "feedbackProgramClose": build_input("feedbackprogram", "open"),
    "feedbackProgramClose of_hr": build_input("feedbackprogram", "of_hr"),
    "feedbackProgramCancel": build_input("feedbackprogram", "open"),
    "feedbackProgramCancel published": build_input("feedbackprogram", "published"),
    "feedbackProgramRevealAuthor": _reveal,
    "feedbackProgramScheduleCreate": _schedule_in("hq"),
    "feedbackProgramScheduleCreate ops": _schedule_in("ops"),
    "feedbackProgramScheduleEdit": build_input("programschedule", "all", rule="FREQ=DAILY"),
    "feedbackProgramScheduleEdit ops": build_input("programschedule", "of_ops", rule="FREQ=DAILY"),
    "feedbackProgramScheduleEnd": build_input("programschedule", "all"),
    "feedbackProgramScheduleEnd ops": build_input("programschedule", "of_ops"),
}
