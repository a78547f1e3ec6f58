"""The page of a rater without an account: a form, a JSON document, and what both refuse."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.respond.raters import RaterLinks
from domain.feedback_programs import RaterForm
from domain.feedback_programs.external import ShownLevel, ShownQuestion
from tests.api.browser import CHROMIUM, DRIVER, a_browser
from tests.api.served_company import ServedCompany

PAGE = {"accept": "text/html"}
MADE = "links { made { name path } }"
TAB, ENTER, DOWN = "\ue004", "\ue007", "\ue015"


def make_link(busy: ServedCompany) -> str:
    id = busy.company.encode_id("feedbackprogram", "open")
    made = busy.mutate("hr", "feedbackProgramMakeLinks", MADE, id=id)["links"]["made"]
    path: str = made[0]["path"]
    return path


def read_token(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found is not None, page
    return found[1]


def test_a_client_reads_and_sends_json(busy: ServedCompany) -> None:
    path = make_link(busy)
    form = busy.client.get(path).json()
    assert (form["status"], form["person"], form["respondent"]) == (
        *("OPEN", "Mara Okafor", "Ada at a customer"),
    )
    assert [(each["key"], each["isRequired"]) for each in form["questions"]] == [
        *(("delivers", False), ("listens", False), ("more", False)),
    ]
    assert form["questions"][0]["levels"][0]["level"] == 1
    answers: list[Any] = [{"questionKey": "delivers", "level": 2}]
    sent = busy.client.post(path, json={"action": "ANSWER", "answers": answers})
    assert (sent.status_code, sent.json()) == (200, form)
    wrong = [*answers, {"questionKey": "delivers", "level": 1}, {"questionKey": "more"}]
    refused = busy.client.post(path, json={"action": "ANSWER", "answers": wrong})
    assert refused.status_code == 422
    assert [each["path"] for each in refused.json()["errors"]] == [
        *(["answers", "1", "questionKey"], ["answers", "2", "text"]),
    ]
    assert busy.client.post(path, json={"action": "WITHDRAW"}).json() == form
    for body in (
        {"action": "DECLINE"},
        {"action": "ANSWER"},
        {"action": "ANSWER", "answers": [1]},
        {"action": "ANSWER", "answers": [{"questionKey": "delivers", "level": "2"}]},
        {"action": "ANSWER", "answers": [{"questionKey": "more", "text": 2}]},
        {"action": "ANSWER", "answers": [{}] * 201},
    ):
        assert busy.client.post(path, json=body).status_code == 400, body


def test_the_page_keeps_what_was_sent_when_something_is_wrong(busy: ServedCompany) -> None:
    path = make_link(busy)
    with httpx.Client(base_url=busy.client.base_url, headers=PAGE) as person:
        shown = person.get(path)
        assert "default-src 'none'" in shown.headers["content-security-policy"]
        form = {"csrf": read_token(shown.text), "action": "answer"}
        told = form | {"level.delivers": "3", "text.more": "x" * 2_001}
        wrong = person.post(path, data=told)
        assert wrong.status_code == 422
        assert '<a href="#question-more">What should this person do more? The' in wrong.text
        assert 'id="question-more"' in wrong.text
        assert re.search(r'name="level.delivers" value="3"\s+checked', wrong.text)
        assert "x" * 2_001 in wrong.text
        nothing = person.post(path, data=form | {"level.delivers": "", "text.more": " "})
        assert (nothing.status_code, "Answer at least one question." in nothing.text) == (422, True)
        assert person.post(path, data=form | {"level.delivers": "x"}).status_code == 400
        assert person.post(path, data=told | {"csrf": "0" * 64}).status_code == 403
        sent = person.post(path, data=told | {"text.more": "More visits."})
        token = path.removeprefix("respond/")
        assert (sent.status_code, sent.headers["location"]) == (303, f"{token}?sent=answered")
        assert "Thank you" in person.get(f"{path}?sent=answered").text
        again = person.get(path)
        assert read_token(again.text) == form["csrf"]
        assert again.text == shown.text  # the link does not tell that it was used
        taken = person.post(path, data=form | {"action": "withdraw"})
        assert taken.headers["location"] == f"{token}?sent=withdrawn"
        assert "Taken back" in person.get(f"{path}?sent=withdrawn").text


def test_a_required_rating_says_so_and_offers_no_way_out() -> None:
    levels = (ShownLevel("Below", "Seldom."), ShownLevel("Above", None))
    asked = [
        ShownQuestion(key, f"{key}?", None, is_required, levels)
        for key, is_required in (("needed", True), ("other", False))
    ]
    form = RaterForm("Ada", "T", "Mara", "All", None, (*asked,), date(2026, 6, 15), "A. B.")
    needed, other = RaterLinks().render(form, "token").split("<fieldset")[1:]
    assert '<legend dir="auto">needed? <span class="note">Required</span></legend>' in needed
    assert (needed.count(" required"), needed.count("<input"), "I cannot say" in needed) == (
        *(2, 2, False),
    )
    assert '<legend dir="auto">other?</legend>' in other
    assert (other.count(" required"), "I cannot say" in other) == (0, True)


@pytest.mark.skipif(CHROMIUM is None or DRIVER is None, reason="needs Chromium and chromedriver")
def test_a_rater_answers_on_a_phone_with_the_keyboard_alone(
    busy: ServedCompany, tmp_path: Path
) -> None:
    path = make_link(busy)
    with a_browser(tmp_path) as browser:
        browser.set_size(390, 844)
        browser.open(f"{str(busy.client.base_url).rstrip('/')}/{path}")
        assert browser.run_script("return document.documentElement.scrollWidth") <= 390
        heights = (
            "return [...document.querySelectorAll('.choice, button')].map(e => e.offsetHeight)"
        )
        assert min(each for each in browser.run_script(heights) if each) >= 44
        browser.press(TAB)
        browser.press(DOWN)
        browser.press(TAB)
        browser.press(DOWN)
        browser.press(TAB)
        assert browser.run_script("return document.activeElement.id") == "question-more"
        browser.press("Call back sooner.")
        browser.press(TAB)
        browser.press(ENTER)
        browser.wait_for("return document.querySelector('h1').textContent == 'Thank you'")
        assert browser.read_console_messages() == []
