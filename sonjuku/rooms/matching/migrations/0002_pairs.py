import django.db.models.deletion
import sonjuku.toolbox.ids
from django.conf import settings
from django.db import migrations, models


def keep_corrections(apps, schema_editor):
    """The one correction an event could have becomes its first row."""
    event, correction = apps.get_model("matching", "MatchingEvent"), apps.get_model("matching", "Correction")
    for row in event.objects.exclude(correction=""):
        correction.objects.create(
            event=row, reason=row.correction, reason_en=row.correction_en, published_at=row.corrected_at
        )
    if schema_editor.connection.vendor == "postgresql":  # what is still to be checked would bar the next ALTER
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("matching", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("reason", models.TextField()),
                ("reason_en", models.TextField(blank=True)),
                ("published_at", models.DateTimeField()),
                ("event", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="corrections", to="matching.matchingevent")),
            ],
            options={"ordering": ["published_at", "id"], "abstract": False},
        ),
        migrations.RunPython(keep_corrections, migrations.RunPython.noop),
        migrations.RemoveField(model_name="matchingevent", name="corrected_at"),
        migrations.RemoveField(model_name="matchingevent", name="correction"),
        migrations.RemoveField(model_name="matchingevent", name="correction_en"),
        migrations.AddField(
            model_name="matchingevent",
            name="corrects",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="matching.matchingevent"),
        ),
        migrations.AddField(
            model_name="matchingmember",
            name="channel",
            field=models.CharField(
                choices=[("web", "画面"), ("paper", "郵送・持参の紙"), ("fax", "FAX"), ("counter", "窓口"), ("phone", "電話"), ("import", "取込み")],
                default="web",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="typednumber",
            name="account",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
    ]
