import json
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from sonjuku.protocols.openbadges import reading
from sonjuku.rooms.credentials import actions, queries
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.participation import actions as participation
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.vocabulary.models import Skill, SkillFramework

pytestmark = pytest.mark.django_db
V = Award.Visibility
FILES = ("badge_json", "badge_png", "badge_svg")


@pytest.fixture
def holder(make_account):
    return make_account("holder@example.jp")


@pytest.fixture
def award(make_call, council, make_person, holder, secretariat):
    call = make_call(council)
    framework = SkillFramework.objects.create(
        name="DSS-P", version="1.2", source_url="https://dss.example.jp/"
    )
    skills = [
        Skill.objects.create(framework=framework, code=f"data-{n}", title=f"データ{n}", category="データ活用")
        for n in range(3)
    ]
    actions.define_achievement(
        by=secretariat,
        council=council,
        call=call,
        title="講座 修了",
        title_en="Course completed",
        description="全8回の講座を修了した。",
        criteria="6回以上の出席。",
        skills=skills,
    )
    person = make_person(council, account=holder, display_name="はなこ", email="holder@example.jp")
    place = participation.walk_in(by=secretariat, call=call, person=person)
    Participation.objects.filter(pk=place.pk).update(state="completed")
    return actions.award(by=secretariat, participation=place)[0]


def show(award, visibility=V.PUBLIC):
    Award.objects.filter(pk=award.pk).update(visibility=visibility)


def page(name, award):
    return reverse(f"public:{name}", args=[award.id])


def check(client, **data):
    return client.post(reverse("public:verify"), data)


def words(response):
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.mark.parametrize("visibility", [V.PRIVATE, V.COUNCIL])
@pytest.mark.parametrize("name", ["badge", "badge_jwt", *FILES])
def test_a_badge_that_is_not_public_is_found_by_nobody_but_its_holder(
    client, award, holder, make_account, staff_account, visibility, name
):
    show(award, visibility)
    assert client.get(page(name, award)).status_code == 404
    for stranger in (make_account("stranger@example.jp"), staff_account):
        client.force_login(stranger)
        assert client.get(page(name, award)).status_code == 404
    client.force_login(holder)
    assert client.get(page(name, award)).status_code == 200


def test_a_public_badge_shows_the_chosen_name_only(client, award):
    show(award)
    text = words(client.get(page("badge", award)))
    assert "はなこ" in text
    assert "講座 修了" in text
    assert "データ2" in text
    for hidden in (award.person.full_name, award.person.given_name, "holder@example.jp"):
        assert hidden not in text


def test_a_public_badge_reads_in_english(client, award):
    show(award)
    # The middleware leaves its language to the thread: later tests would reverse English addresses.
    with translation.override("ja"):
        text = words(client.get("/en" + page("badge", award)))
    assert "Course completed" in text
    assert f'<span lang="ja">{award.achievement.description}</span>' in text


@pytest.mark.parametrize("name", FILES)
def test_every_file_carries_the_credential_and_is_confirmed(client, award, name):
    show(award)
    response = client.get(page(name, award))
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert "no-store" in response["Cache-Control"]
    assert reading.read_any(response.content) == award.credential
    upload = SimpleUploadedFile(f"badge.{name[-3:]}", response.content)
    assert check(client, file=upload).context["report"].result == "ok"


def test_pages_carry_no_inline_style_or_script(client, award):
    show(award)
    for address in (page("badge", award), reverse("public:verify")):
        text = client.get(address).content.decode()
        assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", text)
        assert "<style" not in text
        assert not re.search(r"<script(?![^>]*src=)", text)


def test_anyone_can_check_a_public_badge_by_its_address(client, award):
    show(award)
    address = f"http://localhost:8000{page('badge', award)}"
    response = check(client, text=address)
    assert response.context["report"].result == "ok"
    assert "本物です" in words(response)
    assert award.council.title in words(response)


def test_the_report_says_what_was_not_checked(client, award):
    text = words(check(client, text=queries.wire_text(award)))
    assert "確かめていないこと" in text
    assert "失効" in text
    assert "受け取った本人かどうか" in text


def test_a_forged_badge_is_called_wrong(client, award):
    forged = json.loads(queries.wire_text(award))
    forged["credentialSubject"]["achievement"]["name"] = "博士"
    response = check(client, text=json.dumps(forged))
    assert response.context["report"].result == "bad"
    assert "正しい証明ではありません" in words(response)
    assert "本物です" not in words(response)


def test_the_holder_can_be_compared_by_address(client, award):
    text = queries.wire_text(award)
    assert check(client, text=text, email="holder@example.jp").context["report"].result == "ok"
    assert check(client, text=text, email="other@example.jp").context["report"].result == "bad"


def test_the_form_comes_back_when_nothing_was_brought(client):
    response = check(client, text="  ")
    assert response.context["form"].errors
    assert "まだありません" in words(response)
    assert client.get(reverse("public:verify")).status_code == 200


def test_a_wrong_address_of_the_holder_is_said_beside_its_field(client, award):
    response = check(client, text=queries.wire_text(award), email="not an address")
    assert "email" in response.context["form"].errors


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x" * (reading.LARGEST_FILE + 1), "1 MBまで"),
        (b"", "何も入っていません"),
        (b"GIF89a not ours", "証明のデータではない"),
        (b"\x89PNG\r\n\x1a\nbroken", "画像が壊れている"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "証明もQRコードも見つかりません"),
        (b"<!DOCTYPE s [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>", "画像が壊れている"),
        (b'{"a": ', "JSONとして読み取れません"),
    ],
)
def test_hostile_files_get_a_clear_answer(client, content, said):
    response = check(client, file=SimpleUploadedFile("badge.png", content))
    assert response.status_code == 200
    assert said in words(response)
    assert "本物です" not in words(response)


def test_what_is_brought_is_never_run(client):
    hostile = json.dumps({"name": "<script>alert(1)</script>", "issuer": "<img src=x onerror=alert(1)>"})
    text = words(check(client, text=hostile))
    assert "<script>alert" not in text
    assert "<img src=x" not in text


def test_an_unknown_badge_is_not_found(client):
    address = reverse("public:badge", args=[uuid.uuid4()])
    assert client.get(address).status_code == 404


def test_the_badge_page_asks_a_fixed_number_of_queries(client, award, django_assert_max_num_queries):
    show(award)
    keep = award.achievement.skills.first()
    for skills in ([keep], list(Skill.objects.all())):
        award.achievement.skills.set(skills)
        with django_assert_max_num_queries(4):
            client.get(page("badge", award))
