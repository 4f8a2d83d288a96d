"""Articles at the desk: a body's editor writes and hands in, the secretariat approves or sends back."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.newsroom import actions, queries, rules
from sonjuku.rooms.newsroom.models import Article
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people import rules as people_rules
from sonjuku.rooms.people.models import Body, Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.errors import refused_back
from sonjuku.web.public.news import safe
from sonjuku.web.staff.inputs import DeskForm, rows_field
from sonjuku.web.staff.rows import one_or_404, page_of

S = Article.State
WAITING = "waiting"


class Text(DeskForm):
    """What an article says; `body` only for those who may write for any."""

    body = rows_field(_("どの団体の記事か"), "name")
    kind = forms.ChoiceField(label=_("種類"), choices=Article.Kind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label=_("題名"), max_length=140)
    text = forms.CharField(
        label=_("本文"), max_length=rules.LONGEST_TEXT, widget=forms.Textarea({"rows": 12}),
        help_text=_("空の行で段落が分かれます。行の頭に「## 」で見出し、「- 」で箇条書きになります。"),
    )  # fmt: skip
    owner_office = forms.CharField(
        label=_("担当課"), max_length=120, help_text=_("読んだ人が問い合わせる課・部署です。例：総務課")
    )
    contact_phone = forms.CharField(
        label=_("電話番号"), max_length=30, required=False, widget=forms.TextInput({"type": "tel"})
    )
    title_en = forms.CharField(label=_("題名（英語）"), max_length=180, required=False)
    text_en = forms.CharField(
        label=_("本文（英語）"),
        max_length=rules.LONGEST_TEXT,
        required=False,
        widget=forms.Textarea({"rows": 8}),
    )
    owner_office_en = forms.CharField(label=_("担当課（英語）"), max_length=160, required=False)

    def __init__(self, data: Any = None, *, bodies: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        if bodies is None:
            del self.fields["body"]
        else:
            self.fields["body"].queryset = bodies  # type: ignore[attr-defined]


class Reason(DeskForm):
    reason = forms.CharField(
        label=_("差し戻す理由"), max_length=200, widget=forms.Textarea({"rows": 3}),
        help_text=_("書いた人に見えます。何を直せばよいかを書いてください。"),
    )  # fmt: skip


@staff("news.write")
def news_list(request: HttpRequest, council: Council) -> HttpResponse:
    everything = queries.visible_to(request.actor)  # type: ignore[attr-defined]
    chosen = request.GET.get("show", "")
    rows = everything.order_by("-id")
    if chosen == WAITING:
        rows = everything.filter(queries.WAITING).order_by("submitted_at", "id")
    elif chosen in S.values:
        rows = rows.filter(state=chosen)
    numbers = dict(everything.order_by().values_list("state").annotate(number=Count("id")))
    waiting = everything.filter(queries.WAITING).count()
    choices = [("", _("すべて"), sum(numbers.values())), (WAITING, S.SUBMITTED.label, waiting)]
    choices += [(s.value, s.label, numbers.get(s.value, 0)) for s in S if s != S.SUBMITTED]
    filters = [
        {"key": key, "label": label, "number": number, "current": key == chosen}
        for key, label, number in choices
        if number or key in ("", chosen)
    ]
    context = {"page_obj": page_of(request, rows), "filters": filters, "is_narrowed": bool(chosen)}
    return render(request, "staff/news.html", context)


@staff("news.write")
def news_new(request: HttpRequest, council: Council) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    approves = people_rules.may(actor.role, "news.approve")
    bodies = people.bodies(council) if approves else None
    initial = {"body": actor.body_id, "kind": Article.Kind.NOTICE, **_office(council)}
    form = Text(request.POST or None, bodies=bodies, initial=initial)
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        fields = dict(form.cleaned_data)
        body: Body = fields.pop("body", None) or one_or_404(people.bodies(council), pk=actor.body_id)
        try:
            article = actions.write(by=actor, council=council, body=body, **fields)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("下書きを保存しました。"))
            return redirect("staff:article", council.slug, article.id)
    return render(request, "staff/news_edit.html", {"form": form, "preview": _preview(form)})


def _office(council: Council) -> dict[str, str]:
    return {"contact_phone": council.contact_phone}


def _preview(form: Text) -> dict[str, Any] | None:
    """The article as it would stand on its page; None before anything is typed or where it is wrong."""
    if not form.is_bound or not form.is_valid():
        return None
    data = form.cleaned_data
    return {**data, "html": safe(data["text"]), "html_en": safe(data["text_en"])}


def _article(request: HttpRequest, article_id: uuid.UUID) -> Article:
    article: Article = one_or_404(queries.visible_to(request.actor), pk=article_id)  # type: ignore[attr-defined]
    return article


@staff("news.write")
def article(request: HttpRequest, council: Council, article_id: uuid.UUID) -> HttpResponse:
    """One article as its readers will see it, what became of it, and what may be done now."""
    row = _article(request, article_id)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    approves = people_rules.may(actor.role, "news.approve")
    revised = queries.as_revised(row)
    context = {
        "row": row,
        "waits": rules.waits(row),
        "approves": approves,
        "shown": {**revised, "html": safe(revised["text"]), "html_en": safe(revised["text_en"])},
        "before": {"title": row.title, "html": safe(row.text)} if row.revision else None,
        "deeds": [deed for deed in DEEDS.values() if deed.fits(row, approves)],
        "may_edit": approves or row.state != S.SUBMITTED,
        "reason_form": Reason(None),
    }
    return render(request, "staff/news_item.html", context)


@staff("news.write")
def article_edit(request: HttpRequest, council: Council, article_id: uuid.UUID) -> HttpResponse:
    row = _article(request, article_id)
    form = Text(request.POST or None, initial=queries.as_revised(row))
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            changed = actions.change(by=request.actor, article=row, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            text = _("直した内容を事務局に出しました。承認されるまで、いまの記事が見えます。")
            messages.success(request, text if changed.revised_at else now("記事を保存しました。"))
            return redirect("staff:article", council.slug, row.id)
    return render(request, "staff/news_edit.html", {"form": form, "row": row, "preview": _preview(form)})


@dataclass(frozen=True)
class Deed:
    """What may be done to an article: its button, the question before it, and when it fits."""

    slug: str
    button: Any
    title: Any
    text: Any
    done: Any
    run: Callable[..., Any]
    fits: Callable[[Article, bool], bool]
    tone: str = ""
    form: type[DeskForm] | None = None


DEEDS: dict[str, Deed] = {
    deed.slug: deed
    for deed in (
        Deed(
            "submit", _("事務局に出す"), _("この記事を事務局に出しますか"),
            _("事務局が確かめて公開します。承認を待っている間は直せません。"), _("事務局に出しました。承認されると公開されます。"),
            actions.submit,
            lambda row, approves: not approves and rules.may_move(row.state, S.SUBMITTED),
        ),
        Deed(
            "publish", _("公開する"), _("この記事を公開しますか"), _("協議会のお知らせと、団体のページに出ます。"),
            _("公開しました。"), actions.publish,
            lambda row, approves: approves and (rules.waits(row) or rules.may_move(row.state, S.PUBLISHED)),
        ),
        Deed(
            "return", _("差し戻す"), _("この記事を差し戻しますか"),
            _("書いた人の「本日の対応」に、理由と一緒に出ます。公開中の文は変わりません。"), _("差し戻しました。"),
            actions.send_back, lambda row, approves: approves and rules.waits(row), form=Reason,
        ),
        Deed(
            "withdraw", _("掲載を終える"), _("この記事の掲載を終えますか"),
            _("お知らせの一覧から消えます。アドレスを開いた人には、掲載が終わったことと担当課を示します。"),
            _("掲載を終えました。"), actions.withdraw,
            lambda row, approves: row.state == S.PUBLISHED, tone="bad",
        ),
        Deed(
            "throw-away", _("下書きを消す"), _("この下書きを消しますか"), _("消した下書きは元に戻せません。"),
            _("下書きを消しました。"), actions.throw_away,
            lambda row, approves: row.state in rules.UNSENT and row.published_at is None, tone="bad",
        ),
    )
}  # fmt: skip


@staff("news.write")
def article_action(
    request: HttpRequest, council: Council, article_id: uuid.UUID, action: str
) -> HttpResponse:
    """GET asks, POST does; whether this actor may is the action's to say."""
    row, deed = _article(request, article_id), DEEDS.get(action)
    if deed is None:
        raise Http404
    form = (deed.form or DeskForm)(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "staff/news_action.html", {"row": row, "deed": deed, "form": form})
    try:
        deed.run(by=request.actor, article=row, **form.cleaned_data)  # type: ignore[attr-defined]
    except Refused as error:
        return refused_back(request, error, "staff:article", council.slug, row.id)
    messages.success(request, deed.done)
    if action == "throw-away":
        return redirect("staff:news", council.slug)
    return redirect("staff:article", council.slug, row.id)


article_action.values = tuple(DEEDS)  # type: ignore[attr-defined]
