"""Answers of people without an account: the link, the page, the JSON document, and refusals."""

import re
import socket
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.http.errors import Rejection
from api.respond.form_tokens import FormTokens
from api.respond.limiter import MAX_OPEN_OF_LINK, MAX_WORKING, UNMARKED, ResponseLimiter
from api.respond.link_tokens import LinkTokens, ParsedLink
from domain.feedback import LinkKind, ResponseLink
from domain.kernel.identity import TenantId, generate_id
from tests.api.browser import CHROMIUM, DRIVER, a_browser
from tests.api.served_company import ServedCompany

FIELDS = """id status respondentName reason viewerCan answers { nodes {
    text authorName author { name } audience explanation } }"""
ASKED = f"feedbackRequest {{ {FIELDS} }} link {{ path lastDay }}"
PAGE = {"accept": "text/html"}
HOSTILE = '<b>"Ada" & Söhne</b>'


def ask(busy: ServedCompany, who: str = "mara", **more: Any) -> Any:
    input = {"respondentName": HOSTILE, "audience": "SUBJECT"} | more
    made = busy.mutate(who, "feedbackRequestExternal", ASKED, **input)
    assert made["errors"] == []
    return made


def find_requests(busy: ServedCompany, who: str) -> Any:
    query = f"{{ feedbackRequests {{ nodes {{ {FIELDS} }} }} }}"
    return busy.query(who, query)["feedbackRequests"]["nodes"]


def list_feedback(busy: ServedCompany, who: str) -> list[tuple[str, str | None]]:
    query = "{ feedbacks { nodes { text authorName } } }"
    nodes = busy.query(who, query)["feedbacks"]["nodes"]
    return [(each["text"], each["authorName"]) for each in nodes if each["authorName"]]


