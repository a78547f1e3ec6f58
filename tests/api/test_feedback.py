"""Feedback between people: who reads it, who learns its author, and what nobody learns."""

from datetime import timedelta
from typing import Any

from tests.api.company import Company
from tests.api.test_subscriptions import next_event

READ = """{ feedbacks { totalCount nodes { mode audience author { name }
    version createdAt updatedAt history(first: 1) { totalCount } } } }"""
GIVEN = "feedback { id version mode audience author { name } releasedOn explanation viewerCan }"
PRAISED = [("IDENTIFIED", "PUBLIC")]
INVALID_KEY, NO_GOAL = ("INVALID_FORMAT", "competencyKey"), ("REFERENCE_NOT_FOUND", "goalId")
HIDDEN, SECRET = ("CONFIDENTIAL", "SUBJECT"), ("CONFIDENTIAL", "MANAGER")
NAMED = [("IDENTIFIED", each) for each in ("MANAGER", "PUBLIC", "SUBJECT", "SUBJECT_AND_MANAGER")]


async def give(company: Company, who: str, **more: Any) -> Any:
    input = {"personId": company.encode_id("person", "mara"), "audience": "SUBJECT"}
    return await company.mutate(who, "feedbackGive", GIVEN, **input | {"text": "Hello"} | more)


async def act(company: Company, who: str, verb: str, name: str, **more: Any) -> Any:
    id = company.encode_id("feedback", name)
    payload = await company.mutate(who, verb, "feedback { audience status }", id=id, **more)
    codes = [each["code"] for each in payload["errors"]]
    return codes or payload["feedback"]


async def list_read(company: Company, who: str) -> list[tuple[str, str]]:
    """Return mode and audience of all feedback that somebody reads."""
    found = (await company.query(who, READ))["feedbacks"]
    assert found["totalCount"] == len(found["nodes"])
    return sorted((each["mode"], each["audience"]) for each in found["nodes"])


async def test_the_audience_reads_feedback_and_nobody_else_knows_of_it(company: Company) -> None:
    assert await list_read(company, "peer") == [SECRET, HIDDEN, *NAMED]
    assert await list_read(company, "mara") == [HIDDEN, *NAMED[1:]]
    for above in ("boss", "chief"):
        assert await list_read(company, above) == [SECRET, NAMED[0], NAMED[1], NAMED[3]]
    for other in ("former", "lead", "hr", "hr_ops", "hr_far", "admin", "analyst"):
        assert await list_read(company, other) == PRAISED
    assert await list_read(company, "nobody") == []
    for name in ("manager", "secret"):
        assert await act(company, "mara", "feedbackAcknowledge", name) == ["NOT_FOUND"]
        assert await act(company, "admin", "feedbackWithdraw", name) == ["NOT_FOUND"]


async def test_a_new_manager_reads_what_was_given_before_and_a_former_one_does_not(
    company: Company,
) -> None:
    """`former` stands above Mara again from today on, and `boss` no longer does."""
    mara, former = (company.encode_id("person", each) for each in ("mara", "former"))
    new = {"id": mara, "managerId": former, "startsOn": "2026-06-15"}
    payload = await company.mutate("hr", "personAssignManager", "person { id }", **new)
    assert payload["errors"] == []
    assert await list_read(company, "former") == [SECRET, NAMED[0], NAMED[1], NAMED[3]]
    assert await list_read(company, "boss") == PRAISED


