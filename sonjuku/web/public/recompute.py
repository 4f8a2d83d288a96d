"""A selection repeated by whoever reads its proof: in their own browser, or with the tools of any shell."""

import shlex
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

# Where the code stands in a line of the frozen list, and what goes before its number when codes are sorted.
COLUMNS = {
    "draw": ("code class persons", "$class"),
    "assign": ("code groups wishes", "1"),
    "match": ("side code ranking", "1"),
}


class KnownForm(forms.Form):
    """What the page's own program reads; nothing of it is ever sent."""

    file = forms.FileField(
        label=gettext_lazy("証明のファイル"),
        help_text=gettext_lazy(
            "証明のページで保存したJSONファイル、40 MBまで。この端末の中で読むだけで、どこにも送りません。"
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    list_hash = forms.CharField(
        label=gettext_lazy("掲示された一覧の符号"),
        help_text=gettext_lazy("64文字の英数字です。"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )
    public_value = forms.CharField(
        label=gettext_lazy("出どころで確かめた数"),
        help_text=gettext_lazy("新聞や公式のページで、ご自身が見た数です。"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )
    rules_hash = forms.CharField(
        label=gettext_lazy("募集のときに公表されたきまりの符号"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )


def part(bundle_url: str = "") -> dict[str, Any]:
    """What public/part_recompute.html needs as `recompute`. `bundle_url`: the bundle's JSON; "" lets the reader open a file."""
    form = KnownForm(auto_id="recompute_%s")
    if bundle_url:
        del form.fields["file"]
    return {"bundle_url": bundle_url, "form": form}


@require_safe
def verify_selection(request: HttpRequest) -> HttpResponse:
    """The page to which somebody brings a saved proof. It computes in the browser: no file arrives here."""
    crumbs = [{"url": reverse("public:verify"), "label": _("証明の確認")}]
    return render(request, "public/verify_selection.html", {"recompute": part(), "crumbs": crumbs})


def recipe(bundle: Mapping[str, Any]) -> str:
    """Shell commands that repeat the hashes and the order of a bundle from its rules.txt and list.txt.

    In turn: the rules' hash, the list's hash, the list's first line (which names the rules), the seed, then the order, a code
    a line. "" for a bundle that is not of the second format. The result of a draw follows by counting seats; that of the
    other methods needs a program.
    """
    method = str(bundle.get("rules", "")).partition("method\t")[2].partition("\n")[0]
    if "format" not in bundle or "seed" not in bundle or method not in COLUMNS:
        return ""
    columns, first = COLUMNS[method]
    source = shlex.quote(f"{bundle['list_hash']}:{bundle['public_value']}")
    return "\n".join(
        [
            "sha256sum rules.txt",
            "sha256sum list.txt",
            "head -n 1 list.txt",
            f"printf '%s' {source} | sha256sum",
            f"seed={shlex.quote(bundle['seed'])}",
            f"tail -n +2 list.txt | while IFS=\"$(printf '\\t')\" read -r {columns}; do",
            f'  printf \'%s\\t%s\\t%s\\n\' "{first}" "$(printf \'%s\' "$seed:$code" | sha256sum | cut -c1-64)" "$code"',
            "done | LC_ALL=C sort -k1,1n -k2,2 | cut -f3",
        ]
    )
