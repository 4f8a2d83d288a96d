import datetime as dt
import re

import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from sonjuku.flows import attending
from sonjuku.rooms.credentials import actions as credentials
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.events import actions as events
from sonjuku.rooms.events.models import SlotBooking
from sonjuku.rooms.forms import actions as forms
from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.participation import actions, queries
from sonjuku.rooms.participation.models import ObligationRule, Occasion
from sonjuku.rooms.people.models import Body, Consent
from sonjuku.web.member import taking_part

pytestmark = pytest.mark.django_db
KIND = ObligationRule.Kind


@pytest.fixture
def me(make_account):
    return make_account("hanako@example.jp")


@pytest.fixture
def call(make_call, council, secretariat, at):
    call = make_call(council)
    Occasion.objects.create(council=council, call=call, starts_at=at, ends_at=at + dt.timedelta(hours=2))
    credentials.define_achievement(
        by=secretariat, council=council, call=call, title="講座 修了", description="修了", criteria="出席"
    )
    return call


@pytest.fixture
def must(call, council, secretariat):
    def add(kind):
        version = None
        if kind == KIND.ANSWER:
            form = forms.create_form(by=secretariat, council=council, title="アンケート")
            version = form.versions.get()
            forms.add_question(
                by=secretariat, version=version, kind="text", title="感想", key="comment", required=True
            )
            forms.freeze(by=secretariat, version=version)
        return actions.add_rule(
            by=secretariat, call=call, kind=kind, title="することの名前", form_version=version
        )

    return add


@pytest.fixture
def place(call, council, make_person, me, secretariat):
    """Made on demand, so that a test may add obligations first."""

    def make():
        person = make_person(council, account=me, display_name="はなこ")
        return actions.walk_in(by=secretariat, call=call, person=person)

    return make


def address(name, row):
    return reverse(f"member:{name}", args=[row.id])


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_ticket_shows_name_code_and_date(client, place, me):
    mine = place()
    client.force_login(me)
    text = text_of(client.get(address("ticket", mine)))
    assert "はなこ" in text
    assert mine.code in text
    assert "11月20日（金）12:00" in text
    assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", text)


def test_the_qr_on_the_ticket_is_the_signed_link_to_the_desk(place, settings):
    """Read back as a camera would: dark modules drawn from the SVG's path."""
    mine = place()
    found = zxingcpp.read_barcode(_drawn(taking_part.qr_code(mine)))
    expected = f"{settings.SITE_URL}/c/hagi/desk/checkin/t/{queries.token(mine)}/"
    assert found.text == expected


def _drawn(svg):
    size = int(re.search(r'viewBox="0 0 (\d+) \d+"', svg)[1])
    picture = Image.new("L", (size, size), 255)
    x = y = 0.0
    for sign, numbers in re.findall(
        r"([Mmh])([-\d. ]+)", re.search(r'stroke="#000"[^>]*? d="([^"]+)"|d="(M[^"]*h1[^"]*)"', svg)[0]
    ):
        parts = [float(number) for number in numbers.split()]
        if sign == "M":
            x, y = parts
        elif sign == "m":
            x, y = x + parts[0], y + parts[1]
        else:
            for column in range(int(x), int(x + parts[0])):
                picture.putpixel((column, int(y)), 0)
            x += parts[0]
    return picture.resize((size * 6, size * 6), Image.Resampling.NEAREST)


def test_a_ticket_that_was_given_up_shows_no_code(client, place, me, secretariat):
    mine = place()
    actions.leave(by=secretariat, participation=mine)
    client.force_login(me)
    text = text_of(client.get(address("ticket", mine)))
    assert "この参加券は使えません" in text
    assert mine.code not in text
    assert "辞退する" not in text


def test_a_survey_comes_back_with_what_is_missing_and_then_completes(client, must, place, me, secretariat):
    must(KIND.ANSWER)
    obligation = place().obligations.get()
    client.force_login(me)
    back = client.post(address("survey", obligation), {"q_comment": ""})
    assert back.status_code == 200
    assert 'role="alert"' in back.content.decode()
    done = client.post(address("survey", obligation), {"q_comment": "よかった"})
    award = Award.objects.get()
    assert done.status_code == 302
    assert done["Location"] == address("badge", award)
    again = client.post(address("survey", obligation), {"q_comment": "ちがう"})
    assert "回答を受け取っています" in text_of(again)
    obligation.refresh_from_db()
    assert obligation.response.answers.get().value == "よかった"


def test_an_answer_that_leaves_something_missing_leads_to_my_page(client, must, place, me):
    must(KIND.ANSWER)
    must(KIND.ATTEND)
    obligation = place().obligations.get(rule__kind=KIND.ANSWER)
    client.force_login(me)
    done = client.post(address("survey", obligation), {"q_comment": "よかった"})
    assert done["Location"] == reverse("member:home")
    assert not Award.objects.exists()


