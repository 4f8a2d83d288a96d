import pytest

from sonjuku.rooms.letters import merging
from sonjuku.toolbox.refusals import Refused

VALUES = {"name": "見本 花子", "code": "7F3K-22QX", "venue": ""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{氏名}} 様", "見本 花子 様"),
        ("{{ 氏名 }}様", "見本 花子様"),
        ("｛｛受付番号｝｝", "7F3K-22QX"),
        ("Dear {{name}}, {{number}}", "Dear 見本 花子, 7F3K-22QX"),
        ("会場：{{会場}}。", "会場：。"),
        ("なにもない", "なにもない"),
        ("{ひとつ} と {% tag %}", "{ひとつ} と {% tag %}"),
    ],
)
def test_each_place_is_filled(text, expected):
    merging.fields_in(text)
    assert merging.merged(text, VALUES) == expected


def test_what_a_value_says_is_not_read_again():
    assert merging.merged("{{氏名}}", {"name": "{{受付番号}}", "code": "X"}) == "{{受付番号}}"


def test_the_fields_of_a_text_come_in_one_order():
    assert merging.fields_in("{{会場}}{{氏名}}", "{{venue}}{{確認期限}}") == ["name", "venue", "confirm_by"]
    assert merging.lacking(["name", "venue"], VALUES) == ["venue"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{生年月日}}", "merge_field_unknown"),
        ("{{氏名|upper}}", "merge_field_unknown"),
        ("{{person.email}}", "merge_field_unknown"),
        ("{{}}", "merge_field_unknown"),
        ("{{氏名}", "merge_field_open"),
        ("氏名}}", "merge_field_open"),
    ],
)
def test_an_unknown_field_is_refused_with_its_name(text, code):
    with pytest.raises(Refused) as no:
        merging.fields_in("件名", text)
    assert no.value.code == code
    if code == "merge_field_unknown":
        assert f"「{text.strip('{}')}」" in str(no.value.message)


def test_every_field_has_its_own_name_in_both_languages():
    names = [name for field in merging.FIELDS.values() for name in (field.ja, field.en)]
    assert len(names) == len(set(names)) == 2 * len(merging.FIELDS)
