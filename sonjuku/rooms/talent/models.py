from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import AreaGroup, Council, Person
from sonjuku.rooms.vocabulary.models import Skill


class Release(Row):
    """The talent map of one finished quarter as published: never computed again, so two views can't be compared.

    `quarter_on` is the quarter's first day (1 April, 1 July, 1 October, 1 January).
    """

    council = models.ForeignKey(Council, models.CASCADE, related_name="releases")
    quarter_on = models.DateField()
    released_at = models.DateTimeField()

    class Meta:
        ordering = ["-quarter_on"]
        constraints = [models.UniqueConstraint(fields=["council", "quarter_on"], name="release_once")]


class ReleasedNumber(Row):
    """A number of a release, of one municipality, one group or the whole council. A hidden number is no row's value.

    `number` is null where it is hidden: the table itself holds nothing that must not be known.
    """

    area_group = models.ForeignKey(AreaGroup, models.PROTECT, null=True, blank=True, related_name="+")
    lg_code = models.CharField(max_length=6, blank=True, help_text="empty: the whole group or council")
    number = models.PositiveIntegerField(null=True)
    is_at_least = models.BooleanField(
        default=False, help_text="some of it is hidden: the number is what may be shown"
    )

    class Meta:
        abstract = True


class ReleasedCell(ReleasedNumber):
    """How many people gained a skill in the quarter."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="cells")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "skill", "area_group", "lg_code"],
                condition=Q(area_group__isnull=False),
                name="released_cell_once_a_group",
            ),
            models.UniqueConstraint(
                fields=["release", "skill", "lg_code"],
                condition=Q(area_group__isnull=True),
                name="released_cell_once",
            ),
        ]


class ReleasedFigure(ReleasedNumber):
    """How many applied in the quarter, by area, and how many have completed until its end."""

    class Measure(models.TextChoices):
        APPLICATIONS = "applications", _("申込みの件数")
        APPLICANTS = "applicants", _("申し込んだ人")
        COMPLETED = "completed", _("修了した人")
        HOLDERS = "holders", _("証明の公開に同意した人")

    release = models.ForeignKey(Release, models.CASCADE, related_name="figures")
    measure = models.CharField(max_length=12, choices=Measure)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "measure", "area_group", "lg_code"],
                condition=Q(area_group__isnull=False),
                name="released_figure_once_a_group",
            ),
            models.UniqueConstraint(
                fields=["release", "measure", "lg_code"],
                condition=Q(area_group__isnull=True),
                name="released_figure_once",
            ),
        ]


class Gain(Row):
    """This person's skill has been counted: in no later quarter again. Names no number; goes when the person does."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="gains")
    person = models.ForeignKey(Person, models.CASCADE, related_name="gains")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, models.CASCADE, related_name="gains")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "skill"], name="gain_once")]


class ReportedTotal(Row):
    """What a municipality without Sonjuku reported by CSV: shown beside our figures, never added up with them."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="reported_totals")
    lg_code = models.CharField(max_length=6)
    skill = models.ForeignKey(Skill, models.PROTECT, null=True, blank=True, related_name="+")
    quarter_on = models.DateField()
    number = models.PositiveIntegerField()
    source = models.CharField(max_length=140)

    class Meta:
        ordering = ["quarter_on", "lg_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["council", "lg_code", "skill", "quarter_on"],
                condition=Q(skill__isnull=False),
                name="reported_total_once_a_skill",
            ),
            models.UniqueConstraint(
                fields=["council", "lg_code", "quarter_on"],
                condition=Q(skill__isnull=True),
                name="reported_total_once",
            ),
        ]
