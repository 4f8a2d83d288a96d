import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from sonjuku.rooms.participation import actions, queries
from sonjuku.rooms.participation.models import CheckIn, Occasion
from sonjuku.rooms.people.models import Body

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def occasion(make_call, council):
    """Happening now."""
    now = timezone.now()
    return Occasion.objects.create(
        council=council, call=make_call(council), starts_at=now - HOUR, ends_at=now + HOUR
    )


@pytest.fixture
def place(occasion, make_person, secretariat):
    def make(**fields):
        person = make_person(occasion.council, **fields)
        return actions.walk_in(by=secretariat, call=occasion.call, person=person)

    return make


@pytest.fixture
def desk(client, staff_account):
    return log_in(client, staff_account)


def log_in(client, account):
    client.force_login(account)
    session = client.session
    # Stands for the second factor, which tests of accounts cover.
    session["demo_cast"] = True
    session.save()
    return client


def door(occasion):
    return reverse("staff:checkin_occasion", args=["hagi", occasion.id])


def ticket(place, **query):
    path = reverse("staff:checkin_token", args=["hagi", queries.token(place)])
    return path + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_opening_a_ticket_never_checks_in(desk, place, occasion):
    someone = place(display_name="はなこ")
    for _ in range(2):
        page = desk.get(ticket(someone))
        assert page.status_code == 200
    assert "はなこ" in text_of(page)
    assert "受付する" in text_of(page)
    assert not CheckIn.objects.exists()


def test_the_button_checks_in_once(desk, place, occasion, staff_account):
    someone = place()
    for _ in range(2):
        answer = desk.post(ticket(someone), {"occasion": str(occasion.id), "how": "qr"})
        assert answer["Location"] == door(occasion)
    row = CheckIn.objects.get()
    assert (row.occasion, row.participation, row.by, row.how) == (occasion, someone, staff_account, "qr")
    assert "受付済みです" in text_of(desk.get(ticket(someone)))


def test_a_forged_ticket_is_refused_in_plain_words(desk, place):
    someone = place()
    for forged in (queries.token(someone)[:-3] + "abc", "nonsense", "%00", "あ"):
        answer = desk.get(reverse("staff:checkin_token", args=["hagi", forged]))
        assert answer.status_code == 404
        assert "この参加券は読み取れません" in text_of(answer)
        assert desk.post(reverse("staff:checkin_token", args=["hagi", forged])).status_code == 404
    assert not CheckIn.objects.exists()


def test_a_ticket_is_not_let_in_at_an_occasion_of_another_call(desk, place, make_call, council, at):
    someone = place()
    other = Occasion.objects.create(council=council, call=make_call(council), starts_at=at, ends_at=at + HOUR)
    assert desk.post(ticket(someone), {"occasion": str(other.id)}).status_code == 404
    assert desk.post(ticket(someone), {"occasion": "1"}).status_code == 404
    assert not CheckIn.objects.exists()


def test_a_ticket_of_a_place_given_up_is_refused(desk, place, occasion, secretariat):
    someone = place()
    actions.leave(by=secretariat, participation=someone)
    assert "この参加券は使えません" in text_of(desk.get(ticket(someone)))
    answer = desk.post(ticket(someone), {"occasion": str(occasion.id)})
    assert answer.status_code == 409
    assert not CheckIn.objects.exists()


def test_a_typed_code_leads_to_the_ticket_and_keeps_its_way(desk, place, occasion):
    someone = place()
    answer = desk.get(door(occasion), {"code": someone.code.lower()})
    assert answer["Location"] == ticket(someone, occasion=occasion.id, how="code")
    page = desk.get(answer["Location"])
    how = re.search(r'name="how" value="(\w+)"', page.content.decode())[1]
    desk.post(answer["Location"], {"occasion": str(occasion.id), "how": how})
    assert CheckIn.objects.get().how == "code"


def test_an_unknown_code_is_said_beside_the_field(desk, occasion):
    page = desk.get(door(occasion), {"code": "XXXXXX"})
    assert page.status_code == 200
    assert "その番号の参加者はいません" in text_of(page)
    assert 'aria-invalid="true"' in page.content.decode()


