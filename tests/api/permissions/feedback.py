"""Who may give, change and withdraw feedback: the table, and the input of each row."""

from typing import Any

from tests.api.company import Company
from tests.api.permission_matrix import Input, Inputs
from tests.api.permissions.inputs import build_input

TABLE = """
                                     mara boss chief former peer lead  hr hr_ops hr_far admin analyst nobody abroad
feedbackGive                          ok   ok    ok     ok   ok   ok   ok     ok     ok    ok      ok      r      r
feedbackGive confidential             ok   ok    ok     ok   ok   ok   ok     ok     ok    ok      ok      r      r
feedbackRequest mine                  ok   ok    ok     ok   ok   ok   ok     ok     ok    ok      ok      r      r
feedbackRequest about                 ok   ok    ok      -    -    -    -      -      -     -       -      r      r
feedbackDecline to_ruler               -    ?     ?      ?    ?    ?    ?      ?      ?     ?       ?      ?      ?
feedbackDecline of_mara                -    ?     ?      ?   ok    ?    ?      ?      ?     ?       ?      ?      ?
feedbackDecline of_boss                ?    -     ?      ?   ok    ?    ?      ?      ?     ?       ?      ?      ?
feedbackDecline closed                 -    ?     ?      ?    s    ?    ?      ?      ?     ?       ?      ?      ?
feedbackRequestCancel by_ruler         ?    ?     ?      ?    ?    -    ?      ?      ?     ?       ?      ?      ?
feedbackRequestCancel of_mara         ok    ?     ?      ?    -    ?    ?      ?      ?     ?       ?      ?      ?
feedbackRequestCancel of_boss          ?   ok     ?      ?    -    ?    ?      ?      ?     ?       ?      ?      ?
feedbackRequestExternal mine          ok   ok    ok     ok   ok   ok   ok     ok     ok    ok      ok     ok     ok
feedbackRequestExternal about         ok   ok    ok      -    -    -    -      -      -     -       -      r      r
feedbackRequestRenewLink outside       ?    ?     ?      ?    ?    ?    ?      ?      ?     ?       ?      ?      ?
feedbackRequestRenewLink of_mara       s    ?     ?      ?    -    ?    ?      ?      ?     ?       ?      ?      ?
feedbackAcknowledge to_ruler           ?    ?     ?      ?    ?    ?    ?      ?      ?     ?       ?      ?      ?
feedbackAcknowledge subject           ok    ?     ?      ?    -    ?    ?      ?      ?     ?       ?      ?      ?
feedbackAcknowledge manager            ?   ok    ok      ?    -    ?    ?      ?      ?     ?       ?      ?      ?
feedbackAcknowledge public            ok    -     -      -    -    -    -      -      -     -       -      ?      ?
feedbackAcknowledge hidden            ok    ?     ?      ?    -    ?    ?      ?      ?     ?       ?      ?      ?
feedbackChangeAudience by_ruler        ?    ?     ?      ?    ?    ?    ?      ?      ?     ?       ?      ?      ?
feedbackChangeAudience subject         -    ?     ?      ?   ok    ?    ?      ?      ?     ?       ?      ?      ?
feedbackChangeAudience public         ok    -     -      -   ok    -    -      -      -     -       -      ?      ?
feedbackChangeAudience manager         ?    -     -      ?   ok    ?    ?      ?      ?     ?       ?      ?      ?
feedbackChangeAudience hidden          -    ?     ?      ?    s    ?    ?      ?      ?     ?       ?      ?      ?
feedbackWithdraw by_ruler              ?    ?     ?      ?    ?    ?    ?      ?      ?     ?       ?      ?      ?
feedbackWithdraw subject               -    ?     ?      ?   ok    ?    ?      ?      ?     ?       ?      ?      ?
feedbackWithdraw secret                ?    -     -      ?    s    ?    ?      ?      ?     ?       ?      ?      ?
feedbackRevealAuthor hidden            -    ?     ?      ?    -    ?   ok     ok      ?     ?       ?      ?      ?
feedbackRevealAuthor secret            ?    -     -      ?    -    ?   ok     ok      ?     ?       ?      ?      ?
feedbackRevealAuthor public            -    -     -      -    -    -    -      -      -     -       -      ?      ?
"""  # noqa: E501 - a column for each person


def _build_gift(**more: Any) -> Any:
    """Build feedback about the newcomer, whom everybody sees and nobody is."""

    def input(company: Company) -> Input:
        subject = company.encode_id("person", "newcomer")
        return {"personId": subject, "audience": "SUBJECT", "text": "Welcome"} | more

    return input


def _build_look(name: str) -> Any:
    return lambda company: {
        "feedbackId": company.encode_id("feedback", name),
        "reason": "A complaint",
    }


def _build_change(verb: str, *names: str, **more: Any) -> Inputs:
    return {f"{verb} {each}": build_input("feedback", each, **more) for each in names}


def _build_answers(verb: str, *names: str, **more: Any) -> Inputs:
    return {f"{verb} {each}": build_input("feedbackrequest", each, **more) for each in names}


NARROW = {"audience": "SUBJECT_AND_MANAGER"}

INPUTS: Inputs = {
    "feedbackGive": _build_gift(),
    "feedbackGive confidential": _build_gift(mode="CONFIDENTIAL"),
    "feedbackRequest mine": lambda company: {
        "respondentId": company.encode_id("person", "newcomer"),
        "audience": "SUBJECT",
    },
    "feedbackRequest about": lambda company: {
        "respondentId": company.encode_id("person", "newcomer"),
        "personId": company.encode_id("person", "mara"),
        "audience": "SUBJECT_AND_MANAGER",
    },
    **_build_answers("feedbackDecline", "to_ruler", "of_mara", "of_boss", "closed"),
    **_build_answers("feedbackRequestCancel", "by_ruler", "of_mara", "of_boss"),
    **_build_answers("feedbackRequestRenewLink", "outside", "of_mara"),
    "feedbackRequestExternal mine": lambda _: {"respondentName": "Ada", "audience": "SUBJECT"},
    "feedbackRequestExternal about": lambda company: {
        "respondentName": "Ada",
        "personId": company.encode_id("person", "mara"),
        "audience": "SUBJECT_AND_MANAGER",
    },
    **_build_change("feedbackAcknowledge", "to_ruler", "subject", "manager", "public", "hidden"),
    **_build_change(
        *("feedbackChangeAudience", "by_ruler", "subject", "public", "manager", "hidden"), **NARROW
    ),
    **_build_change("feedbackWithdraw", "by_ruler", "subject", "secret"),
    **{
        f"feedbackRevealAuthor {each}": _build_look(each) for each in ("hidden", "secret", "public")
    },
}
