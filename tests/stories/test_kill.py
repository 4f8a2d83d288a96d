"""kill -9 of web and worker at twenty random moments of the main story: nothing acknowledged is lost, nothing is done twice."""

import hashlib
import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.stories.killer import KILLS, Killer
from tests.stories.site import Site, today
from tests.stories.test_lottery import NUMBER, colleague_types, end_the_days_of_checking, picture
from tests.stories.visitor import Lost, Page, Visitor

CALL = "it-passport-winter"
APPLY = f"/c/hagi/calls/{CALL}/apply/"
DESK = "/c/hagi/desk/"
PUPIL, MOTHER = "kill-pupil@example.jp", "kill-mother@example.jp"
PERSON = "SELECT p.id FROM people_person p JOIN people_account a ON a.id = p.account_id WHERE a.email = ?"
PLACES = f"participation_participation WHERE person_id IN ({PERSON})"
RUN_OF = "SELECT selection_run_id FROM calls_call WHERE code = ?"
RUN = f"SELECT state FROM calls_selectionrun WHERE id IN ({RUN_OF})"
ATTEMPTS = 60


@pytest.fixture
def fragile(demo_folder: Path, tmp_path: Path) -> Iterator[Site]:
    """A site of its own, where a dead worker's work returns after three seconds."""
    # One web worker: it is back sooner, and twenty times.
    site = Site(tmp_path / "site", web_workers=1, SONJUKU_TASK_LEASE="3")
    site.prepare_from(demo_folder)
    site.start()
    yield site
    site.stop()


@dataclass
class Step:
    """`looks_done` reads the pages; `do` returns once the site has said that it is done; `stands` reads the database."""

    name: str
    looks_done: Callable[[], bool]
    do: Callable[[], Any]
    stands: Callable[[], Any] = lambda: True