async def test_nothing_of_confidential_feedback_tells_its_author_or_the_time(
    company: Company,
) -> None:
    made = (await give(company, "lead", mode="CONFIDENTIAL"))["feedback"]
    assert made["author"] == {"name": "Lead Okafor"}
    assert made["explanation"].startswith("The person can read your text from the day of its rel")
    assert made["id"][9 + 14] == "4"  # a random UUID
    assert await list_read(company, "mara") == [HIDDEN, *NAMED[1:]]
    company.graph.now += timedelta(days=1)
    found = (await company.query("mara", READ))["feedbacks"]["nodes"]
    hidden = [each for each in found if each["mode"] == "CONFIDENTIAL"]
    midnight = {"author": None, "version": 1, "history": None}
    assert hidden == [
        {"mode": HIDDEN[0], "audience": HIDDEN[1], "createdAt": at, "updatedAt": at} | midnight
        for at in ("2026-06-16T00:00:00+00:00", "2026-06-13T00:00:00+00:00")
    ]
    for who in ("mara", "boss", "hr", "admin"):
        for condition in ("author: { name: { isNull: false } }", "author: { id: { eq: $id } }"):
            query = (
                f"query($id: ID!) {{ feedbacks(where: {{ {condition} }}) {{ nodes {{ mode }} }} }}"
            )
            query = query if "$id }" in condition else query.replace("query($id: ID!) ", "")
            variables = {"id": company.encode_id("person", "lead")} if "$id }" in condition else {}
            nodes = (await company.query(who, query, **variables))["feedbacks"]["nodes"]
            assert {"mode": "CONFIDENTIAL"} not in nodes
        given = "{ people { nodes { feedbackGiven { totalCount nodes { mode } } } } }"
        assert "CONFIDENTIAL" not in str(await company.query(who, given))
        log = "{ auditLog(first: 50) { nodes { entity } } }"
        assert "'FEEDBACK'" not in str(await company.query(who, log))


async def test_events_go_to_the_audience_and_of_confidential_feedback_to_the_author(
    company: Company,
) -> None:
    """Also when the changes that were missed are sent again, after the release."""
    changed = """subscription($after: String) { feedbackChanged(after: $after) {
        cursor feedback { text } deletedFeedbackId } }"""
    cursor = (await company.query("mara", "{ tenant { changeCursor } }"))["tenant"]["changeCursor"]
    listeners = {
        who: await company.graph.subscribe(who, changed) for who in ("lead", "mara", "boss")
    }
    for audience, mode in (
        *(("MANAGER", "IDENTIFIED"), ("SUBJECT", "CONFIDENTIAL")),
        *(("SUBJECT_AND_MANAGER", "CONFIDENTIAL"), ("PUBLIC", "IDENTIFIED")),
    ):
        text = f"{audience} {mode}"
        assert not (await give(company, "lead", audience=audience, mode=mode, text=text))["errors"]

    async def read(who: str) -> str:
        event = (await next_event(listeners[who]))["data"]["feedbackChanged"]
        return str(event["feedback"]["text"])

    company.graph.now += timedelta(days=1)
    listeners["mara"] = await company.graph.subscribe("mara", changed, after=cursor)
    assert await read("mara") == "PUBLIC IDENTIFIED"
    assert [await read("boss") for _ in range(2)] == ["MANAGER IDENTIFIED", "PUBLIC IDENTIFIED"]
    assert (await read("lead"), await read("lead")) == (
        "MANAGER IDENTIFIED",
        "SUBJECT CONFIDENTIAL",
    )


async def test_the_cursor_of_the_tenant_tells_nobody_when_feedback_was_given(
    company: Company,
) -> None:
    cursor = "{ tenant { changeCursor } }"
    before = await company.query("mara", cursor)
    assert not (await give(company, "lead", audience="SUBJECT", mode="CONFIDENTIAL"))["errors"]
    assert await company.query("mara", cursor) == before


async def test_authors_withdraw_feedback_until_its_release(company: Company) -> None:
    """The text is gone, also from the journal that only its author reads."""
    made = await give(company, "peer", text="Zzyzx", mode="CONFIDENTIAL")
    for name in ("hidden", "subject", "public"):
        withdrawn = await act(company, "peer", "feedbackWithdraw", name)
        assert withdrawn == (["STATE_CONFLICT"] if name == "hidden" else None)
    assert await list_read(company, "mara") == [HIDDEN, NAMED[3]]
    log = "{ auditLog(first: 50) { nodes { entity action changes { field after } } } }"
    assert "Zzyzx" in str(await company.query("peer", log))
    gone = {"id": made["feedback"]["id"]}
    payload = await company.mutate("peer", "feedbackWithdraw", "deletedFeedbackId", **gone)
    assert payload == {"deletedFeedbackId": gone["id"], "errors": []}
    assert "Zzyzx" not in str(await company.query("peer", log))
    named = "subject_and_manager"
    assert await act(company, "mara", "feedbackWithdraw", named) == ["NOT_PERMITTED"]
    company.graph.now += timedelta(days=1)
    assert await act(company, "peer", "feedbackWithdraw", named) == ["STATE_CONFLICT"]


