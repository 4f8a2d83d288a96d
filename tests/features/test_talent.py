"""Which skill is where, a prefecture over its municipalities, and the report per line of work."""

import datetime as dt
import re

from django.urls import reverse
from django.utils import timezone

from sonjuku.flows import releasing
from sonjuku.flows.importing import import_council
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.credentials.models import Achievement, Award, IssuerKey
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Body, Council, Person, Role
from sonjuku.rooms.talent.rules import previous_quarter, quarter_of
from sonjuku.rooms.vocabulary.models import Skill
from sonjuku.toolbox.dates import at_tokyo
from tests.features.conftest import DEMO

LONG_AGO = dt.timedelta(days=95)  # in a quarter that has ended, whatever today is


def learners(council, homes, code="data-01", visibility="council"):
    """So many people per municipality who earned a badge for the skill some time ago."""
    key, _new = IssuerKey.objects.get_or_create(
        did=f"did:key:{council.slug}",
        defaults={"council": council, "private_key": b"x", "created_at": timezone.now()},
    )
    achievement = Achievement.objects.create(council=council, title=code, description="x", criteria="x")
    achievement.skills.add(Skill.objects.get(code=code))
    for home, number in homes.items():
        for n in range(number):
            person = Person.objects.create(
                council=council, family_name="見本", given_name=f"{home}{n}", family_name_kana="ミホン",
                given_name_kana="ジュコウ", lg_code=home,
            )  # fmt: skip
            Award.objects.create(
                council=council, achievement=achievement, person=person, issuer_key=key, visibility=visibility,
                credential={}, issued_at=timezone.now() - LONG_AGO,
            )  # fmt: skip


def release():
    return releasing.release_due(by=Actor(at=timezone.now(), role="system"))


def cells(html):
    return dict(re.findall(r'data-label="([^"]+)">(?:<b>)?(\d+(?:以上)?)<', html))


def test_001_50_skill_by_area_and_quarter_with_small_cells_hidden(hokkaido, read, client):
    # Obihiro and Otofuke in Tokachi; Kitami in Okhotsk, two people only; Sapporo's ward counts to its city.
    learners(hokkaido, {"012076": 4, "016314": 3, "012084": 2, "011011": 12})
    learners(hokkaido, {"012076": 30}, code="sec-01", visibility="private")
    release()
    words = read("/c/hokkaido/map/?quarter=all")
    found = cells(words)
    assert (found["十勝"], found["石狩"]) == ("7", "12")
    assert "オホーツク" not in found
    assert "非公表" in words
    assert "データ理解・活用" in words
    assert "セキュリティ体制構築・運営" not in words
    inside = read("/c/hokkaido/map/?quarter=all&group=tokachi")
    assert "帯広市" not in cells(inside)
    csv = client.get("/c/hokkaido/map.csv").content.decode("utf-8-sig")
    assert ",data-01,データ理解・活用,十勝,,7,0,0" in csv
    assert ",data-01,データ理解・活用,十勝,012076,,0,1" in csv


def test_001_50_what_grew_since_the_quarter_before(hokkaido, read):
    newest = previous_quarter(quarter_of(timezone.localdate()))
    for quarter_on, number in ((previous_quarter(newest), 6), (newest, 12)):
        known = set(Award.objects.values_list("pk", flat=True))
        learners(hokkaido, {"011002": number, "012025": 8})
        new = Award.objects.exclude(pk__in=known)
        new.update(issued_at=at_tokyo(quarter_on + dt.timedelta(days=10)))
    release()
    words = read("/c/hokkaido/map/")
    assert "最近伸びているスキル" in words
    assert "石狩の" in words
    assert "6人から12人" in words
    assert "渡島の" not in words
    assert "最近伸びているスキル" not in read(f"/c/hokkaido/map/?quarter={previous_quarter(newest)}")


def test_001_52_a_prefecture_reads_aggregates_and_each_municipality_edits_its_own(
    hokkaido, officer, log_in, now
):
    by = Actor(at=now, role="system")
    import_council(DEMO / "kitami.yaml", by=by, today=timezone.localdate(), demo=True)
    kitami = Council.objects.get(slug="kitami")
    call = Call.objects.filter(council=kitami).first()
    for n in range(6):
        person = Person.objects.create(
            council=kitami, family_name="秘密", given_name=str(n), family_name_kana="ヒミツ", given_name_kana="エヌ",
            lg_code="012084",
        )  # fmt: skip
        Application.objects.create(
            council=kitami, call=call, person=person, state="submitted", submitted_at=now - LONG_AGO
        )
    release()
    do = Body.objects.get(council=hokkaido, name="北海道")
    account, *_ = officer(hokkaido, do, Role.Kind.PREFECTURE_OFFICER)
    browser = log_in(account)
    words = browser.get(reverse("staff:aggregates", args=["hokkaido"])).content.decode()
    assert kitami.title in words
    assert re.search(rf"{kitami.title}</th><td[^>]*>6</td><td[^>]*>6</td><td[^>]*>0</td>", words)
    assert "秘密" not in words
    for name in ("aggregates", "calls", "applications"):
        assert browser.get(reverse(f"staff:{name}", args=["kitami"])).status_code == 404
    own = log_in(officer(kitami, Body.objects.filter(council=kitami).first(), Role.Kind.SECRETARIAT)[0])
    assert own.get(reverse("staff:areas", args=["kitami"])).status_code == 200
    assert own.get(reverse("staff:areas", args=["hokkaido"])).status_code == 404


def test_000_03_the_public_report_adds_up(hagi, read):
    words = read("/c/hagi/results/")
    table = words[words.index('id="lines-title"') :]
    numbers = re.findall(r'<td class="n">(\d+)</td><td class="n">(\d+)</td></tr>', table)
    *lines, total = [(int(a), int(b)) for a, b in numbers]
    assert len(lines) == 4
    assert (sum(a for a, _b in lines), sum(b for _a, b in lines)) == total
    assert min(total) > 0
