"""The demo's articles: what a secretariat and its member bodies tell, one of them still waiting for approval."""

from dataclasses import dataclass
from datetime import timedelta

from sonjuku.flows.demo_people import body
from sonjuku.flows.demo_scenes import Stage
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.newsroom import actions
from sonjuku.rooms.newsroom.models import Article
from sonjuku.rooms.people.models import Role

DAY = timedelta(days=1)
SAMPLE = "\n\n（デモのための見本の記事です。）"
SAMPLE_EN = "\n\n(A sample article of the demo.)"
HAGI_OFFICE = ("商工政策部 企業誘致推進課", "Business Attraction Division", "0838-00-0000")


@dataclass(frozen=True)
class Story:
    """One article: how many days ago it was published (None: handed in, not yet approved), and last changed."""

    slug: str
    body: tuple[str, str]
    office: tuple[str, str, str]
    title: str
    title_en: str
    text: str
    text_en: str
    days_ago: int | None
    changed: int | None = None
    kind: str = Article.Kind.NOTICE
    ended: bool = False


HAGI = (
    Story(
        "summer-report", ("萩市", "商工政策部企業誘致推進課"), HAGI_OFFICE,
        "夏の講座を終えました", "The summer course is over",
        "夏の「ITパスポート」講座が終わりました。参加した皆さん、お疲れさまでした。\n\n## 修了した方へ\n\n"
        "修了のバッジは、マイページから受け取れます。印刷した修了証が要る方は、下の問合せ先にお知らせください。",
        "The summer IT Passport course has ended. Well done, everybody.\n\n## If you completed it\n\n"
        "Your badge is on your page. If you need a printed certificate, please ask the office below.",
        40,
    ),
    Story(
        "digital-advice", ("萩商工会議所", ""), ("経営支援課", "Management Support Division", "0838-00-0000"),
        "お店のデジタル相談日（毎月第2火曜日）", "Digital advice for shops, every second Tuesday",
        "レジ、予約、帳簿のデジタル化について、専門の相談員がお話をうかがいます。会員でない方も相談できます。\n\n"
        "- **日時** 毎月第2火曜日 13時から16時まで\n- **場所** 会議所1階 相談室\n- **費用** 無料\n\n"
        "前の日までに、電話で予約してください。",
        "An adviser helps shops with tills, bookings and accounts. Non-members are welcome.\n\n"
        "- **When** every second Tuesday, 13:00–16:00\n- **Where** consultation room, ground floor\n- **Fee** free\n\n"
        "Please book by phone the day before.",
        12, kind=Article.Kind.BODY_PROJECT,
    ),
    Story(
        "winter-course", ("萩市", "商工政策部企業誘致推進課"), HAGI_OFFICE,
        "冬の「ITパスポート」講座の申込みが始まりました", "The winter IT Passport course takes applications",
        "冬の講座の申込みを受け付けています。はじめての人のための講座です。\n\n## 申込みの方法\n\n"
        "1. このサイトの募集のページから申し込む\n2. 申込書を FAX か郵送で送る\n3. 市役所の窓口で申し込む\n\n"
        "定員を超えたときは、だれにも決められない数で抽選します。",
        "The winter course takes applications. It is for beginners.\n\n## How to apply\n\n"
        "1. On the page of the call\n2. By fax or post\n3. At the counter of the city hall\n\n"
        "If there are more applications than seats, a public number that nobody can choose decides the draw.",
        6, 2,
    ),
    Story(
        "year-end", ("萩市", "商工政策部企業誘致推進課"), HAGI_OFFICE,
        "年末年始の窓口のお休み", "The office is closed over the New Year",
        "12月29日から1月3日まで、窓口と電話の受付をお休みします。この間も、サイトからの申込みはできます。",
        "The counter and the phone are closed from 29 December to 3 January. You can still apply on this site.",
        3,
    ),
    Story(
        "kids-programming", ("株式会社ネットケアサービス", ""), ("広報室", "Public Relations", "0838-00-0000"),
        "小学生のプログラミング体験会を開きます", "A programming morning for schoolchildren",
        "小学4年生から6年生までの子どもが、タブレットで絵を動かすプログラムをつくります。\n\n"
        "- **定員** 12人\n- **持ち物** 飲み物\n\nくわしい日時は、決まりしだいお知らせします。",
        "Children of the fourth to sixth grade make pictures move on a tablet.\n\n"
        "- **Places** 12\n- **Bring** something to drink\n\nThe day will be announced here.",
        None, kind=Article.Kind.BODY_PROJECT,
    ),
    Story(
        "summer-festival", ("萩商工会議所", ""), ("総務課", "General Affairs", "0838-00-0000"),
        "夏まつりのブースのお手伝いを募ります", "Helpers wanted for the summer fair",
        "夏まつりのブースを手伝ってくださる方を募ります。", "We look for helpers at our booth.",
        150, ended=True,
    ),
)  # fmt: skip
TSUYAMA = (
    Story(
        "workation-desk", ("津山市", ""), ("ワーケーション担当", "Workation desk", "0868-00-0000"),
        "ワーケーションの相談窓口を開いています", "The workation desk is open",
        "津山で仕事をしながら過ごしたい方の相談を受けています。宿、仕事場、地元の人とのつなぎをお手伝いします。",
        "We help people who want to work from Tsuyama for a while: lodging, a desk, and people to meet.",
        15,
    ),
    Story(
        "town-walk", ("株式会社IRODORI", ""), ("企画担当", "Planning", "0868-00-0000"),
        "城下町を歩く会", "A walk through the castle town",
        "はじめて津山に来た方と、城下町を2時間ほど歩きます。終わったあとに、地元の人とお茶を飲みます。",
        "Two hours through the castle town with newcomers, then tea with people who live there.",
        5, kind=Article.Kind.BODY_PROJECT,
    ),
)  # fmt: skip
STORIES = {"hagi": HAGI, "tsuyama": TSUYAMA}


def tell(stage: Stage) -> None:
    """Write this council's articles, each on its own days."""
    for story in STORIES[stage.council.slug]:
        _tell(stage, story)


def _tell(stage: Stage, story: Story) -> None:
    written = stage.at - (story.days_ago or 1) * DAY
    article = actions.write(
        by=_editor(stage, story).now(written), council=stage.council, body=body(stage.council, story.body),
        slug=story.slug, kind=story.kind, title=story.title, title_en=story.title_en, text=story.text + SAMPLE,
        text_en=story.text_en + SAMPLE_EN, owner_office=story.office[0], owner_office_en=story.office[1],
        contact_phone=story.office[2],
    )  # fmt: skip
    if story.days_ago is None:
        actions.submit(by=_editor(stage, story).now(written), article=article)
        return
    actions.publish(by=stage.staff(written), article=article)
    if story.changed is not None:
        changed = stage.staff(stage.at - story.changed * DAY)
        actions.change(
            by=changed, article=article, text=article.text.replace("窓口で申し込む", "窓口（平日）で申し込む")
        )
    if story.ended:
        actions.withdraw(by=stage.staff(written + 30 * DAY), article=article)


def _editor(stage: Stage, story: Story) -> Actor:
    """The body's own editor where the demo has one, else the secretariat that types it in."""
    roles = Role.objects.filter(council=stage.council, kind=Role.Kind.BODY_STAFF)
    role = roles.filter(body=body(stage.council, story.body)).first()
    if role is None:
        return stage.desk
    return Actor(
        at=stage.at,
        role=role.kind,
        body_id=role.body_id,
        council_id=role.council_id,
        account_id=role.account_id,
    )