async def test_what_was_read_stays(company: Company) -> None:
    read = await act(company, "mara", "feedbackAcknowledge", "subject")
    assert read == {"audience": "SUBJECT", "status": "ACKNOWLEDGED"}
    assert await act(company, "peer", "feedbackWithdraw", "subject") == ["STATE_CONFLICT"]
    assert await act(company, "boss", "feedbackAcknowledge", "manager") == {
        "audience": "MANAGER",
        "status": "ACKNOWLEDGED",
    }
    refused = await act(company, "boss", "feedbackAcknowledge", "subject_and_manager")
    assert refused == ["NOT_PERMITTED"]


async def test_only_the_author_shows_feedback_to_more_people(company: Company) -> None:
    verb = "feedbackChangeAudience"
    assert await act(company, "mara", verb, "subject", audience="PUBLIC") == ["NOT_PERMITTED"]
    assert await act(company, "boss", verb, "public", audience="SUBJECT") == ["NOT_PERMITTED"]
    assert await act(company, "mara", verb, "public", audience="SUBJECT") == ["INVALID"]
    taken_back = await act(company, "mara", verb, "public", audience="SUBJECT_AND_MANAGER")
    assert taken_back == {"audience": "SUBJECT_AND_MANAGER", "status": "GIVEN"}
    assert await list_read(company, "lead") == []
    shown = await act(company, "peer", verb, "subject", audience="PUBLIC")
    assert shown == {"audience": "PUBLIC", "status": "GIVEN"}
    assert await list_read(company, "lead") == PRAISED
    assert await act(company, "peer", verb, "hidden", audience="MANAGER") == ["STATE_CONFLICT"]


async def test_all_faults_of_feedback_are_told_and_nothing_is_kept(company: Company) -> None:
    draft = company.encode_id("goal", "draft")
    chief, alumna = (company.encode_id("person", each) for each in ("chief", "alumna"))
    goal = company.encode_id("goal", "private")
    for input, expected in (
        ({"text": " ", "competencyKey": "Ä"}, {("REQUIRED", "text"), INVALID_KEY}),
        ({"goalId": goal, "personId": alumna}, {NO_GOAL, ("INVALID", "personId")}),
        ({"mode": "CONFIDENTIAL", "audience": "PUBLIC"}, {("INVALID", "audience")}),
        ({"personId": chief, "audience": "MANAGER"}, {("INVALID", "audience")}),
        ({"personId": company.encode_id("person", "lead")}, {("INVALID", "personId")}),
        ({"text": "x" * 5_001}, {("TOO_LONG", "text")}),
    ):
        errors = (await give(company, "lead", **input))["errors"]
        assert {(each["code"], *each["field"]) for each in errors} == expected
    errors = (await give(company, "boss", goalId=draft))["errors"]
    assert [(each["code"], each["field"]) for each in errors] == [("INVALID", ["goalId"])]
    assert await list_read(company, "lead") == PRAISED


async def reveal(company: Company, who: str, name: str, reason: str = "A complaint") -> Any:
    id = company.encode_id("feedback", name)
    input = {"feedbackId": id, "reason": reason}
    payload = await company.mutate(who, "feedbackRevealAuthor", "person { name }", **input)
    return [each["code"] for each in payload["errors"]] or payload["person"]["name"]


async def test_an_officer_looks_an_author_up_and_the_audit_log_keeps_it(company: Company) -> None:
    before = await company.query("mara", READ)
    assert await reveal(company, "hr", "secret") == "Peer Okafor"
    assert await reveal(company, "hr_ops", "hidden") == "Peer Okafor"
    assert await reveal(company, "hr", "hidden", " ") == ["REQUIRED"]
    assert await company.query("mara", READ) == before
    log = """{ auditLog(where: { action: { eq: FEEDBACK_AUTHOR_REVEALED } }) { nodes {
        actor { name } entity changes { field after } } } }"""
    found = (await company.query("admin", log))["auditLog"]["nodes"]
    assert [(each["actor"]["name"], each["entity"]) for each in found] == [
        *(("Hr_Ops Okafor", "MEMBER"), ("Hr Okafor", "MEMBER"))
    ]
    assert [each["after"] for each in found[0]["changes"] if each["field"] == "reason"] == [
        "A complaint"
    ]


