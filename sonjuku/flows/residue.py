"""What personal data is left anywhere: by kind of row, in files, in letters, in what was taken out; and of one erased person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Count, Max, Min, Model, QuerySet, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.rooms.calls.models import Companion, FactCheck, ImportBatch, ImportRow, Review
from sonjuku.rooms.credentials.models import DossierFile, DossierReview, StatusChange, WalletOffer
from sonjuku.rooms.events.models import SlotBooking, Speaker
from sonjuku.rooms.forms.models import Answer, Upload
from sonjuku.rooms.forms.queries import files_without_row
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters.models import Letter, Mailing
from sonjuku.rooms.matching.models import Introduction
from sonjuku.rooms.newsroom.models import Article
from sonjuku.rooms.participation.models import CheckIn, Obligation
from sonjuku.rooms.people.models import Account, Council, DataRequest, Person, ProvisionRecord
from sonjuku.rooms.programmes.models import Party

LABELS: dict[str, Any] = {
    "people.person": _("人の記録（氏名・連絡先など）"),
    "people.guardian": _("保護者"),
    "people.consent": _("同意の記録"),
    "people.tie": _("地域とのつながり"),
    "people.termsacceptance": _("規約への同意"),
    "people.datarequest": _("個人情報の請求"),
    "people.provisionrecord": _("ほかの団体に渡した記録"),
    "calls.application": _("申込み"),
    "calls.companion": _("一緒に参加する人"),
    "calls.factcheck": _("確かめたこと"),
    "calls.review": _("審査の講評と点"),
    "calls.importrow": _("取込みの途中の行"),
    "forms.response": _("回答一式"),
    "forms.answer": _("回答"),
    "forms.upload": _("提出されたファイル"),
    "participation.participation": _("参加"),
    "participation.checkin": _("当日の受付"),
    "participation.obligation": _("参加者がすること"),
    "events.slotbooking": _("体験枠の予約"),
    "credentials.award": _("バッジ"),
    "credentials.activityrecord": _("活動の記録"),
    "credentials.outsidecertificate": _("ほかで受けた証明"),
    "credentials.endorsement": _("証明に重ねた認定証"),
    "credentials.sharelink": _("バッジの共有リンク"),
    "credentials.qualification": _("スキルマップの達成"),
    "credentials.dossier": _("実務経験の申請"),
    "credentials.dossierfile": _("実務経験の申請のファイル"),
    "credentials.dossierreview": _("実務経験の審査"),
    "credentials.awardbatchrow": _("バッジを待つ人"),
    "credentials.statuschange": _("バッジの失効・一時停止の理由"),
    "credentials.walletoffer": _("ウォレットアプリを待つバッジ"),
    "matching.matchingmember": _("マッチングの参加と希望の順"),
    "matching.introduction": _("マッチングの紹介"),
    "talent.gain": _("人材マップで数えた印"),
    "letters.letter": pgettext_lazy("記録", "お知らせ"),
    "letters.unsubscription": _("配信の停止"),
}
# Rows that belong to a person by way of another row, and how each leads to its council.
HANGING: dict[type[Model], str] = {
    Companion: "application__council",
    FactCheck: "application__council",
    Review: "application__council",
    DossierFile: "dossier__council",
    DossierReview: "dossier__council",
    ImportRow: "batch__council",
    Answer: "response__council",
    CheckIn: "council",
    Obligation: "council",
    SlotBooking: "participation__council",
    Introduction: "council",
    StatusChange: "award__council",
    WalletOffer: "council",
}
# Words that staff write and that may name somebody: nobody can find those by a person's key.
WORDS: list[tuple[type[Model], str, Any]] = [
    (Speaker, "council", _("登壇者の氏名と所属")),
    (Party, "agreement__council", _("協定の代表者の職と氏名")),
    (Mailing, "council", _("一斉のお知らせの文")),
    (Article, "council", _("記事の文")),
]
KEPT: dict[type[Model], Any] = {
    ProvisionRecord: _("個人情報保護法第29条・第30条（渡した記録・受けた記録の保存）"),
    DataRequest: _("請求を受けて答えた記録。氏名も内容も残していません"),
}
TAKEN_OUT = (".exported", ".disclosed", ".downloaded", ".read", ".printed")


@dataclass(frozen=True)
class Left:
    """One line: how many rows, since when the oldest (None where rows carry no day), and whether that is as it should be."""

    name: str
    label: Any
    number: int
    since: datetime | None = None
    note: Any = ""


@dataclass(frozen=True)
class Kept:
    """What is left of an erased person: why, and until when. `allowed` is False for what should not be there."""

    label: Any
    number: int
    basis: Any
    until: date | None = None
    allowed: bool = True


def personal_models() -> Iterator[type[Model]]:
    """Every model of the house whose rows belong to a person, found by their keys."""
    for model in apps.get_models():
        if not model.__module__.startswith("sonjuku.rooms."):
            continue
        keys = {f.name for f in model._meta.concrete_fields if f.related_model is Person}
        if keys or model is Person or model in HANGING:
            yield model


def rows(council: Council) -> list[Left]:
    """Every kind of personal row of a council, those that hold none too: a report that leaves lines out proves nothing."""
    found = []
    for model in personal_models():
        name = model._meta.label_lower
        here = _of(model, HANGING.get(model, "council"), council)
        number, since = _counted(here)
        found.append(Left(name, LABELS.get(name, name), number, since))
    accounts = Account.objects.filter(persons__council=council).distinct()
    found.append(Left("people.account", _("ログインのアカウント（ほかの協議会と共通）"), *_counted(accounts)))
    return sorted(found, key=lambda left: -left.number)


def words(council: Council) -> list[Left]:
    return [
        Left(model._meta.label_lower, label, _of(model, path, council).count())
        for model, path, label in WORDS
    ]


def _of(model: type[Model], path: str, council: Council) -> QuerySet[Any]:
    return model._default_manager.filter(**{path: council}).order_by()


DAYS = (
    "created_at",
    "submitted_at",
    "asked_at",
    "received_at",
    "given_at",
    "started_at",
    "issued_at",
    "since",
    "at",
)


def _counted(found: QuerySet[Any]) -> tuple[int, datetime | None]:
    fields = {f.name for f in found.model._meta.concrete_fields}
    day = next((name for name in DAYS if name in fields), None)
    if day is None:
        return found.count(), None
    result = found.aggregate(number=Count("pk"), oldest=Min(day))
    return result["number"], result["oldest"]


def files(council: Council) -> dict[str, Any]:
    """Files that people handed in, by number and bytes; and those on the disk that no row names, over all councils."""
    held = Upload.objects.filter(council=council, person__isnull=False).order_by()
    return {**held.aggregate(number=Count("pk"), size=Sum("size", default=0)), "orphans": files_without_row()}


def staged(council: Council) -> list[ImportBatch]:
    """Imports whose rows or file still lie here."""
    done = {ImportBatch.State.DONE, ImportBatch.State.CANCELLED}
    batches = ImportBatch.objects.filter(council=council).select_related("call").annotate(left=Count("rows"))
    return [batch for batch in batches if batch.left or batch.upload_id or batch.state not in done]


def taken_out(council: Council) -> list[dict[str, Any]]:
    """What left the desk as a file, by machine or on paper: copies that this program cannot erase."""
    entries = Entry.objects.filter(council_id=council.id).order_by()
    found = entries.values("verb").annotate(number=Count("pk"), last=Max("at")).order_by("verb")
    return [{**row} for row in found if row["verb"].endswith(TAKEN_OUT)]


def of_erased(person_id: UUID, council: Council) -> list[Kept]:
    """What is left of somebody who was erased here: rows that still carry the id, and rows that the journal knows."""
    entries = Entry.objects.filter(for_person_id=person_id, council_id=council.id).order_by()
    known: dict[str, set[UUID]] = {}
    for kind, subject_id in entries.values_list("subject_kind", "subject_id"):
        if subject_id is not None:
            known.setdefault(kind, set()).add(subject_id)
    found: list[Kept] = []
    for model in personal_models():
        label = LABELS.get(model._meta.label_lower, model._meta.label_lower)
        there = model._default_manager.filter(pk__in=known.get(model._meta.label_lower, set()))
        if any(f.name == "person" for f in model._meta.concrete_fields):
            there = there | model._default_manager.filter(person_id=person_id)
        found += _kept(model, label, there.order_by())
    requests = known.get(DataRequest._meta.label_lower, set())
    if Letter.objects.filter(key__in=[f"request_erased:{key}" for key in requests]).exists():
        found.append(Kept(_("消去が終わったお知らせ"), 1, _("まだ送っていません。送ったあとに消えます")))
    return [
        *found,
        Kept(_("記録（番号と項目の名前だけ）"), entries.count(), _("いつ、どの役割が、何をしたかの証拠")),
    ]


def _kept(model: type[Model], label: Any, there: QuerySet[Any]) -> list[Kept]:
    if model is ProvisionRecord:
        return [
            Kept(label, row["number"], KEPT[model], row["keep_until"])
            for row in there.values("keep_until").annotate(number=Count("pk")).order_by("keep_until")
        ]
    number = there.count()
    if not number:
        return []
    if model in KEPT:
        return [Kept(label, number, KEPT[model])]
    return [Kept(label, number, _("残っているはずのないものです。管理者に知らせてください"), allowed=False)]