class Story:
    """The people of the main story. Whoever gets no answer opens the page again and goes on from what it shows."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.people = [Visitor(site.url) for _ in range(4)]
        self.pupil, self.mother, self.desk, self.stranger = self.people
        self.ticket = self.survey = self.badge = ""
        self.verified = False

    def steps(self) -> list[Step]:
        return [*self._applying(), *self._deciding(), *self._taking_part()]

    def _applying(self) -> list[Step]:
        account = "SELECT id FROM people_account WHERE email = ?"
        return [
            Step("register", self.is_logged_in, self.register, lambda: self.site.one(account, PUPIL)),
            Step(
                "profile", lambda: not self.pupil.get(APPLY).has_field("family_name"), self.tell,
                lambda: self.site.one(PERSON, PUPIL),
            ),
            Step(
                "apply", lambda: "/me/applications/" in self.pupil.get(APPLY).url, self.apply,
                lambda: self.mine("calls_application") and self.file_is_there(),
            ),
            Step(
                "consent", lambda: "同意をいただきました" in self.request().text, self.consent,
                lambda: self.mine("people_consent", "given_at", "purpose = 'guardian'"),
            ),
        ]  # fmt: skip

    def _deciding(self) -> list[Step]:
        def choice(action: str, button: str, *after: str) -> Step:
            def stands() -> bool:
                return self.site.one(RUN, CALL) in after

            return Step(action, lambda: not self.offers(action), lambda: self.press(action, button), stands)

        drawn = ("drawn", "announced")
        typed = f"SELECT count(*) > 1 FROM calls_typednumber WHERE run_id IN ({RUN_OF})"

        return [
            Step("close", self.is_closed, lambda: self.site.let_close(CALL, 60), self.is_closed),
            Step("desk", lambda: "/accounts/" not in self.desk.get(DESK).url, self.come_to_the_desk),
            choice("freeze", "一覧を固定する", "frozen", *drawn),
            Step(
                "number",
                lambda: self.offers("draw") or self.site.one(RUN, CALL) in drawn,
                self.type_number,
                lambda: self.site.one(typed, CALL),
            ),
            choice("draw", "抽選する", *drawn),
            choice("announce", "結果を発表する", "announced"),
        ]

    def _taking_part(self) -> list[Step]:
        came = f"SELECT id FROM participation_checkin WHERE participation_id IN (SELECT id FROM {PLACES})"
        return [
            Step(
                "confirm", lambda: "参加券を開く" in self.result().text, self.confirm,
                lambda: self.mine("participation_participation", "id", "state IN ('active', 'completed')"),
            ),
            Step(
                "check in", lambda: "受付済みです" in self.door().text, self.check_in,
                lambda: self.site.one(came, PUPIL),
            ),
            Step(
                "survey", lambda: "回答を受け取っています" in self.questions().text, self.answer,
                lambda: self.mine("credentials_award"),
            ),
            Step(
                "publish", self.is_public, self.publish,
                lambda: self.mine("credentials_award", "visibility") == "public",
            ),
            Step("verify", lambda: self.verified, self.verify),
        ]  # fmt: skip

    def mine(self, table: str, column: str = "id", where: str = "1") -> Any:
        """A value of the pupil's first row in this table; None without any."""
        return self.site.one(f"SELECT {column} FROM {table} WHERE person_id IN ({PERSON}) AND {where}", PUPIL)

    # Register

    def is_logged_in(self) -> bool:
        return "/accounts/" not in self.pupil.get("/me/").url

    def register(self) -> None:
        """Sign up; whoever has an account already (the answer was lost) gets a mail that says so, and logs in by code."""
        known = len(self.site.mails(PUPIL))
        page = self.pupil.send(self.pupil.get("/accounts/signup/"), "email", {"email": PUPIL})
        if not any("次の番号" in mail for mail in self.site.mails(PUPIL)[known:]):
            page = self.pupil.get("/accounts/login/code/")
            # Who has just begun is led back to where the number is typed; a killed worker's mail comes later.
            page = page if page.has_field("code") else self.pupil.send(page, "email", {"email": PUPIL})
        for _ in range(3):
            if not page.has_field("code"):
                return
            page = self.pupil.send(page, "code", {"code": self.site.code(PUPIL, "次の番号")})
        if page.has_field("code"):
            raise Lost  # the newest mail was of a number that a killed process never kept

    # Apply

    def tell(self) -> None:
        told = {
            "family_name": "物語", "given_name": "不死", "family_name_kana": "モノガタリ", "given_name_kana": "フシ",
            "date_of_birth": (today() - timedelta(days=16 * 365 + 99)).isoformat(), "school_stage": "high",
            "postal_code": "758-0041", "address": "山口県萩市江向1",
        }  # fmt: skip
        self.pupil.send(self.pupil.get(APPLY), "family_name", told)

    def apply(self) -> None:
        told = {
            "q_pc": "no", "q_loan": "yes", "q_delivery": "school", "q_reason": "止まらない仕組みを学びたいです。",
            "q_line_cost": "yes", "guardian-name": "物語 母", "guardian-relation": "母", "guardian-how": "mail",
            "guardian-email": MOTHER, "agree": "application",
        }  # fmt: skip
        card = {"q_pupil_card": ("生徒証.jpg", picture(), "image/jpeg")}
        self.pupil.send(self.pupil.get(APPLY), "q_pc", told, card)

    def file_is_there(self) -> bool:
        stored = self.site.one(
            "SELECT file FROM forms_upload WHERE sha256 = ?", hashlib.sha256(picture()).hexdigest()
        )
        return bool(stored) and (self.site.var / "files" / stored).read_bytes() == picture()

    def request(self) -> Page:
        return self.mother.get(self.site.link(self.site.mail(MOTHER, "同意のお願い", 60)))

    def consent(self) -> None:
        self.mother.send(self.request(), "is_guardian", {"is_guardian": "on", "answer": "yes"})

    # The desk

    def is_closed(self) -> bool:
        return bool(self.site.one("SELECT state FROM calls_call WHERE code = ?", CALL) != "open")

    def come_to_the_desk(self) -> None:
        self.desk.send(self.desk.get("/demo/cast/"), "key", {"key": "secretariat"})

    def offers(self, action: str) -> bool:
        end_the_days_of_checking(self.site, CALL)
        return bool(self.desk.get(self.run()).links(f"/do/{action}/"))

    def run(self) -> str:
        return self.desk.get(f"{DESK}calls/{CALL}/selection/").url

    def press(self, action: str, button: str) -> None:
        self.desk.send(self.desk.get(f"{self.run()}do/{action}/"), button, {})

    def type_number(self) -> None:
        self.desk.send(self.desk.get(f"{self.run()}seed/"), "value", {"value": NUMBER})
        colleague_types(self.site, CALL, NUMBER)

    # Take part

    def result(self) -> Page:
        return self.pupil.get(self.site.link(self.site.mail(PUPIL, "参加するかどうか", 60)))

    def confirm(self) -> None:
        self.pupil.send(self.result(), "参加を確認する")

    def door(self) -> Page:
        """The page a typed ticket code leads to."""
        self.site.let_meet(CALL)
        self.ticket = self.ticket or self.pupil.get(self.result().links("/me/tickets/")[0]).said("big-code")
        today = self.desk.get(f"{DESK}checkin/").root.xpath("//h3/a[contains(., '冬期')]/@href")
        return self.desk.get(f"{today[0]}?code={self.ticket}")

    def check_in(self) -> None:
        self.desk.send(self.door(), "受付する")

    def questions(self) -> Page:
        self.survey = self.survey or self.pupil.get("/me/").links("/me/surveys/")[0]
        return self.pupil.get(self.survey)

    def answer(self) -> None:
        self.pupil.send(
            self.questions(), "q_content", {"q_content": "5", "q_exam": "no", "q_voice": "また来ます。"}
        )

    # Prove

    def own_badge(self) -> Page:
        return self.pupil.get(self.pupil.get("/me/").links("/me/badges/")[0])

    def is_public(self) -> bool:
        return self.own_badge().form("visibility").fields["visibility"] == "public"

    def publish(self) -> None:
        page = self.pupil.send(self.own_badge(), "visibility", {"visibility": "public"})
        self.badge = page.links(".json")[0]

    def verify(self) -> None:
        self.badge = self.badge or self.own_badge().links(".json")[0]
        badge = self.stranger.get(self.badge).content
        file = {"file": ("badge.json", badge, "application/json")}
        said = self.stranger.send(self.stranger.get("/verify/"), "file", {}, file).text
        assert "本物です" in said
        self.verified = True


