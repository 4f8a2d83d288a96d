# Runs of the first format: one per call, drawn by the first engine.

from django.db import migrations
from django.db.models import F

from sonjuku.toolbox.ids import receipt_code

DRAWS = ("lottery", "ranked")


def _proof(run, call):
    return {
        "call": f"{call.council.slug}/{call.code}",
        "state": "announced",
        "list_hash": run.list_hash,
        "entry_count": len(run.entries),
        "seed_source": call.seed_source,
        "frozen_at": run.frozen_at.isoformat(),
        "entries": run.entries,
        "public_value": run.seed_value,
        "seed": run.seed,
        "seats": run.terms.get("seats", 0),
        "pools": run.terms.get("pools", []),
        "order": run.order,
        "winners": run.terms.get("winners", []),
        "drawn_at": run.drawn_at.isoformat(),
    }


def _move_run(run):
    call = run.call
    run.code = receipt_code()
    run.seed_source, run.seed_source_en = call.seed_source, call.seed_source_en
    run.title, run.title_en = call.title, call.title_en
    if run.drawn_at is not None:
        run.order_text = "".join(f"{code}\n" for code in run.order)
        run.public_value = run.seed_value
        if call.selection in DRAWS:
            run.first_format = _proof(run, call)
    elif run.state == "frozen":
        # Its list was hashed in the first format: it is frozen anew, in the second.
        run.state, run.frozen_at, run.list_hash = "prepared", None, ""
    run.letters_at = run.announced_at
    run.save()
    type(call).objects.filter(pk=call.pk).update(selection_run=run)


def forwards(apps, schema_editor):
    run_model, call_model = apps.get_model("calls", "SelectionRun"), apps.get_model("calls", "Call")
    application_model = apps.get_model("calls", "Application")
    for run in run_model.objects.select_related("call__council"):
        _move_run(run)
    begun = call_model.objects.filter(selection__in=DRAWS, state__in=("open", "closed"), selection_run=None)
    for call in begun:
        call.selection_run = run_model.objects.create(
            council_id=call.council_id, code=receipt_code(), title=call.title, title_en=call.title_en,
            seed_source=call.seed_source, seed_source_en=call.seed_source_en,
        )
        call.save(update_fields=["selection_run"])
    drawn = application_model.objects.filter(call__selection__in=DRAWS)
    drawn.update(run_code=F("code"))
    for option in set(drawn.values_list("option", flat=True)):
        drawn.filter(option=option).update(wishes=[option])


def backwards(apps, schema_editor):
    """The way back keeps what the first format knew."""
    call_model = apps.get_model("calls", "Call")
    for call in call_model.objects.exclude(selection_run=None).select_related("selection_run"):
        run = call.selection_run
        run.call = call
        run.order = run.order_text.split("\n")[:-1]
        run.seed_value = run.public_value
        run.save()
    call_model.objects.update(selection_run=None)
    apps.get_model("calls", "SelectionRun").objects.filter(call=None).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0008_runs'),
    ]

    operations = [
        migrations.RunPython(forwards, backwards),
    ]