def test_a_report_is_taken_and_a_wrong_file_is_explained(client, must, place, me):
    must(KIND.UPLOAD)
    obligation = place().obligations.get()
    client.force_login(me)
    for name, content in (("report.pdf", b"MZ\x90\x00"), ("report.exe", b"MZ"), ("report.txt", b"")):
        back = client.post(address("report", obligation), {"file": SimpleUploadedFile(name, content)})
        assert back.status_code == 200
        assert 'role="alert"' in back.content.decode()
    assert "ファイルがまだありません" in text_of(client.post(address("report", obligation)))
    assert not Upload.objects.exists()
    good = SimpleUploadedFile("報告.txt", "無事に終わりました".encode())
    done = client.post(address("report", obligation), {"file": good})
    assert done["Location"] == address("badge", Award.objects.get())


def test_a_huge_report_is_refused_and_nothing_is_kept(client, must, place, me, settings):
    must(KIND.UPLOAD)
    settings.UPLOAD_MAX_BYTES = 1000
    obligation = place().obligations.get()
    client.force_login(me)
    huge = SimpleUploadedFile("report.txt", b"a" * 5000)
    back = client.post(address("report", obligation), {"file": huge})
    assert "大きすぎます" in text_of(back)
    assert not Upload.objects.exists()


def test_a_consent_is_given_by_post_only(client, must, place, me):
    must(KIND.CONSENT)
    obligation = place().obligations.get()
    client.force_login(me)
    client.get(address("agree", obligation))
    assert not Consent.objects.filter(about_id=obligation.id).exists()
    client.post(address("agree", obligation))
    assert Consent.objects.get(about_id=obligation.id).holds


@pytest.fixture
def award(must, place, secretariat, call):
    must(KIND.ATTEND)
    mine = place()
    attending.check_in(by=secretariat, occasion=call.occasions.get(), participation=mine, how="qr")
    return Award.objects.get(participation=mine)


def test_the_holder_decides_who_sees_a_badge(client, award, me):
    public = reverse("public:badge", args=[award.id])
    assert client.get(public).status_code == 404
    client.force_login(me)
    client.post(address("badge", award), {"visibility": "public"})
    client.logout()
    assert client.get(public).status_code == 200
    client.force_login(me)
    client.post(address("badge", award), {"visibility": "private"})
    client.logout()
    assert client.get(public).status_code == 404


def test_a_choice_that_does_not_exist_changes_nothing(client, award, me):
    client.force_login(me)
    assert client.post(address("badge", award), {"visibility": "everyone"}).status_code == 200
    award.refresh_from_db()
    assert award.visibility == Award.Visibility.PRIVATE


def test_other_peoples_pages_are_not_found(client, must, place, award, make_account, staff_account):
    for kind in (KIND.ANSWER, KIND.UPLOAD, KIND.CONSENT):
        must(kind)
    mine = award.participation
    call = mine.call
    for rule in call.obligation_rules.exclude(kind=KIND.ATTEND):
        mine.obligations.create(council=mine.council, rule=rule)
    pages = [address("ticket", mine), address("badge", award)]
    names = {KIND.ANSWER: "survey", KIND.UPLOAD: "report", KIND.CONSENT: "agree"}
    pages += [address(names[o.rule.kind], o) for o in mine.obligations.all() if o.rule.kind in names]
    assert len(pages) == 5
    strangers = (make_account("stranger@example.jp"), staff_account)
    for page in pages:
        client.logout()
        assert client.get(page).status_code == 302
        for stranger in strangers:
            client.force_login(stranger)
            assert client.get(page).status_code == 404
            assert client.post(page, {"visibility": "public"}).status_code == 404


@pytest.fixture
def slots(call, council, secretariat):
    city = Body.objects.create(council=council, type=Body.Type.MUNICIPALITY, name="見本市")
    booth = events.set_booth(by=secretariat, call=call, host_event="見本まつり", host_body=city)
    start = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
    hour = dt.timedelta(hours=1)
    return [
        events.add_slot(
            by=secretariat,
            booth=booth,
            starts_at=start + n * hour,
            ends_at=start + (n + 1) * hour,
            capacity=1,
        )
        for n in range(2)
    ]


def test_a_booth_slot_is_booked_moved_and_given_back_on_the_ticket(client, place, slots, me):
    mine = place()
    client.force_login(me)
    assert "見本市" in text_of(client.get(address("ticket", mine)))
    for slot in slots:
        client.post(address("slot", mine), {"slot": str(slot.id)})
        assert SlotBooking.objects.get().slot == slot
    client.post(address("slot", mine), {"slot": ""})
    assert not SlotBooking.objects.exists()


def test_a_full_slot_says_so(client, place, slots, me, make_person, council, call, secretariat):
    other = actions.walk_in(by=secretariat, call=call, person=make_person(council))
    events.book_slot(by=secretariat, slot=slots[0], participation=other)
    mine = place()
    client.force_login(me)
    back = client.post(address("slot", mine), {"slot": str(slots[0].id)}, follow=True)
    assert "満席になりました" in text_of(back)


def test_the_ticket_asks_a_fixed_number_of_queries(
    client, place, call, council, me, at, django_assert_max_num_queries
):
    mine = place()
    client.force_login(me)
    for more in (0, 2):
        for day in range(more):
            start = at + dt.timedelta(days=day + 1)
            Occasion.objects.create(
                council=council, call=call, starts_at=start, ends_at=start + dt.timedelta(hours=1)
            )
        with django_assert_max_num_queries(8):
            client.get(address("ticket", mine))
