import sonjuku.toolbox.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0009_runs_moved'),
    ]

    operations = [
        migrations.AlterField(
            model_name='selectionrun',
            name='code',
            field=models.CharField(default=sonjuku.toolbox.ids.receipt_code, max_length=12, unique=True),
        ),
        migrations.RemoveField(
            model_name='selectionrun',
            name='order',
        ),
        migrations.RenameField(
            model_name='selectionrun',
            old_name='order_text',
            new_name='order',
        ),
        migrations.AlterField(
            model_name='selectionrun',
            name='order',
            field=models.TextField(blank=True),
        ),
        migrations.RemoveField(
            model_name='selectionrun',
            name='call',
        ),
        migrations.RemoveField(
            model_name='selectionrun',
            name='entries',
        ),
        migrations.RemoveField(
            model_name='selectionrun',
            name='seed_value',
        ),
        migrations.RemoveField(
            model_name='selectionrun',
            name='terms',
        ),
    ]
