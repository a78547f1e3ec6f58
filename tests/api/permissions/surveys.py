"""Who may launch, answer, close and cancel surveys: the table, and the input of each row."""

from typing import Any

from tests.api.company import Company
from tests.api.permission_matrix import Input, Inputs
from tests.api.permissions.inputs import build_input

TABLE = """
                              mara boss chief former peer lead  hr hr_ops hr_far admin analyst nobody abroad
surveyLaunch                     -    -     -      -    -    -  ok      -      -     -       -      -      r
surveyLaunch ops                 -    -     -      -    -    -  ok     ok      -     -       -      r      r
surveyRespond                   ok   ok     -      -   ok   ok  ok      -      -     -       -      -      r
surveyRespond ops               ok   ok     r      r   ok    -   -      -      r     -       -      r      r
surveyRespond closed             s    s     s      s    s    s   s      s      s     s       s      s      r
surveyWithdrawResponse          ok   ok     -      -   ok   ok  ok      -      -     -       -      -      r
surveyClose                      -    -     -      -    -    -  ok      -      -     -       -      -      ?
surveyClose ops                  -    -     ?      ?    -    -  ok     ok      ?     -       -      ?      ?
surveyCancel                     -    -     -      -    -    -  ok      -      -     -       -      -      ?
surveyCancel closed              -    -     -      -    -    -   s      -      -     -       -      -      ?
surveyBankQuestionCreate         -    -     -      -    -    -  ok      -      -     -       -      -     ok
surveyBankQuestionRetire         -    -     -      -    -    -  ok      -      -     -       -      -      ?
surveyScheduleCreate             -    -     -      -    -    -  ok      -      -     -       -      -      r
surveyScheduleCreate ops         -    -     -      -    -    -  ok     ok      -     -       -      r      r
surveyScheduleEdit               -    -     -      -    -    -  ok      -      -     -       -      -      ?
surveyScheduleEdit ops           -    -     ?      ?    -    -  ok     ok      ?     -       -      ?      ?
surveyScheduleEnd                -    -     -      -    -    -  ok      -      -     -       -      -      ?
surveyScheduleEnd ops            -    -     ?      ?    -    -  ok     ok      ?     -       -      ?      ?
"""  # noqa: E501 - a column for each person

QUESTIONS = [{"kind": "RATING", "text": "How is your work?"}]
LAUNCH: dict[str, Any] = {
    "title": "Pulse",
    "closesOn": "2026-06-30",
    "threshold": 3,
    "questions": QUESTIONS,
}


def _schedule_in(unit: str) -> Any:
    return lambda company: {
        "title": "Pulse",
        "rule": "FREQ=MONTHLY",
        "questions": [{"questionId": company.encode_id("bankquestion", "recommend")}],
        "organizationId": company.encode_id("org", unit),
    }


def _launch_in(unit: str) -> Any:
    return lambda company: LAUNCH | {"organizationId": company.encode_id("org", unit)}


def _respond(name: str) -> Any:
    def input(company: Company) -> Input:
        question = company.encode_part_id("surveyquestion", company.surveys[name].questions)
        return {
            "surveyId": company.encode_id("survey", name),
            "answers": [{"questionId": question, "number": 4}],
        }

    return input


INPUTS: Inputs = {
    "surveyLaunch": _launch_in("hq"),
    "surveyLaunch ops": _launch_in("ops"),
    "surveyRespond": _respond("open"),
    "surveyRespond ops": _respond("of_ops"),
    "surveyRespond closed": _respond("closed"),
    "surveyWithdrawResponse": lambda company: {"surveyId": company.encode_id("survey", "open")},
    "surveyClose": build_input("survey", "open"),
    "surveyClose ops": build_input("survey", "of_ops"),
    "surveyCancel": build_input("survey", "open"),
    "surveyBankQuestionCreate": lambda _: {"kind": "RATING", "text": "My work is seen."},
    "surveyBankQuestionRetire": build_input("bankquestion", "recommend"),
    "surveyScheduleCreate": _schedule_in("hq"),
    "surveyScheduleCreate ops": _schedule_in("ops"),
    "surveyScheduleEdit": build_input("surveyschedule", "all", rule="FREQ=DAILY"),
    "surveyScheduleEdit ops": build_input("surveyschedule", "of_ops", rule="FREQ=DAILY"),
    "surveyScheduleEnd": build_input("surveyschedule", "all"),
    "surveyScheduleEnd ops": build_input("surveyschedule", "of_ops"),
    "surveyCancel closed": build_input("survey", "closed"),
}