def read_token(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found is not None, page
    return found[1]


def test_somebody_outside_answers_by_a_link_without_an_account(busy: ServedCompany) -> None:
    made = ask(busy, questions=["What should I keep?"], message="Please\nhelp")
    request, path = made["feedbackRequest"], made["link"]["path"]
    assert (request["status"], request["respondentName"]) == ("OPEN", HOSTILE)
    assert request["viewerCan"] == ["CANCEL", "RENEW_LINK"]
    form = busy.client.get(path).json()
    assert (form["asker"], form["person"], form["respondent"]) == (
        *("Mara Okafor", "Mara Okafor", HOSTILE),
    )
    assert (form["status"], form["message"], form["questions"]) == (
        *("OPEN", "Please\nhelp", ["What should I keep?"]),
    )
    assert date.fromisoformat(form["lastDay"]) == date.fromisoformat(form["dueOn"]) + timedelta(13)
    assert form["explanation"].startswith("The person can read your text at once, with the name")
    told = {"action": "ANSWER", "text": " You answer fast. "}
    for _ in range(2):  # the second click changes nothing
        assert busy.client.post(path, json=told).json()["status"] == "ANSWERED"
    assert busy.client.post(path, json=told | {"text": "Other"}).json()["status"] == "ANSWERED"
    assert list_feedback(busy, "mara") == [("You answer fast.", HOSTILE)]
    (answer,) = find_requests(busy, "mara")[-1]["answers"]["nodes"]
    assert (answer["author"], answer["audience"]) == (None, "SUBJECT")
    assert answer["explanation"] == form["explanation"]
    for stranger in ("boss", "hr", "admin", "peer"):
        assert list_feedback(busy, stranger) == []
        assert all(each["id"] != request["id"] for each in find_requests(busy, stranger))


def test_the_page_is_a_form_that_only_itself_can_send(busy: ServedCompany) -> None:
    path = ask(busy, message="<script>alert(1)</script>")["link"]["path"]
    with httpx.Client(base_url=busy.client.base_url, headers=PAGE) as person:
        shown = person.get(path)
        assert shown.status_code == 200
        assert "default-src 'none'" in shown.headers["content-security-policy"]
        assert "SameSite=strict" in shown.headers["set-cookie"]
        assert "HttpOnly" in shown.headers["set-cookie"]
        assert "<script" not in shown.text
        assert HOSTILE in unescape(shown.text)
        form = {"csrf": read_token(shown.text), "action": "answer", "text": "Good\r\nwork"}
        for broken in ({"csrf": "0" * 64}, {"csrf": ""}, {"csrf": "ü"}):
            assert person.post(path, data=form | broken).status_code == 403
        with httpx.Client(base_url=busy.client.base_url, headers=PAGE) as other:
            assert other.post(path, data=form).status_code == 403
        assert list_feedback(busy, "mara") == []
        empty = person.post(path, data=form | {"text": " "})
        assert empty.status_code == 422
        assert "<title>Error: Feedback for Mara Okafor</title>" in empty.text
        assert 'role="alert"' in empty.text
        long = person.post(path, data=form | {"text": "x" * 5_001})
        assert long.status_code == 422
        assert "x" * 5_001 in long.text
        sent = person.post(path, data=form)
        assert (sent.status_code, sent.headers["location"]) == (303, path.removeprefix("respond/"))
        assert "Thank you" in person.get(path).text
    assert list_feedback(busy, "mara") == [("Good\nwork", HOSTILE)]


def test_a_respondent_declines_and_only_the_asker_learns_why(busy: ServedCompany) -> None:
    made = ask(busy, "boss", personId=busy.company.encode_id("person", "mara"), audience="MANAGER")
    path = made["link"]["path"]
    form = busy.client.get(path).json()
    assert (form["asker"], form["person"]) == ("Boss Okafor", "Mara Okafor")
    declined = busy.client.post(path, json={"action": "DECLINE", "reason": "No time"})
    assert declined.json()["status"] == "DECLINED"
    late = busy.client.post(path, json={"action": "ANSWER", "text": "Or yes"})
    assert (late.status_code, late.json()["errors"][0]["extensions"]["code"]) == (
        *(409, "STATE_CONFLICT"),
    )
    found = next(
        each for each in find_requests(busy, "boss") if each["id"] == made["feedbackRequest"]["id"]
    )
    assert (found["status"], found["reason"]) == ("DECLINED", "No time")
    assert all(each["id"] != found["id"] for each in find_requests(busy, "mara"))


def test_a_request_about_a_goal_shows_its_title_and_so_does_the_answer(busy: ServedCompany) -> None:
    goal = busy.company.encode_id("goal", "public")
    path = ask(busy, goalId=goal)["link"]["path"]
    title = busy.company.goals["public"].title
    assert busy.client.get(path).json()["goal"] == title
    assert f"their work on <bdi>{title}</bdi>" in busy.client.get(path, headers=PAGE).text
    busy.client.post(path, json={"action": "ANSWER", "text": "Well done."})
    read = f'{{ goal(by: {{ id: "{goal}" }}) {{ feedback {{ nodes {{ text authorName }} }} }} }}'
    answers = busy.query("mara", read)["goal"]["feedback"]["nodes"]
    assert {"text": "Well done.", "authorName": HOSTILE} in answers
    draft = busy.company.encode_id("goal", "draft")
    listed = len(find_requests(busy, "mara"))
    (refused,) = busy.mutate(
        *("mara", "feedbackRequestExternal", ASKED),
        respondentName="Ada",
        audience="SUBJECT",
        goalId=draft,
    )["errors"]
    assert (refused["code"], refused["field"]) == ("INVALID", ["goalId"])
    assert len(find_requests(busy, "mara")) == listed


def test_a_new_link_ends_the_earlier_one(busy: ServedCompany) -> None:
    made = ask(busy)
    id, old = made["feedbackRequest"]["id"], made["link"]["path"]
    payload = busy.mutate("mara", "feedbackRequestRenewLink", ASKED, id=id)
    new = payload["link"]["path"]
    assert (busy.client.get(old).status_code, busy.client.get(new).status_code) == (404, 200)
    (refused,) = busy.mutate("boss", "feedbackRequestRenewLink", ASKED, id=id)["errors"]
    assert refused["code"] == "NOT_FOUND"
    busy.mutate("mara", "feedbackRequestCancel", "feedbackRequest { status }", id=id)
    assert busy.client.get(new).json()["status"] == "CANCELLED"
    refusal = busy.client.post(new, json={"action": "ANSWER", "text": "Late"})
    assert refusal.status_code == 409
    assert list_feedback(busy, "mara") == []


def test_links_that_do_not_hold_have_the_same_answer(busy: ServedCompany) -> None:
    tokens = LinkTokens("another secret")
    found = tokens.parse(ask(busy)["link"]["path"].removeprefix("respond/"))
    assert found is not None
    link = found.link
    foreign = busy.other_company.tenant_id
    token = tokens.encode(link)
    wrong = [
        tokens.encode(ResponseLink(link.tenant_id, link.object_id, b"\0" * 24)),
        tokens.encode(ResponseLink(TenantId(foreign), link.object_id, link.secret)),
        tokens.encode(ResponseLink(link.tenant_id, generate_id(), link.secret)),
        tokens.encode(ResponseLink(TenantId(generate_id()), generate_id(), link.secret)),
        tokens.encode(replace(link, kind=LinkKind.RATER)),
        *("x", token[:-1], f"{token}A", "%C3%BC"),
    ]
    pages = {busy.client.get(f"respond/{each}", headers=PAGE).text for each in wrong}
    assert len(pages) == 1
    for each in wrong:
        for found in (
            busy.client.get(f"respond/{each}"),
            busy.client.post(f"respond/{each}", json={"action": "ANSWER", "text": "x"}),
        ):
            assert found.status_code == 404
            (error,) = found.json()["errors"]
            assert error["message"] == "There is no such link, or it does not hold any more."
    assert list_feedback(busy, "mara") == []


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ('{"action": "ANSWER", "text": 1}', "application/json", 400),
        ('{"action": "ANSWER"}', "application/json", 422),
        ('{"action": "OTHER", "text": "x"}', "application/json", 400),
        ("[]", "application/json", 400),
        ("{", "application/json", 400),
        ('{"action": "ANSWER", "text": "\\u0000"}', "application/json", 400),
        ("action=answer&text=x", "text/plain", 415),
        ("a=%FF", "application/x-www-form-urlencoded", 400),
        ("&".join("a=1" for _ in range(11)), "application/x-www-form-urlencoded", 400),
        ("action=answer&text=%00", "application/x-www-form-urlencoded", 400),
        ("action=answer&text=" + "x" * 70_000, "application/x-www-form-urlencoded", 413),
    ],
)
def test_a_bad_body_is_refused_and_changes_nothing(
    busy: ServedCompany, body: str, content_type: str, status: int
) -> None:
    path = ask(busy)["link"]["path"]
    sent = busy.client.post(path, content=body, headers={"content-type": content_type})
    assert sent.status_code == status, sent.text
    assert busy.client.get(path).json()["status"] == "OPEN"


