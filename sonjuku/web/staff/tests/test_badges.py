"""Badges at the desk: defined, issued to many, revoked, and the keys that sign them."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from sonjuku.flows import issuing
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.actions import Claim
from sonjuku.rooms.credentials.models import Achievement, Award, AwardBatch, IssuerKey
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.vocabulary.models import Skill, SkillFramework

pytestmark = pytest.mark.django_db
TEXTS = {
    "title": "データ案内人", "title_en": "Data guide", "type": "Badge", "description": "読み解ける。",
    "description_en": "", "criteria": "三つの講座。", "criteria_en": "", "skills": "", "image_text": "", "image_colour": "",
}  # fmt: skip


def url(name: str, *args: Any) -> str:
    return reverse(f"staff:{name}", args=["hagi", *args])


def text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


@pytest.fixture
def badge(council: Any, acting: Any) -> Achievement:
    return actions.define_achievement(
        by=acting, council=council, title="案内人", description="できる", criteria="経験"
    )


@pytest.fixture
def award(badge: Any, council: Any, acting: Any, make_person: Any) -> Award:
    person = make_person(council, family_name="見本田", email="h@example.jp")
    [made] = actions.award_many(by=acting, achievement=badge, claims=[Claim(person.pk)])
    return made


def picture(side: int = 100, kind: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (side, side), "red").save(out, kind)
    return out.getvalue()


def test_a_badge_of_no_call_is_defined_with_skills_and_a_picture(desk: Client, council: Any) -> None:
    framework = SkillFramework.objects.create(
        name="DSS-P", version="1.2", source_url="https://dss.example.jp/"
    )
    Skill.objects.create(framework=framework, code="data-01", title="データ理解", category="データ")
    upload = SimpleUploadedFile("a.png", picture(), "image/png")
    said = text(
        desk.post(url("badge_new"), {**TEXTS, "skills": "data-01 レベル2", "image": upload}, follow=True)
    )
    row = Achievement.objects.get()
    assert (row.call, row.image.kind, [(a.skill.code, a.level) for a in row.alignments.all()]) == (
        None, "png", [("data-01", "レベル2")],
    )  # fmt: skip
    assert "レベル2" in said
    assert reverse("public:achievement_image", args=[row.id]) in said
    shown = Client().get(reverse("public:achievement_image", args=[row.id]))
    assert shown["Content-Type"] == "image/svg+xml"
    assert b"data:image/png;base64," in shown.content
    edited = desk.post(url("badge_edit", row.id), {**TEXTS, "image_text": "案内", "drop_image": "on"})
    assert edited.status_code == 302
    assert "案内" in Client().get(reverse("public:achievement_image", args=[row.id])).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("skills", "zzz-99", "この番号のスキルがありません：zzz-99"),
        ("image_colour", "red", "6文字を続けてください"),
        ("title", "", "「バッジの名前」を入力してください。"),
        (
            "image",
            SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
            "使えない部分",
        ),
        ("image", SimpleUploadedFile("a.png", picture(30)), "画像が大きすぎます"),
        ("image", SimpleUploadedFile("a.gif", picture(100, "GIF")), "PNGかSVGの画像ではありません"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(desk: Client, field: str, value: Any, said: str) -> None:
    if hasattr(value, "seek"):
        value.seek(0)
    assert said in text(desk.post(url("badge_new"), {**TEXTS, field: value}))
    assert not Achievement.objects.exists()


def test_nothing_of_a_badge_changes_once_it_is_held(desk: Client, award: Award) -> None:
    assert "受け取った人がいるため" in text(desk.get(url("badge_definition", award.achievement_id)))
    said = text(desk.post(url("badge_edit", award.achievement_id), TEXTS))
    assert "このバッジを受け取った人がいるため、内容を変えられません。" in said
    award.achievement.refresh_from_db()
    assert award.achievement.title == "案内人"


def test_a_call_that_was_completed_is_issued_to_by_the_worker(
    desk: Client, badge: Any, running: Any, council: Any, make_person: Any, now: Any
) -> None:
    call = running()
    for _ in range(3):
        Participation.objects.create(
            council=council,
            call=call,
            person=make_person(council),
            state="completed",
            started_at=now,
            completed_at=now,
        )
    assert "修了した人に渡す" in text(desk.get(url("badge_issue", badge.id)))
    page = desk.post(url("badge_issue", badge.id), {"call": call.pk, "narrative": ""}, follow=True)
    batch = AwardBatch.objects.get()
    assert page.redirect_chain[-1][0] == url("badge_batch", batch.id)
    assert 'max="3"' in text(page)
    assert "渡した人：0" in text(
        desk.get(url("badge_batch_progress", batch.id), headers={"HX-Request": "true"})
    )
    issuing.issue(batch.pk, now)
    assert (
        desk.get(url("badge_batch_progress", batch.id), headers={"HX-Request": "true"})["HX-Refresh"]
        == "true"
    )
    assert "3 人のうち 3 人に渡しました。" in text(desk.get(url("badge_batch", batch.id)))
    assert "全員がすでに持っています" in text(
        desk.post(url("badge_issue", badge.id), {"call": call.pk, "narrative": ""})
    )


def test_a_batch_can_be_stopped(
    desk: Client, badge: Any, council: Any, make_person: Any, acting: Any
) -> None:
    batch = actions.start_batch(by=acting, achievement=badge, claims=[Claim(make_person(council).pk)])
    desk.post(url("badge_batch_do", batch.id), {"stop": "1"})
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == ("stopped", 0)


def test_the_register_names_only_those_who_show_their_badge(desk: Client, award: Award) -> None:
    for page in (url("badge_register"), url("badge_issued", award.id)):
        assert "見本田" not in text(desk.get(page))
    Award.objects.update(visibility="council")
    for page in (url("badge_register"), url("badge_issued", award.id)):
        assert "見本田" in text(desk.get(page))


def test_a_badge_is_found_by_its_number(desk: Client, award: Award) -> None:
    link = url("badge_issued", award.id)
    address = f"https://example.jp/badges/{award.id}/"
    for sought in (award.uri, str(award.id), address):
        assert link in text(desk.get(url("badge_register"), {"q": sought}))
    for sought in ("見本田", "urn:uuid:00000000-0000-4000-8000-000000000000"):
        assert link not in text(desk.get(url("badge_register"), {"q": sought}))
    assert link not in text(desk.get(url("badge_register"), {"show": "revoked"}))


def test_revoking_takes_a_reason_and_cannot_be_undone(desk: Client, award: Award) -> None:
    page = url("badge_status", award.id, "revoke")
    assert "元に戻せません" in text(desk.get(page))
    assert "「理由」を入力してください。" in text(desk.post(page, {"reason": ""}))
    said = text(desk.post(page, {"reason": "取り違え"}, follow=True))
    award.refresh_from_db()
    assert award.status == "revoked"
    assert "失効したバッジは、元に戻せません。" in said
    assert "取り違え" in said
    assert Letter.objects.filter(kind="badge_status").count() == 1
    assert "もうその状態ではない" in text(
        desk.post(url("badge_status", award.id, "suspend"), {"reason": "x"})
    )
    Award.objects.update(visibility="public")
    public = text(Client().get(reverse("public:badge", args=[award.id])))
    assert "このバッジは、失効しています。" in public
    assert "取り違え" not in public


def test_a_key_is_renewed_named_and_struck_out(desk: Client, award: Award) -> None:
    key = award.issuer_key
    assert key.did in text(desk.get(url("badge_keys")))
    desk.post(url("badge_key_do", key.id, "name"), {"naming": "web"})
    assert "did:web:" in text(desk.get(url("badge_keys")))
    desk.post(url("badge_key_do", key.id, "rotate"))
    assert IssuerKey.objects.count() == 2
    assert "「理由」を入力してください。" in text(
        desk.post(url("badge_key_do", key.id, "strike"), {"reason": ""})
    )
    assert "漏れた" in text(
        desk.post(url("badge_key_do", key.id, "strike"), {"reason": "漏れた"}, follow=True)
    )
    key.refresh_from_db()
    assert (key.state, IssuerKey.objects.count()) == ("struck", 2)
    Award.objects.update(visibility="public")
    assert "署名した鍵が取り消されました" in text(Client().get(reverse("public:badge", args=[award.id])))


def test_what_is_another_councils_is_not_here(
    desk: Client, other_council: Any, make_person: Any, acting: Any
) -> None:
    badge = actions.define_achievement(
        by=acting, council=other_council, title="他", description="他", criteria="他"
    )
    [award] = actions.award_many(by=acting, achievement=badge, claims=[Claim(make_person(other_council).pk)])
    for name, args in (
        ("badge_definition", [badge.id]), ("badge_issue", [badge.id]), ("badge_issued", [award.id]),
        ("badge_status", [award.id, "revoke"]), ("badge_key_do", [award.issuer_key_id, "strike"]),
    ):  # fmt: skip
        assert desk.post(url(name, *args), {"reason": "x"}).status_code == 404
    award.refresh_from_db()
    assert award.status == "valid"


@pytest.mark.parametrize("kind", ["body_staff", "reviewer", "school_contact", "prefecture_officer"])
def test_only_the_office_sees_these_pages(council: Any, make_staff: Any, log_in: Any, kind: str) -> None:
    client = log_in(make_staff(council, "other@hagi.example.jp", kind))
    for name in ("badges", "badge_new", "badge_register", "badge_keys"):
        assert client.get(url(name)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_ask_a_fixed_number_of_queries(
    desk: Client,
    badge: Any,
    council: Any,
    make_person: Any,
    acting: Any,
    django_assert_max_num_queries: Any,
    rows: int,
) -> None:
    claims = [Claim(make_person(council).pk) for _ in range(rows)]
    actions.award_many(by=acting, achievement=badge, claims=claims)
    for number in range(rows):
        actions.define_achievement(
            by=acting, council=council, title=f"別{number}", description="", criteria=""
        )
    desk.get(url("badges"))
    for name in ("badges", "badge_register", "badge_keys"):
        with django_assert_max_num_queries(13):
            desk.get(url(name))
