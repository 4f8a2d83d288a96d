"""Areas and reported totals at the desk."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sonjuku.rooms.people.models import AreaGroup, Council
from sonjuku.rooms.talent.models import ReportedTotal
from sonjuku.rooms.vocabulary.models import Municipality, Skill, SkillFramework
from sonjuku.web.staff.reported_file import read_reported

HEADER = "全国地方公共団体コード,スキルの番号,四半期,人数,出所"
QUARTER = dt.date(2026, 7, 1)


def url(name: str, *args: Any) -> str:
    return reverse(f"staff:{name}", args=["hagi", *args])


@pytest.fixture(autouse=True)
def places(db: Any) -> None:
    rows = [
        ("352047", "山口県", "萩市"), ("355020", "山口県", "阿武町"), ("352110", "山口県", "長門市"),
        ("132063", "東京都", "府中市"), ("342084", "広島県", "府中市"),
    ]  # fmt: skip
    Municipality.objects.bulk_create(
        Municipality(lg_code=code, prefecture=prefecture, name=name) for code, prefecture, name in rows
    )
    framework = SkillFramework.objects.create(name="標準", version="1")
    Skill.objects.create(framework=framework, code="data-01", title="データ", category="分野")


def area(**changes: Any) -> dict[str, Any]:
    return {"title": "北浦", "slug": "north", "lg_codes": "阿武町、長門市", **changes}


def test_an_area_is_made_of_municipalities_by_name(desk: Client, council: Council) -> None:
    desk.post(url("areas"), area())
    group = AreaGroup.objects.get()
    assert group.lg_codes == ["352110", "355020"]
    words = desk.get(url("areas")).content.decode()
    assert "長門市、阿武町" in words
    desk.post(url("area", group.id), area(lg_codes="阿武町\n萩市", title="北"))
    group.refresh_from_db()
    assert (group.title, group.lg_codes, group.slug) == ("北", ["352047", "355020"], "north")


@pytest.mark.parametrize(
    ("lg_codes", "words"),
    [
        ("阿武町、無い村", "見つからない市区町村があります：無い村"),
        ("府中市", "見つからない市区町村があります：府中市"),
        ("", "「市区町村」を入力してください。"),
    ],
)
def test_a_name_that_means_no_one_place_is_refused(desk: Client, lg_codes: str, words: str) -> None:
    response = desk.post(url("areas"), area(lg_codes=lg_codes))
    assert words in response.content.decode()
    assert not AreaGroup.objects.exists()


def test_a_municipality_in_two_areas_is_refused_with_what_to_do(desk: Client) -> None:
    desk.post(url("areas"), area())
    response = desk.post(url("areas"), area(slug="east", title="東", lg_codes="長門市"))
    assert "ほかの圏域「北浦」に入っている市区町村があります" in response.content.decode()
    assert AreaGroup.objects.count() == 1


def test_more_areas_take_no_more_statements(
    desk: Client, council: Council, django_assert_num_queries: Any
) -> None:
    AreaGroup.objects.create(council=council, slug="a", title="甲", lg_codes=["352047"])
    desk.get(url("areas"))
    with django_assert_num_queries(8):
        desk.get(url("areas"))
    for slug, code in (("b", "355020"), ("c", "352110")):
        AreaGroup.objects.create(council=council, slug=slug, title=slug, lg_codes=[code])
    with django_assert_num_queries(8):
        desk.get(url("areas"))


def send(desk: Client, text: str, encoding: str = "utf-8-sig") -> Any:
    return desk.post(url("reported"), {"file": SimpleUploadedFile("x.csv", text.encode(encoding))})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_reported_totals_come_in_by_file(desk: Client, council: Council, encoding: str) -> None:
    text = (
        f'{HEADER}\n355020,data-01,2026-07-01,12,阿武町の報告\n352110,,令和8年7月1日,"1,250",長門市の報告\n'
    )
    assert send(desk, text, encoding).status_code == 302
    assert set(ReportedTotal.objects.values_list("lg_code", "skill__code", "quarter_on", "number")) == {
        ("355020", "data-01", QUARTER, 12), ("352110", None, QUARTER, 1250),
    }  # fmt: skip
    send(desk, f"{HEADER}\n355020,data-01,2026-07-01,15,訂正\n", encoding)
    assert ReportedTotal.objects.get(lg_code="355020").number == 15
    assert ReportedTotal.objects.count() == 2
    assert "長門市の報告" in desk.get(url("reported")).content.decode()


def test_one_bad_row_keeps_all_out_and_is_named(desk: Client) -> None:
    text = (
        f"{HEADER}\n355020,,2026-07-01,12,報告\n999999,,2026-07-01,12,報告\n355020,nothing,2026-08-01,-3,\n"
        "355020,,2026-07-01,1e3,=1+1\n"
    )
    response = send(desk, text)
    words = response.content.decode()
    assert response.status_code == 400
    assert "何も保存していません" in words
    assert "3行目：全国地方公共団体コードが見つかりません" in words
    for part in (
        "スキルの番号が見つかりません",
        "四半期は、その初日",
        "人数を0以上の整数で",
        "出所を140字まで",
    ):
        assert f"4行目：{part}" in words
    assert "5行目：人数を0以上の整数で" in words
    assert not ReportedTotal.objects.exists()


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\x01\x02", b"PK\x03\x04broken", "あ,い\n1,2\n".encode(), HEADER.encode(), b"\xff" * 3000],
)
def test_any_file_gets_an_answer(data: bytes) -> None:
    found = read_reported(data)
    assert found.problems
    assert not found.rows


def test_problems_are_bounded() -> None:
    out = io.StringIO()
    out.write(HEADER + "\n")
    for _ in range(400):
        out.write("x,x,x,x,\n")
    assert len(read_reported(out.getvalue().encode()).problems) == 50
