import pytest

from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.people import actions
from sonjuku.rooms.people.models import AreaGroup
from sonjuku.toolbox.refusals import Refused


@pytest.fixture
def north(council, secretariat):
    return actions.add_area_group(
        by=secretariat, council=council, slug="north", title="北浦", lg_codes=["355020", "352110", "355020"]
    )


def test_a_group_keeps_each_municipality_once(north):
    assert north.lg_codes == ["352110", "355020"]
    assert Entry.objects.get(subject_id=north.id).verb == "area_group.added"


@pytest.mark.parametrize(
    ("slug", "codes", "code"),
    [
        ("north", ["352047"], "area_group_exists"),
        ("east", ["355020"], "in_two_groups"),
        ("east", [], "no_municipality"),
    ],
)
def test_a_group_is_refused(north, council, secretariat, slug, codes, code):
    with pytest.raises(Refused) as refused:
        actions.add_area_group(by=secretariat, council=council, slug=slug, title="東", lg_codes=codes)
    assert refused.value.code == code
    assert AreaGroup.objects.count() == 1


def test_a_group_changes_and_never_takes_anothers_municipality(north, council, secretariat):
    east = actions.add_area_group(
        by=secretariat, council=council, slug="east", title="東", lg_codes=["352047"]
    )
    actions.change_area_group(by=secretariat, group=north, title="北", lg_codes=["355020"])
    north.refresh_from_db()
    assert (north.title, north.lg_codes) == ("北", ["355020"])
    with pytest.raises(Refused) as refused:
        actions.change_area_group(by=secretariat, group=east, lg_codes=["352047", "355020"])
    assert refused.value.code == "in_two_groups"


def test_another_council_is_refused(north, other_council, secretariat):
    with pytest.raises(Refused):
        actions.add_area_group(
            by=secretariat, council=other_council, slug="x", title="x", lg_codes=["020001"]
        )