def test_the_roll_lets_in_and_takes_back(desk, place, occasion):
    someone = place()
    desk.post(door(occasion), {"participation": str(someone.id)})
    assert CheckIn.objects.get().how == "list"
    desk.post(door(occasion), {"participation": str(someone.id), "do": "undo"})
    assert not CheckIn.objects.exists()
    for nobody in ("", "1", str(occasion.id)):
        assert desk.post(door(occasion), {"participation": nobody}).status_code == 404


def test_the_wrong_day_is_pointed_out(desk, place, occasion):
    assert "今日の回ではありません" not in text_of(desk.get(door(occasion)))
    Occasion.objects.update(starts_at=timezone.now() + 48 * HOUR, ends_at=timezone.now() + 49 * HOUR)
    assert "今日の回ではありません" in text_of(desk.get(door(occasion)))
    assert "今日の回ではありません" in text_of(desk.get(ticket(place())))


def test_today_and_what_comes_are_listed_apart(desk, occasion, make_call, council):
    later = timezone.now() + 30 * 24 * HOUR
    other = Occasion.objects.create(
        council=council, call=make_call(council), starts_at=later, ends_at=later + HOUR
    )
    page = desk.get(reverse("staff:checkin", args=["hagi"]))
    assert list(page.context["today"]) == [occasion]
    assert list(page.context["coming"]) == [other]


def test_someone_without_an_application_is_registered_at_the_door(desk, occasion):
    page = reverse("staff:checkin_walk_in", args=["hagi", occasion.id])
    names = {"family_name": "見本", "given_name": "太郎", "family_name_kana": "みほん", "given_name_kana": ""}
    assert desk.post(page, names).context["form"].errors.keys() == {"given_name_kana"}
    assert not CheckIn.objects.exists()
    done = desk.post(page, names | {"given_name_kana": "たろう"})
    assert done["Location"] == door(occasion)
    person = CheckIn.objects.get().participation.person
    assert (person.full_name, person.full_name_kana) == ("見本 太郎", "ミホン タロウ")


def test_strangers_other_bodies_and_other_councils_are_refused(
    client, place, occasion, council, other_council, make_account, make_staff
):
    someone = place()
    new = reverse("staff:checkin_walk_in", args=["hagi", occasion.id])
    pages = [reverse("staff:checkin", args=["hagi"]), door(occasion), ticket(someone), new]
    for page in pages:
        assert client.get(page).status_code == 302
    firm = Body.objects.create(council=council, type=Body.Type.COMPANY, name="見本商店")
    outsiders = [
        make_account("stranger@example.jp"),
        make_staff(other_council, "aomori@example.jp"),
        make_staff(council, "judge@example.jp", "reviewer"),
    ]
    for account in outsiders:
        log_in(client, account)
        for page in pages:
            assert client.get(page).status_code == 404
            assert client.post(page, {"participation": str(someone.id)}).status_code == 404
    log_in(client, make_staff(council, "firm@example.jp", "body_staff", body=firm))
    listed = client.get(pages[0])
    assert listed.status_code == 200
    assert not listed.context["today"]
    for page in pages[1:]:
        assert client.get(page).status_code == 404
        assert client.post(page, {"participation": str(someone.id)}).status_code == 404
    assert not CheckIn.objects.exists()


def test_a_desk_with_its_own_call_does_not_open_another_councils_ticket(
    client, place, occasion, other_council, make_staff, make_call
):
    someone = place()
    log_in(client, make_staff(other_council, "aomori@example.jp"))
    path = reverse("staff:checkin_token", args=["aomori", queries.token(someone)])
    answer = client.get(path)
    assert answer.status_code == 404
    assert someone.person.given_name not in text_of(answer)


def test_pages_carry_no_inline_style_or_script(desk, place, occasion):
    for page in (reverse("staff:checkin", args=["hagi"]), door(occasion), ticket(place())):
        text = desk.get(page).content.decode()
        assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", text)


def test_lists_ask_a_fixed_number_of_queries(desk, place, occasion, council, django_assert_max_num_queries):
    for more in (1, 2):
        for _ in range(more):
            place()
            Occasion.objects.create(
                council=council, call=occasion.call, starts_at=occasion.starts_at, ends_at=occasion.ends_at
            )
        with django_assert_max_num_queries(12):
            desk.get(door(occasion))
        with django_assert_max_num_queries(12):
            desk.get(reverse("staff:checkin", args=["hagi"]))