def live(story: Story, killer: Killer) -> None:
    """Walk the steps. A step that was acknowledged must show as done, and stand, ever after."""
    acknowledged: list[Step] = []

    def nothing_is_lost() -> None:
        lost = [step.name for step in acknowledged if not step.stands()]
        assert not lost, f"acknowledged, and gone after a kill: {lost}"

    for number, step in enumerate(story.steps()):
        killer.step = number
        for _ in range(ATTEMPTS):
            try:
                if step.looks_done():
                    break
                assert step not in acknowledged, f"acknowledged, but not on the page: {step.name}"
                step.do()
                acknowledged.append(step)
            except Lost:
                killer.settle()
            nothing_is_lost()
        else:
            raise AssertionError(f"{step.name} was not done after {ATTEMPTS} attempts")
        assert step.stands(), f"the page says that it is done: {step.name}"
    while killer.plan:
        killer.strike()
        killer.settle()
        nothing_is_lost()
    killer.settle()


@pytest.mark.story
def test_nothing_is_lost_and_nothing_happens_twice(fragile: Site) -> None:
    seed = int(os.environ.get("SONJUKU_KILL_SEED") or random.randrange(10**6))
    story = Story(fragile)
    killer = Killer(fragile, seed, len(story.steps()))
    for each in story.people:
        each.before_send = killer.strike
    live(story, killer)
    assert killer.count == KILLS
    wait_for_quiet(fragile)
    person = fragile.rows(PERSON, PUPIL)
    assert len(person) == 1
    everything_is_there_once(fragile, person[0][0])
    each_letter_went_out_once(fragile)
    assert one_of_each(fragile, person[0][0]) == []


def wait_for_quiet(site: Site, seconds: float = 90) -> None:
    """Until the worker has nothing left to send or to run."""
    waiting = (
        "SELECT (SELECT count(*) FROM letters_letter WHERE state IN ('queued', 'sending') AND due_at <= datetime('now'))"
        " + (SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status IN ('READY', 'RUNNING', 'NEW'))"
    )
    deadline = time.monotonic() + seconds
    while site.one(waiting):
        assert time.monotonic() < deadline, f"{site.one(waiting)} letters or tasks are stuck: {site.log()}"
        time.sleep(0.3)


