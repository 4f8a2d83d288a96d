"""One council with one row of everything, and the strangers who must never see it.

Whoever walks the site fills every address with real ids from `World.params`.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from sonjuku.rooms.calls.models import (
    Application,
    Call,
    CallBody,
    Criterion,
    ImportBatch,
    ImportRow,
    PriorityRule,
    Review,
    SeatPool,
    SelectionRun,
)
from sonjuku.rooms.credentials.models import (
    Achievement,
    Award,
    AwardBatch,
    AwardBatchRow,
    IssuerKey,
    StatusChange,
    StatusList,
)
from sonjuku.rooms.events.models import Booth
from sonjuku.rooms.forms.models import Answer, Form, FormVersion, Question, Response, Upload
from sonjuku.rooms.letters.models import Letter, Mailing, Webhook, WebhookDelivery
from sonjuku.rooms.newsroom.models import Article
from sonjuku.rooms.participation.models import Obligation, ObligationRule, Occasion, Participation
from sonjuku.rooms.people.models import (
    Account,
    ApiToken,
    AreaGroup,
    Body,
    Consent,
    Council,
    DataRequest,
    Disposal,
    Guardian,
    Membership,
    Person,
    Role,
)
from sonjuku.rooms.programmes.models import Agreement, BusinessLine, Programme
from tests import certified, matched, sealed

# Strings that belong to the applicant of council A and must reach nobody without a role on the call.
SECRETS = ("秘密山", "ヒミツヤマ", "secret-person@example.jp", "ひみつの回答")


@dataclass
class World:
    council: Council
    staff: Account
    member: Account
    stranger: Account
    foreign_staff: Account
    roleless_staff: Account
    reviewer: Account
    school: Account
    officer: Account
    params: dict[str, Any] = field(default_factory=dict)


def build() -> World:
    now = timezone.now()
    council = Council.objects.create(
        slug="hagi", title="萩協議会", title_en="Hagi Council", lg_code="352047", is_demo=True
    )
    host = Body.objects.create(
        council=council, type=Body.Type.COUNCIL, name="萩協議会", name_en="Hagi Council"
    )
    chamber = Body.objects.create(
        council=council, type=Body.Type.CHAMBER, name="商工会議所", name_en="Chamber"
    )
    school = Body.objects.create(
        council=council, type=Body.Type.HIGH_SCHOOL, name="高校", name_en="High school"
    )
    membership = Membership.objects.create(council=council, body=host, joined_on=dt.date(2020, 4, 30))
    other = Council.objects.create(
        slug="aomori", title="青森協議会", title_en="Aomori Council", lg_code="020001", is_demo=True
    )
    other_host = Body.objects.create(council=other, type=Body.Type.NPO, name="青森NPO", name_en="Aomori NPO")

    def account(name: str) -> Account:
        return Account.objects.create_user(f"{name}@example.jp", "correct horse battery", is_demo=True)

    def role(who: Account, body: Body, *kinds: str) -> None:
        for kind in kinds:
            Role.objects.create(
                council=body.council, body=body, account=who, kind=kind, starts_on=dt.date(2020, 4, 30)
            )

    world = World(
        council, account("staff"), account("secret-person"), account("stranger"), account("foreign"),
        account("roleless"), account("reviewer"), account("school"), account("officer"),
    )  # fmt: skip
    role(world.staff, host, "administrator", "secretariat", "body_staff")
    role(world.reviewer, host, "reviewer")
    role(world.school, school, "school_contact")
    role(world.officer, host, "prefecture_officer")
    role(
        world.foreign_staff,
        other_host,
        "administrator",
        "secretariat",
        "reviewer",
        "school_contact",
        "body_staff",
    )
    role(world.roleless_staff, chamber, "body_staff", "secretariat")
    Person.objects.create(
        council=other, account=world.foreign_staff, family_name="他", given_name="人",
        family_name_kana="タ", given_name_kana="ニン", lg_code="020001",
    )  # fmt: skip
    area = AreaGroup.objects.create(
        council=council, slug="north", title="北浦", title_en="North", lg_codes=["355020"]
    )
    world.params = {"slug": "hagi", "area_id": area.id, "membership_id": membership.id, "body_id": chamber.id}
    _newsroom(world, host, now)
    _funnel(world, host, school, now)
    _machines(world, council, host, now)
    world.params |= matched.fill(council, host, chamber, now)
    return world


def _newsroom(world: World, host: Body, now: dt.datetime) -> None:
    """An article of each state."""
    for state in Article.State.values:
        article = Article.objects.create(
            council=world.council, body=host, slug=f"news-{state}", state=state, title="記事", title_en="Article",
            text="## 見出し\n\n本文", text_en="## Heading\n\nText", owner_office="総務課", owner_office_en="General Affairs",
            contact_phone="0838-00-0000", return_reason="日付を書いてください" if state == "returned" else "",
            published_at=now if state in ("published", "withdrawn") else None,
        )  # fmt: skip
        if state == "submitted":
            world.params |= {"article": "news-published", "article_id": article.id}


def _funnel(world: World, host: Body, school: Body, now: dt.datetime) -> None:
    council, params = world.council, world.params
    line = BusinessLine.objects.create(
        council=council, slug="training", ordinal=1, title="育成", title_en="Training"
    )
    programme = Programme.objects.create(
        council=council, business_line=line, slug="juku", title="塾", title_en="School"
    )
    agreement = Agreement.objects.create(
        council=council, slug="pact", title="協定", title_en="Agreement", signed_on=dt.date(2023, 5, 22)
    )
    form = Form.objects.create(council=council, title="様式", title_en="Form")
    version = FormVersion.objects.create(form=form, frozen_at=now)
    draft = FormVersion.objects.create(form=form, number=2)
    editable = Question.objects.create(
        version=draft, key="why", ordinal=1, kind="text", title="理由", title_en="Why"
    )
    question = Question.objects.create(
        version=version, key="why", ordinal=1, kind="text", title="理由", title_en="Why"
    )
    call = Call.objects.create(
        council=council, programme=programme, code="live", kind="course", title="講座", title_en="Course",
        state="open", opens_at=now - dt.timedelta(days=5), closes_at=now + dt.timedelta(days=5),
        starts_on=now.date() + dt.timedelta(days=9), ends_on=now.date() + dt.timedelta(days=30),
        venue="会館", venue_en="Hall", fee_jpy=0, result_on=now.date() + dt.timedelta(days=7),
        purpose_of_use="運営", purpose_of_use_en="Running the course", data_controller=host,
        contact_office="事務局", contact_office_en="Office", contact_phone="0838-00-0000", contact_hours="平日",
        contact_hours_en="Weekdays", selection="lottery", seed_source="公開の数", seed_source_en="A public number",
        form_version=version, survey_version=version, min_reviewers=1,
    )  # fmt: skip
    CallBody.objects.create(call=call, body=host, role="host")
    pool = SeatPool.objects.create(call=call, capacity=5, taken=1)
    Criterion.objects.create(call=call, title="意欲", title_en="Will")
    PriorityRule.objects.create(
        call=call, kind="score", minimum=3, title="審査の点が高い方", title_en="High points"
    )
    call.selection_run = SelectionRun.objects.create(
        council=council,
        title="抽選",
        title_en="Draw",
        seed_source="公開の数",
        seed_source_en="A public number",
    )
    call.save()
    params["run_code"] = call.selection_run.code
    person = Person.objects.create(
        council=council, account=world.member, family_name="秘密山", given_name="花子",
        family_name_kana="ヒミツヤマ", given_name_kana="ハナコ", email="secret-person@example.jp",
        date_of_birth=dt.date(2010, 5, 5), school_stage="high", school=school, lg_code="352047", language="en",
    )  # fmt: skip
    application = Application.objects.create(
        council=council, call=call, person=person, state="accepted", seat_pool=pool,
        submitted_at=now - dt.timedelta(days=1), needs_guardian=True, entered_by=world.staff,
    )  # fmt: skip
    response = Response.objects.create(
        council=council, version=version, person=person, about_id=application.id, submitted_at=now
    )
    Answer.objects.create(response=response, question=question, value="ひみつの回答")
    application.response = response
    application.save()
    upload = Upload.objects.create(
        council=council, person=person, response=response, question=question, name="ひみつ.pdf",
        mime="application/pdf", size=8, sha256="0" * 64, file=ContentFile(b"%PDF-1.4", name="x"),
    )  # fmt: skip
    guardian = Guardian.objects.create(
        council=council, person=person, name="保護 者", relation="母", email="guardian@example.jp"
    )
    consent = Consent.objects.create(
        council=council, person=person, guardian=guardian, purpose="guardian", about_id=application.id, text="同意",
        text_version="1", given_by="guardian", asked_at=now, due_at=now + dt.timedelta(days=3),
    )  # fmt: skip
    _reviewed(world, call, person)
    _by_invitation(world, call)
    _imported(world, call)
    params["paper_person"] = Person.objects.create(
        council=council, family_name="秘密山", given_name="紙子", family_name_kana="ヒミツヤマ",
        given_name_kana="カミコ", date_of_birth=dt.date(1960, 4, 1), lg_code="352047",
    )  # fmt: skip
    params |= {
        "agreement": agreement.slug, "agreement_id": agreement.id, "fiscal_year": 2026,
        "code": call.code, "application_id": application.id, "upload_id": upload.id,
        "form_id": version.form_id, "version_id": draft.id, "question_id": editable.id, "consent": consent,
        "consent_id": consent.id, "guardian_id": guardian.id, "person_id": person.id, "pool_id": pool.id,
        "programme_id": programme.id, "line_id": line.id, "criterion_id": call.criteria.get().id, "paper": "7F3K-22QX",
    }  # fmt: skip
    _after(world, call, person, application, version, now)


def _after(
    world: World, call: Call, person: Person, application: Application, version: FormVersion, now: dt.datetime
) -> None:
    council, params = world.council, world.params
    occasion = Occasion.objects.create(
        council=council,
        call=call,
        title="第1回",
        title_en="First",
        starts_at=now,
        ends_at=now + dt.timedelta(hours=2),
    )
    rule = ObligationRule.objects.create(
        call=call, kind="answer", title="アンケート", title_en="Survey", form_version=version
    )
    report_rule = ObligationRule.objects.create(call=call, kind="upload", title="報告", title_en="Report")
    consent_rule = ObligationRule.objects.create(
        call=call, kind="consent", title="同意", title_en="Agree", consent_purpose="image"
    )
    participation = Participation.objects.create(
        council=council, call=call, person=person, application=application, started_at=now
    )
    obligation = Obligation.objects.create(council=council, participation=participation, rule=rule)
    report = Obligation.objects.create(council=council, participation=participation, rule=report_rule)
    agree = Obligation.objects.create(council=council, participation=participation, rule=consent_rule)
    Booth.objects.create(
        council=council, call=call, host_event="祭", host_event_en="Fair", host_body=call.bodies.get().body
    )
    achievement = Achievement.objects.create(
        council=council, call=call, title="ITの基礎", title_en="IT basics", description="学んだ",
        description_en="Learnt", criteria="修了", criteria_en="Completed",
    )  # fmt: skip
    key, signing = sealed.signing_key(council, now)
    params |= _issued(council, achievement, key, person, now)
    award = Award.objects.create(
        council=council, achievement=achievement, person=person, participation=participation, issuer_key=key,
        credential=sealed.badge(signing, now), issued_at=now,
    )  # fmt: skip
    params |= sealed.share(award, now)
    StatusChange.objects.create(award=award, kind="suspend", reason="確認中", at=now)
    params |= certified.fill(
        call.bodies.get().body, person, award, world.reviewer, sealed.endorsement(signing, now), now
    )
    letter = Letter.objects.create(
        council=council, person=person, kind="receipt", to_address=person.email, subject="受付", body="秘密山さん",
        key="walk", due_at=now, about_id=application.id,
    )  # fmt: skip
    params["mailing_id"] = _mailing(world, call, letter, now).id
    request = DataRequest.objects.create(
        council=council, body=call.bodies.get().body, person=person, kind="erasure", text="ひみつを消して",
        received_at=now, due_on=now.date() + dt.timedelta(days=30),
    )  # fmt: skip
    image = Consent.objects.create(
        council=council, person=person, purpose="image", text="写真", text_version="1", asked_at=now, given_at=now
    )  # fmt: skip
    disposal = Disposal.objects.create(
        council=council, kind="application", call_id=call.id, call_title=call.title, fiscal_year=2020,
        due_on=dt.date(2026, 4, 1), rows=1,
    )  # fmt: skip
    params |= {
        "disposal_id": disposal.id, "request_id": request.id, ("member:consent_back", "consent_id"): image.id,
        "occasion_id": occasion.id, "rule_id": rule.id, "participation_id": participation.id,
        "obligation_id": obligation.id, ("member:report", "obligation_id"): report.id, ("member:agree", "obligation_id"): agree.id, "award_id": award.id,
        "achievement_id": achievement.id, "letter_id": letter.id, "participation": participation,
        "role_id": Role.objects.filter(account=world.staff).first().id, "kind": "receipt", "language": "ja",
    }  # fmt: skip


def _issued(
    council: Council, achievement: Achievement, key: IssuerKey, person: Person, now: dt.datetime
) -> dict[Any, Any]:
    """A key of a body, a status list, a batch at work."""
    body = Body.objects.filter(council=council).first()
    signing = IssuerKey.objects.create(
        council=council, body=body, did="did:key:z6MkBody", private_key=b"x", created_at=now
    )
    listed = StatusList.objects.create(
        council=council, issuer_key=key, issuer=key.did, used=b"", revoked=b"", suspended=b"",
        revocation={"type": ["VerifiableCredential"]}, suspension={"type": ["VerifiableCredential"]}, signed_at=now,
    )  # fmt: skip
    batch = AwardBatch.objects.create(council=council, achievement=achievement, total=3, asked_at=now)
    AwardBatchRow.objects.create(council=council, batch=batch, person=person)
    return {
        "key_id": key.id, "list_id": listed.id, "purpose": "revocation", "award_batch_id": batch.id,
        ("public:body_did", "body_id"): signing.body_id,
    }  # fmt: skip


def _mailing(world: World, call: Call, letter: Letter, now: dt.datetime) -> Mailing:
    """One that has begun, with a letter that must go on paper."""
    mailing = Mailing.objects.create(
        council=call.council, about_id=call.id, segment={"states": ["accepted"]}, subject="持ち物", body="筆記用具",
        due_at=now, queued_at=now, recipients=1, actor_role="secretariat", actor_account_id=world.staff.id,
        created_at=now,
    )  # fmt: skip
    Letter.objects.create(
        council=call.council, person=letter.person, kind="staff_message", subject="持ち物", body="秘密山さん",
        key="walk-mailing", due_at=now, about_id=letter.about_id, mailing=mailing, state=Letter.State.HELD,
    )  # fmt: skip
    return mailing


def _machines(world: World, council: Council, host: Body, now: dt.datetime) -> None:
    """A token, and a webhook that could not be told of something."""
    token = ApiToken.objects.create(
        council=council, body=host, title="名簿システム", token_hash="0" * 64, scopes=["applications:read"],
        created_by=world.staff, created_at=now, expires_on=now.date() + dt.timedelta(days=30),
    )  # fmt: skip
    webhook = Webhook.objects.create(
        council=council, url="https://hook.example.jp/in", events=["call.opened"], secret=b"x", created_at=now, seen_until=now
    )  # fmt: skip
    delivery = WebhookDelivery.objects.create(
        webhook=webhook, entry_id=token.id, event="call.opened", payload={"call": "live"}, state="failed", attempts=10,
        answer="timeout", due_at=now,
    )  # fmt: skip
    world.params |= {"token_id": token.id, "webhook_id": webhook.id, "delivery_id": delivery.id}


def _reviewed(world: World, call: Call, person: Person) -> None:
    """The same person in a call that is decided by review, with one sheet."""
    fields = {
        f.attname: getattr(call, f.attname)
        for f in Call._meta.concrete_fields
        if not f.primary_key and f.name != "selection_run"
    }
    other = Call.objects.create(**{**fields, "code": "reviewed", "selection": "review", "noun": "oubo"})
    CallBody.objects.create(call=other, body=call.bodies.get().body, role="host")
    SeatPool.objects.create(call=other, capacity=5)
    Criterion.objects.create(call=other, title="意欲", title_en="Will")
    application = Application.objects.create(
        council=call.council, call=other, person=person, state="submitted", submitted_at=call.opens_at
    )
    Review.objects.create(application=application, reviewer=world.reviewer)
    world.params["staff:review", "application_id"] = application.id
    world.params["staff:selection", "code"] = other.code


def _by_invitation(world: World, call: Call) -> None:
    """A call whose guests are chosen among the applicants of the first."""
    fields = {
        f.attname: getattr(call, f.attname)
        for f in Call._meta.concrete_fields
        if not f.primary_key and f.name != "selection_run"
    }
    other = Call.objects.create(**{**fields, "code": "guests", "selection": "invitation", "seed_source": ""})
    CallBody.objects.create(call=other, body=call.bodies.get().body, role="host")
    SeatPool.objects.create(call=other, capacity=5)
    world.params["staff:invite", "code"] = other.code


def _imported(world: World, call: Call) -> None:
    """A file of applications that has been checked, with a row to repair."""
    batch = ImportBatch.objects.create(
        council=call.council, call=call, state="checked", file_name="list.csv", encoding="cp932", header=["氏名", "フリガナ"],
        mapping={"0": "full_name", "1": "full_name_kana"}, rows_total=1, rows_checked=1, rows_wrong=1, created_at=call.opens_at,
    )  # fmt: skip
    row = ImportRow.objects.create(
        batch=batch,
        number=2,
        values=["秘密山 花子", ""],
        problems=[{"column": 1, "code": "missing"}],
        codes=" missing ",
    )
    world.params |= {"batch_id": batch.id, "row_id": row.id}