def test_a_person_asks_a_limited_number_of_people_outside(busy: ServedCompany) -> None:
    for _ in range(20):
        ask(busy)
    refused = busy.mutate(
        "mara", "feedbackRequestExternal", ASKED, respondentName="Ada", audience="SUBJECT"
    )
    assert (refused["errors"][0]["code"], refused["link"]) == ("LIMIT_EXCEEDED", None)


def test_all_faults_of_a_request_are_named(busy: ServedCompany) -> None:
    refused = busy.mutate(
        *("mara", "feedbackRequestExternal", ASKED),
        respondentName="Ada",
        audience="MANAGER",
        dueOn="2001-01-01",
    )
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("INVALID", ["audience"]),
        ("OUT_OF_RANGE", ["dueOn"]),
    ]


def test_requests_of_links_are_limited() -> None:
    limiter = ResponseLimiter()
    with limiter.admit("a"), limiter.admit("a"):
        with pytest.raises(Rejection), limiter.admit("a"):
            pass
        with ExitStack() as stack:
            for _ in range(MAX_WORKING):
                stack.enter_context(limiter.work())
            with pytest.raises(Rejection), limiter.work():
                pass
    with limiter.admit("a"), limiter.work():
        pass


def test_made_up_links_are_looked_up_at_a_limited_rate_and_do_not_hold_up_others() -> None:
    times = [0.0]
    limiter = ResponseLimiter(clock=lambda: times[0])
    for _ in range(UNMARKED.capacity):
        limiter.look_up(is_marked=False)
    with pytest.raises(Rejection) as refused:
        limiter.look_up(is_marked=False)
    assert (refused.value.status, refused.value.headers) == (429, {"retry-after": "1"})
    for _ in range(1_000):
        limiter.look_up(is_marked=True)
    times[0] = 1 / UNMARKED.restore_rate
    limiter.look_up(is_marked=False)
    with pytest.raises(Rejection):
        limiter.look_up(is_marked=False)