async def test_nobody_else_looks_an_author_up(company: Company) -> None:
    """Also no officer about themselves, or about somebody below them."""
    hr = company.roles["hr"].id
    for who in ("mara", "boss"):
        assert await reveal(company, who, "manager") == [
            "NOT_FOUND" if who == "mara" else "NOT_PERMITTED"
        ]
        given = {"id": company.encode_id("member", who), "roleId": f"role_{hr}"}
        payload = await company.mutate("ruler", "memberAssignRole", "member { id }", **given)
        assert payload["errors"] == []
    for who, name, code in (
        *(("hr", "subject", "NOT_FOUND"), ("hr", "public", "NOT_PERMITTED")),
        *(("hr_far", "secret", "NOT_FOUND"), ("admin", "secret", "NOT_FOUND")),
        *(("lead", "hidden", "NOT_FOUND"), ("peer", "secret", "NOT_PERMITTED")),
        *(("mara", "secret", "NOT_FOUND"), ("mara", "hidden", "NOT_PERMITTED")),
        *(("boss", "secret", "NOT_PERMITTED"), ("boss", "hidden", "NOT_FOUND")),
    ):
        assert await reveal(company, who, name, " ") == [code], (who, name)
    log = "{ auditLog(where: { action: { eq: FEEDBACK_AUTHOR_REVEALED } }) { totalCount } }"
    assert (await company.query("admin", log))["auditLog"]["totalCount"] == 0


async def test_an_officer_who_was_the_manager_since_then_looks_no_author_up(
    company: Company,
) -> None:
    """Otherwise officers could make themselves managers, read, and look the author up later."""
    for manager in ("hr", "boss"):
        input = {
            "id": company.encode_id("person", "mara"),
            "managerId": company.encode_id("person", manager),
            "startsOn": company.graph.now.date().isoformat(),
        }
        payload = await company.mutate("ruler", "personAssignManager", "person { id }", **input)
        assert payload["errors"] == []
        company.graph.now += timedelta(days=1)
    assert await reveal(company, "hr", "secret") == ["NOT_FOUND"]
    assert await reveal(company, "hr_ops", "secret") == "Peer Okafor"


async def test_feedback_about_a_person_is_erased_with_the_person(company: Company) -> None:
    """What the person wrote stays: it is about somebody else."""
    texts = "{ feedbacks(first: 20) { nodes { text subject { name } } } }"
    assert "Alumna" in str(await company.query("ruler", texts))
    person = {"id": company.encode_id("person", "alumna"), "confirmName": "Alumna Okafor"}
    input = person | {"reason": "REQUESTED"}
    payload = await company.mutate("ruler", "personErase", "person { id }", **input)
    assert payload["errors"] == []
    found = (await company.query("ruler", texts))["feedbacks"]["nodes"]
    about = {"Mara Okafor", "Newcomer Okafor", "Ruler Okafor"}
    assert {each["subject"]["name"] for each in found} == about
    log = "{ auditLog(first: 3) { nodes { entity action changes { field before } } } }"
    entries = (await company.query("ruler", log))["auditLog"]["nodes"]
    (entry,) = [each for each in entries if each["entity"] == "FEEDBACK"]
    assert entry["action"] == "ERASED"
    assert {"field": "text", "before": None} in entry["changes"]
    asked = "{ feedbackRequests { nodes { respondent { name } message questions reason status } } }"
    left = {"message": None, "questions": [], "reason": None, "status": "DECLINED"}
    nodes = (await company.query("ruler", asked))["feedbackRequests"]["nodes"]
    people = [each for each in nodes if each["respondent"]]
    erased = [each for each in people if each["respondent"]["name"].startswith("Erased ")]
    assert [{**each, "respondent": None} for each in erased] == [left | {"respondent": None}]
