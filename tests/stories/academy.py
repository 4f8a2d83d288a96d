"""An academy of three courses with 338 applicants: what a year's call has come to on its last day.

Run in the site's own environment: `python -m tests.stories.academy`. 336 people apply by their wishes here, one of them
twice (once under a new record); the story's own visitor is the 338th application.
"""

import datetime as dt
import os
import random

import django

CALL = "digital-academy"
COURSES = {
    "データ活用": ("Data", 12, 38),
    "ドローン": ("Drones", 8, 22),
    "ウェブ制作": ("Web", 10, 30),
}
APPLICANTS = 336
KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sonjuku.config.settings")
    django.setup()

    from django.utils import timezone

    from sonjuku.rooms.journal.models import Actor
    from sonjuku.rooms.people.models import Council, Role

    council = Council.objects.get(slug="hagi")
    role = Role.objects.filter(kind=Role.Kind.SECRETARIAT, body__council=council).first()
    assert role is not None
    by = Actor(
        at=timezone.now(), role="secretariat", body_id=role.body_id, council_id=council.id,
        account_id=role.account_id,
    )  # fmt: skip
    call = open_the_call(by, council)
    apply_all(by, council, call)


def open_the_call(by, council):  # type: ignore[no-untyped-def]
    from sonjuku.rooms.calls import actions
    from sonjuku.rooms.people.models import Body
    from sonjuku.rooms.programmes.models import Programme

    today = by.at.date()
    body = Body.objects.get(pk=by.body_id)
    call = actions.create_call(
        by=by, council=council, programme=Programme.objects.filter(council=council).first(), code=CALL,
        title="デジタル人材育成アカデミー", title_en="Digital Academy", kind="course", selection="ranked",
        seed_source="第2150回ロト6の本数字（小さい順）", seed_source_en="Main numbers of Loto 6, no. 2150, ascending",
        check_days=0, opens_at=by.at - dt.timedelta(days=20), closes_at=by.at + dt.timedelta(days=2),
        result_on=today + dt.timedelta(days=10), starts_on=today + dt.timedelta(days=40),
        venue="萩・明倫学舎", fee_jpy=0, purpose_of_use="アカデミーの受付と連絡のため。", data_controller=body,
        contact_office="企業誘致推進課", contact_phone="0838-00-0000", contact_hours="平日8:30〜17:15",
    )  # fmt: skip
    pools = []
    for title, (title_en, held, free) in COURSES.items():
        course = {"option": title, "option_en": title_en}
        pools += [
            {**course, "seat_type": "市民の席", "seat_type_en": "Seats for residents", "capacity": held,
             "reserved_for_lg_codes": ["352047"]},
            {**course, "seat_type": "", "capacity": free},
        ]  # fmt: skip
    actions.set_pools(
        by=by, call=call, pools=[{**pool, "ordinal": number} for number, pool in enumerate(pools)]
    )
    return actions.open_call(by=by, call=call)


def apply_all(by, council, call):  # type: ignore[no-untyped-def]
    from sonjuku.rooms.calls import actions, queries
    from sonjuku.rooms.people.actions import add_person

    dice = random.Random(338)
    for number in range(APPLICANTS + 1):
        # The last one is the first one again, under a new record: it came by FAX too.
        who = 0 if number == APPLICANTS else number
        kana = "".join(KANA[who // len(KANA) ** place % len(KANA)] for place in range(3))
        person = add_person(
            by=by, council=council,
            fields={
                "family_name": f"架空{who}", "given_name": "学", "family_name_kana": kana,
                "given_name_kana": "マナブ", "date_of_birth": dt.date(1990, 1, 1) + dt.timedelta(days=who),
                "phone": f"0838-{who // 100:02}-{who % 10000:04}", "email": f"applicant{number}@example.jp",
                "lg_code": "352047" if who % 3 == 0 else "352021",
            },
        )  # fmt: skip
        wishes = dice.sample(list(COURSES), k=1 + who % 3)
        actions.submit(
            by=by, call=call, person=person, facts=queries.facts_of(person), wishes=wishes, channel="fax"
        )


if __name__ == "__main__":
    main()
