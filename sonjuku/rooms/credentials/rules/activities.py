"""What a record of an activity says, and how it is read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sonjuku.protocols.openbadges import build
from sonjuku.toolbox.dates import day_of

AREA_CODES = "全国地方公共団体コード"
# The ministry's page on the codes: a name for the framework, never opened by the program.
AREA_CODES_URL = "https://www.soumu.go.jp/denshijiti/code.html"


@dataclass(frozen=True)
class Activity:
    """Somebody was there: `area` is the name of `lg_code`; `host` who held it, `certifier` who certifies."""

    starts_at: datetime
    ends_at: datetime
    lg_code: str
    area: str
    kind: str
    title: str
    role: str
    venue: str
    host: str
    host_url: str
    certifier: str


def achievement(id: str, activity: Activity) -> build.Achievement:
    """What the credential says was done; `id` is the occasion's URI."""
    day = day_of(activity.starts_at)
    where = "、".join(filter(None, [activity.area, activity.venue]))
    area = build.Alignment(activity.area, AREA_CODES_URL, activity.lg_code, AREA_CODES, kind="ext:lg-code")
    return build.Achievement(
        id=id, name=activity.title, description=f"{day.year}年{day.month}月{day.day}日、{where}での活動（{activity.kind}）。主催：{activity.host}。",
        criteria="主催者が、当日の会場で受付をしたこと。", kind="CommunityService", alignments=[area],
    )  # fmt: skip


def evidence(activity: Activity) -> build.Evidence:
    return build.Evidence("当日の受付", activity.venue, genre=activity.kind)


def wire(activity: Activity) -> build.Activity:
    source = build.Issuer(activity.host_url, activity.host, activity.host_url)
    return build.Activity(activity.starts_at, activity.ends_at, activity.role, source)


def read(credential: Mapping[str, Any]) -> Activity:
    """What one of our own credentials says: the opposite of the three above."""
    subject, [shown] = credential["credentialSubject"], credential["evidence"]
    [area] = subject["achievement"]["alignment"]
    return Activity(
        starts_at=datetime.fromisoformat(subject["activityStartDate"]),
        ends_at=datetime.fromisoformat(subject["activityEndDate"]),
        lg_code=area["targetCode"], area=area["targetName"], kind=shown["genre"],
        title=subject["achievement"]["name"], role=subject["role"], venue=shown.get("narrative", ""),
        host=subject["source"]["name"], host_url=subject["source"]["id"], certifier=credential["issuer"]["name"],
    )  # fmt: skip
