"""What the person told us or handed in, agreed to and asked for, and who was given it."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.flows.holding.shapes import Fact, Item, Section, choice, fact, item, language, plain, title_of
from sonjuku.rooms.calls.models import Application, Companion, FactCheck, ImportRow
from sonjuku.rooms.forms import queries as forms
from sonjuku.rooms.forms.models import Response, Upload
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Person
from sonjuku.rooms.vocabulary.queries import name_of

PROFILE = [
    ("family_name", _("姓")), ("given_name", _("名")), ("family_name_kana", _("セイ")), ("given_name_kana", _("メイ")),
    ("display_name", _("表示名")), ("date_of_birth", _("生年月日")), ("postal_code", _("郵便番号")), ("address", _("住所")),
    ("employer", _("勤め先")), ("email", _("メールアドレス")), ("phone", _("電話番号")),
]  # fmt: skip


def profile(person: Person) -> Section:
    facts = plain(person, PROFILE)
    facts += [
        fact("lg_code", _("住まい"), person.lg_code, _place(person.lg_code)),
        choice(person, "school_stage", _("在学の状況")),
        fact("school", _("学校"), person.school and person.school.name),
        fact(
            "audience", _("当てはまる立場"), person.audience and person.audience.code, _title(person.audience)
        ),
        fact("language", _("お知らせの言語"), person.language),
        fact("created_at", _("登録した日時"), person.created_at),
    ]
    return Section("profile", _("登録情報"), [item("", *facts)])


def _place(lg_code: str) -> str:
    return (name_of(lg_code, language()) if lg_code else "") or lg_code


def _title(row: Any) -> str | None:
    if row is None:
        return None
    return str(row.title_en if language() == "en" and row.title_en else row.title)


def guardians(person: Person) -> Section:
    items = [
        item(
            row.name,
            *plain(
                row,
                [
                    ("name", _("氏名")),
                    ("relation", _("続柄")),
                    ("email", _("メールアドレス")),
                    ("phone", _("電話番号")),
                ],
            ),
            choice(row, "checked", _("確かめ方")),
            fact("created_at", _("登録した日時"), row.created_at),
        )
        for row in person.guardians.order_by("created_at")
    ]
    return Section("guardians", _("保護者"), items, _("あなたか事務局が入力した、保護者の情報です。"))


def ties(person: Person) -> Section:
    items = [
        item(
            row.get_kind_display(),
            choice(row, "kind", _("つながり")),
            fact("lg_code", _("地域"), row.lg_code, _place(row.lg_code)),
            fact("since", _("登録した日時"), row.since),
        )
        for row in person.ties.order_by("since")
    ]
    return Section("ties", _("地域とのつながり"), items)


def applications(rows: Iterable[Application]) -> Section:
    """State and receipt; a verdict that is not announced stays with the selecting staff."""
    rows = list(rows)
    checks: dict[UUID, list[FactCheck]] = {}
    for check in FactCheck.objects.filter(application__in=rows).order_by("checked_at"):
        checks.setdefault(check.application_id, []).append(check)
    along: dict[UUID, list[Companion]] = {}
    for one in Companion.objects.filter(application__in=rows):
        along.setdefault(one.application_id, []).append(one)
    return Section(
        "applications",
        _("申込み"),
        [_application(row, checks.get(row.pk, []), along.get(row.pk, [])) for row in rows],
        _("審査の点数と講評は、ここには出ません。知りたいときは、開示を請求してください。"),
    )


def _application(row: Application, checks: list[FactCheck], along: list[Companion]) -> Item:
    announced = row.announced_at is not None
    facts: list[Fact | None] = [
        fact("call", pgettext_lazy("記録", "募集"), row.call.code, title_of(row.call)),
        fact("code", _("受付番号"), row.code),
        choice(row, "state", _("状態")),
        *plain(row, [("option", _("区分")), ("submitted_at", _("受付日時"))]),
        fact("wishes", _("希望の順"), row.wishes, "、".join(row.wishes)) if len(row.wishes) > 1 else None,
        fact("run_code", _("抽選番号"), row.run_code) if row.run_code else None,
        choice(row, "channel", _("届いた方法")),
        fact("received_at", _("届いた日時"), row.received_at),
        fact("needs_guardian", _("保護者の同意が必要"), row.needs_guardian),
        fact("out_of_area", _("域外"), row.out_of_area),
        fact("referral", _("どこから知ったか"), row.referral),
        fact("rank", _("順位"), row.rank) if announced else None,
        fact("announced_at", _("結果を知らせた日時"), row.announced_at),
        fact("confirm_by", _("返事の期限"), row.confirm_by) if announced else None,
        fact("ended_at", _("終わった日時"), row.ended_at),
        *(fact(f"companion_{one.ordinal}", _("一緒に参加する人"), _companion(one)) for one in along),
        *(fact(f"checked_{check.fact}", check.get_fact_display(), check.how) for check in checks),
    ]
    return item(title_of(row.call), *facts)


def _companion(row: Companion) -> str:
    born = row.date_of_birth.isoformat() if row.date_of_birth else ""
    return " ".join(filter(None, [row.full_name, row.full_name_kana, born]))


def answers(
    person: Person, rows: Iterable[Application], about: Collection[UUID] | None, reader: Actor
) -> Section:
    """Everything answered, surveys too; the person sees their sensitive answers."""
    responses = Response.objects.filter(person=person).select_related("person", "version__form")
    if about is not None:
        responses = responses.filter(about_id__in=about)
    listed = list(responses.order_by("submitted_at", "id"))
    told = forms.answers_of(listed, reader)
    titles: dict[UUID | None, str] = {row.pk: title_of(row.call) for row in rows}
    items = []
    for response in listed:
        facts = [
            fact(
                one.question.key, _title(one.question), one.text if one.value is None else one.value, one.text
            )
            for one in told[response.pk]
        ]
        sent = fact("submitted_at", _("送信した日時"), response.submitted_at)
        items.append(item(titles.get(response.about_id, response.version.form.title), sent, *facts))
    return Section("answers", _("回答"), items)


def files(uploads: Iterable[Upload]) -> Section:
    items = [
        item(
            upload.name,
            *plain(upload, [("name", _("ファイル名")), ("mime", _("形式")), ("size", _("大きさ（バイト）"))]),
            fact("sha256", _("照合の値"), upload.sha256),
            fact("created_at", _("受け取った日時"), upload.created_at),
        )
        for upload in uploads
    ]
    return Section("files", _("提出したファイル"), items)


def staged(rows: Iterable[Application]) -> Section:
    found = ImportRow.objects.filter(application__in=list(rows)).select_related("batch")
    items = [
        item(
            row.batch.file_name,
            fact("number", _("行"), row.number),
            fact("values", _("行の内容"), _cells(row.values)),
        )
        for row in found
    ]
    return Section("import_rows", _("取込みの途中の行"), items)


def _cells(values: Any) -> list[str]:
    return [str(value) for value in (values.values() if isinstance(values, dict) else values)]


def consents(person: Person, about: Collection[UUID] | None) -> Section:
    rows = person.consents.order_by("asked_at", "id")
    if about is not None:
        rows = rows.filter(about_id__in=about)
    items = [
        item(
            row.get_purpose_display(),
            choice(row, "purpose", _("目的")),
            fact("text", _("文面"), row.text),
            fact("text_version", _("文面の版"), row.text_version),
            fact("receivers", _("渡す相手"), row.receivers),
            fact("items", _("項目"), row.items),
            choice(row, "given_by", _("答えた人")),
            choice(row, "channel", _("答え方")),
            *plain(row, [
                ("asked_at", _("尋ねた日時")), ("due_at", _("期限")), ("given_at", _("同意した日時")),
                ("refused_at", _("同意しないと答えた日時")), ("withdrawn_at", _("取り消した日時")),
            ]),
        )
        for row in rows
    ]  # fmt: skip
    return Section("consents", _("同意の記録"), items)


def provisions(person: Person) -> Section:
    rows = person.provision_records.select_related("from_body", "to_body").order_by("given_at")
    items = [
        item(
            str(row.to_body or row.to_name),
            fact("from", _("渡した団体"), str(row.from_body)),
            fact("to", _("渡した相手"), str(row.to_body or row.to_name)),
            *plain(
                row,
                [
                    ("items", _("項目")),
                    ("basis", _("根拠")),
                    ("given_at", _("渡した日時")),
                    ("keep_until", _("保存の期限")),
                ],
            ),
        )
        for row in rows
    ]
    return Section(
        "provisions", _("ほかの団体に渡した記録"), items, _("法律により、消去のあとも期限まで残ります。")
    )


def terms(person: Person) -> Section:
    rows = person.terms_acceptances.select_related("version").order_by("at")
    items = [
        item(
            row.version.get_kind_display(),
            fact("kind", _("種類"), row.version.kind, row.version.get_kind_display()),
            fact("number", _("版"), row.version.number),
            fact("at", _("同意した日時"), row.at),
        )
        for row in rows
    ]
    return Section("terms", _("同意した規約"), items)


def requests(person: Person) -> Section:
    rows = person.data_requests.select_related("body").order_by("received_at")
    items = [
        item(
            row.get_kind_display(),
            choice(row, "kind", _("種類")),
            fact("body", _("応じる団体"), str(row.body)),
            choice(row, "state", _("状態")),
            *plain(row, [
                ("text", _("求めた内容")), ("received_at", _("受付日時")), ("due_on", _("回答の期限")),
                ("identity_checked_at", _("本人確認の日時")), ("identity_how", _("本人確認の方法")),
                ("decided_at", _("回答の日時")), ("reason", _("理由・対応の内容")),
            ]),
        )
        for row in rows
    ]  # fmt: skip
    return Section("requests", _("個人情報の請求"), items)


def account(person: Person) -> Section:
    login = person.account
    items = []
    if login is not None:
        items.append(
            item(
                "",
                *plain(
                    login,
                    [
                        ("email", _("ログインのメールアドレス")),
                        ("created_at", _("アカウントを作った日時")),
                        ("last_login", _("最後のログイン")),
                    ],
                ),
            )
        )
    return Section(
        "account", _("ログインのアカウント"), items, _("ほかの協議会でも、同じアカウントを使います。")
    )