def test_a_link_has_the_mark_of_the_service_that_made_it() -> None:
    link = ResponseLink.create(TenantId(generate_id()), generate_id(), LinkKind.RATER)
    token = LinkTokens("secret").encode(link)
    assert LinkTokens("secret").parse(token) == ParsedLink(link, is_marked=True)
    assert LinkTokens("other").parse(token) == ParsedLink(link, is_marked=False)
    earlier = urlsafe_b64encode(link.raw).rstrip(b"=").decode()  # links had no mark before
    assert LinkTokens("secret").parse(earlier) == ParsedLink(link, is_marked=False)
    assert LinkTokens("secret").parse(f"{token[:-1]}!") is None


def test_slow_bodies_of_links_take_no_place_that_others_need(busy: ServedCompany) -> None:
    address = (busy.client.base_url.host, busy.client.base_url.port)
    paths = [ask(busy)["link"]["path"] for _ in range(MAX_WORKING // MAX_OPEN_OF_LINK)]
    other = ask(busy, "boss")["link"]["path"]
    with ExitStack() as stack:
        for path in paths * MAX_OPEN_OF_LINK:
            connection = stack.enter_context(socket.create_connection(address, timeout=20))
            head = f"POST /{path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            connection.sendall(f"{head}content-length: 60000\r\n\r\n{{".encode())
        wait_until(lambda: 429 in [busy.client.get(each).status_code for each in paths])
        assert busy.client.get(other).status_code == 200
        answered = busy.client.post(other, json={"action": "ANSWER", "text": "In time"})
        assert answered.json()["status"] == "ANSWERED"


def wait_until(is_there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not is_there():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_form_token_is_for_one_cookie_and_one_link() -> None:
    tokens = FormTokens("secret")
    nonce = tokens.choose_nonce(None)
    assert tokens.choose_nonce(nonce) == nonce
    assert tokens.choose_nonce("<x>") != "<x>"
    field = tokens.sign(nonce, "link")
    assert tokens.fits(field, nonce, "link")
    assert not tokens.fits(field, nonce, "other")
    assert not tokens.fits(field, None, "link")
    assert not FormTokens("other").fits(field, nonce, "link")


@pytest.mark.skipif(CHROMIUM is None or DRIVER is None, reason="needs Chromium and chromedriver")
def test_the_page_works_on_a_phone_with_the_keyboard_alone(
    busy: ServedCompany, tmp_path: Path
) -> None:
    path = ask(busy, questions=["What should I keep?"], message="Please help")["link"]["path"]
    with a_browser(tmp_path) as browser:
        browser.set_size(360, 740)
        browser.open(f"{str(busy.client.base_url).rstrip('/')}/{path}")
        assert browser.run_script("return document.documentElement.scrollWidth") <= 360
        reached = []
        for _ in range(4):
            browser.press("\ue004")  # Tab
            reached.append(browser.run_script("return document.activeElement.tagName"))
        assert reached == ["TEXTAREA", "BUTTON", "SUMMARY", "BODY"] or reached[:3] == [
            *("TEXTAREA", "BUTTON", "SUMMARY"),
        ]
        browser.run_script("document.querySelector('#text').focus()")
        browser.press("Keep asking questions.")
        browser.press("\ue004")
        browser.press("\ue007")  # Enter on the button
        browser.wait_for("return document.querySelector('h1').textContent == 'Thank you'")
        assert browser.read_console_messages() == []
    assert list_feedback(busy, "mara") == [("Keep asking questions.", HOSTILE)]