def everything_is_there_once(site: Site, person: str) -> None:
    assert site.rows("SELECT verified FROM account_emailaddress WHERE email = ?", PUPIL) == [(1,)]
    applications = site.rows(
        "SELECT id, state, response_id, seat_pool_id FROM calls_application WHERE person_id = ?", person
    )
    assert [state for _id, state, _response, _seat in applications] == ["accepted"]
    application, _state, response, seat = applications[0]
    answers = site.rows(
        "SELECT q.key, a.value FROM forms_answer a JOIN forms_question q ON q.id = a.question_id WHERE a.response_id = ?",
        response,
    )
    given = {key: json.loads(value) for key, value in answers}
    files = given.pop("pupil_card")
    assert given == {
        "pc": "no", "loan": "yes", "delivery": "school", "reason": "止まらない仕組みを学びたいです。", "line_cost": True
    }  # fmt: skip
    uploads = site.rows("SELECT id, file, sha256 FROM forms_upload WHERE person_id = ?", person)
    assert len(uploads) == len(files) == 1
    stored = (site.var / "files" / uploads[0][1]).read_bytes()
    assert hashlib.sha256(stored).hexdigest() == uploads[0][2] == hashlib.sha256(picture()).hexdigest()
    consents = "SELECT purpose FROM people_consent WHERE about_id = ? AND given_at IS NOT NULL AND withdrawn_at IS NULL"
    assert Counter(site.rows(consents, application)) == {("application",): 1, ("guardian",): 1}
    taken = site.rows("SELECT taken, (SELECT count(*) FROM calls_application WHERE seat_pool_id = p.id AND state IN"
                      " ('offered', 'accepted')) FROM calls_seatpool p WHERE p.id = ?", seat)  # fmt: skip
    assert taken[0][0] == taken[0][1]
    places = site.rows("SELECT id, state FROM participation_participation WHERE person_id = ?", person)
    assert [state for _id, state in places] == ["completed"]
    place = places[0][0]
    assert site.one("SELECT count(*) FROM participation_checkin WHERE participation_id = ?", place) == 1
    done = site.rows(
        "SELECT done_at IS NOT NULL FROM participation_obligation WHERE participation_id = ?", place
    )
    assert done == [(1,), (1,)]
    assert site.one("SELECT count(*) FROM credentials_award WHERE person_id = ?", person) == 1


def each_letter_went_out_once(site: Site) -> None:
    letters = site.rows(
        "SELECT id, kind, state FROM letters_letter WHERE to_address IN (?, ?)", PUPIL, MOTHER
    )
    kinds = ("receipt", "guardian_request", "guardian_answered", "result_selected", "confirmed", "completed")
    assert Counter(kind for _id, kind, _state in letters) == dict.fromkeys(kinds, 1)
    assert {state for _id, _kind, state in letters} == {"sent"}
    files = Counter(path.stem.replace("-", "") for path in (site.var / "mail").glob("*.eml"))
    assert {files[key] for key, _kind, _state in letters} == {1}
    assert site.one("SELECT count(*) FROM letters_letter WHERE state = 'failed'") == 0


def one_of_each(site: Site, person: str) -> list[tuple[str, int]]:
    """What the journal says was done more or less than once."""
    once = (
        "application.submitted", "application.confirmed", "participation.started", "participation.checked_in",
        "participation.completed", "guardian.named", "award.issued", "award.shown", "upload.stored",
    )  # fmt: skip
    said = dict(
        site.rows("SELECT verb, count(*) FROM journal_entry WHERE for_person_id = ? GROUP BY verb", person)
    )
    call = dict(
        site.rows(
            "SELECT e.verb, count(*) FROM journal_entry e JOIN calls_selectionrun r ON r.id = e.subject_id"
            " JOIN calls_call c ON c.selection_run_id = r.id WHERE c.code = ? GROUP BY e.verb",
            CALL,
        )
    )
    return [(verb, said.get(verb, 0)) for verb in once if said.get(verb) != 1] + [
        (verb, call.get(verb, 0))
        for verb in ("selection.frozen", "selection.drawn", "selection.announced")
        if call.get(verb) != 1
    ]
