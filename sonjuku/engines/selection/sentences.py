"""Plain sentences for explanations, in Japanese and English: to print, to show, to read aloud.

Not through gettext: whoever verifies a bundle without the rest of the house gets the same words.
"""

from collections.abc import Mapping
from typing import Literal

from sonjuku.engines.selection.explain import RELEASED, Explanation, Reason, Standing

Language = Literal["ja", "en"]

WORDS: dict[str, dict[str, str]] = {
    "ja": {
        "wish": "第{wish}希望の「{title}」",
        "number": "抽選番号は{total}番のうち{number}番です。",
        "placed": "{wish}に決まりました。",
        "placed_last": "{seat}で最後に入った方は{last}です。",
        "full": "{wish}は、席がいっぱいで入れませんでした。",
        "no_seats": "{wish}には、入れる席がありませんでした。",
        "region_full": "{wish}は、地域全体の上限に達したため入れませんでした。",
        "did_not_fit": "{wish}は、順番が来たときの残りの席に全員では入れなかったため、補欠になりました。",
        "refused_last": "最後に入った方は{last}で、あなたは{own}でした。",
        "waiting": "抽選のときの補欠の順番は、{waiting}番目でした。",
        "not_needed": "{wish}は、上の希望に決まったので使いませんでした。",
        "no_wish": "希望が書かれていなかったので、選考の対象になりませんでした。",
        "standing": "{number}番",
        "class_standing": "区分{priority}の{number}番",
        "open": "どなたでも座れる席",
        "held": "「{group}」の席",
        "released": "希望者がいなくて開放された席",
        "gap": "",
    },
    "en": {
        "wish": "{title} (wish {wish})",
        "number": "The lottery number is {number} of {total}.",
        "placed": "There is a place in {wish}.",
        "placed_last": "{seat}: the last to get in was {last}.",
        "full": "{wish} was full.",
        "no_seats": "{wish} had no seat to give.",
        "region_full": "{wish} could take nobody else, because its region had reached its limit.",
        "did_not_fit": "{wish} had fewer seats left than persons in this application when its turn came.",
        "refused_last": "The last to get in was {last}; yours was {own}.",
        "waiting": "The place on the waiting list at the draw was {waiting}.",
        "not_needed": "{wish} was not needed, because a better wish came true.",
        "no_wish": "No wish was given, so there was nothing to select.",
        "standing": "number {number}",
        "class_standing": "class {priority}, number {number}",
        "open": "Seats open to all",
        "held": "Seats held for {group}",
        "released": "Held seats that nobody of their group wanted",
        "gap": " ",
    },
}


def sentences(explanation: Explanation, titles: Mapping[str, str], language: Language = "ja") -> list[str]:
    """The number first, then a few plain sentences per wish, best first.

    `titles`: programmes and groups by code, in the language; a code without one stands for itself.
    """
    words = WORDS[language]
    told = [words["number"].format(number=explanation.number, total=explanation.total)]
    if not explanation.reasons:
        return [*told, words["no_wish"]]
    return told + [sentence(reason, titles, language) for reason in explanation.reasons]


def sentence(reason: Reason, titles: Mapping[str, str], language: Language = "ja") -> str:
    """What became of one wish: the outcome, who got in last, and the place in line."""
    words = WORDS[language]
    title = titles.get(reason.programme, reason.programme)
    outcome, last = reason.outcome, reason.last
    if outcome == "full" and last is None:
        outcome = "no_seats"
    told = [words[outcome].format(wish=words["wish"].format(wish=reason.wish, title=title))]
    if outcome == "placed":
        final = reason.tried[-1].last
        if final:
            seat = _seat(reason.seat, titles, words)
            told.append(words["placed_last"].format(seat=seat, last=_standing(final, reason, words)))
    elif last and outcome != "did_not_fit":
        own = _standing(reason.own, reason, words)
        told.append(words["refused_last"].format(last=_standing(last, reason, words), own=own))
    if reason.waiting is not None:
        told.append(words["waiting"].format(waiting=reason.waiting))
    return words["gap"].join(told)


def _seat(group: str, titles: Mapping[str, str], words: Mapping[str, str]) -> str:
    if group in ("", RELEASED):
        return words["released" if group else "open"]
    return words["held"].format(group=titles.get(group, group))


def _standing(standing: Standing, reason: Reason, words: Mapping[str, str]) -> str:
    """The class is said only where it matters: when somebody concerned is not in the first one."""
    concerned = [tried.last for tried in reason.tried if tried.last]
    classes = {one.priority for one in (reason.own, *concerned)}
    key = "standing" if classes == {1} else "class_standing"
    return words[key].format(priority=standing.priority, number=standing.number)
