import django.db.models.deletion
import sonjuku.toolbox.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
        ('vocabulary', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('quarter_on', models.DateField()),
                ('released_at', models.DateTimeField()),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='releases', to='people.council')),
            ],
            options={
                'ordering': ['-quarter_on'],
                'constraints': [models.UniqueConstraint(fields=('council', 'quarter_on'), name='release_once')],
            },
        ),
        migrations.CreateModel(
            name='Gain',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='gains', to='people.council')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='gains', to='people.person')),
                ('skill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='vocabulary.skill')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='gains', to='talent.release')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'skill'), name='gain_once')],
            },
        ),
        migrations.CreateModel(
            name='ReleasedCell',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('lg_code', models.CharField(blank=True, help_text='empty: the whole group or council', max_length=6)),
                ('number', models.PositiveIntegerField(null=True)),
                ('is_at_least', models.BooleanField(default=False, help_text='some of it is hidden: the number is what may be shown')),
                ('area_group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.areagroup')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cells', to='talent.release')),
                ('skill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='vocabulary.skill')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('area_group__isnull', False)), fields=('release', 'skill', 'area_group', 'lg_code'), name='released_cell_once_a_group'), models.UniqueConstraint(condition=models.Q(('area_group__isnull', True)), fields=('release', 'skill', 'lg_code'), name='released_cell_once')],
            },
        ),
        migrations.CreateModel(
            name='ReleasedFigure',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('lg_code', models.CharField(blank=True, help_text='empty: the whole group or council', max_length=6)),
                ('number', models.PositiveIntegerField(null=True)),
                ('is_at_least', models.BooleanField(default=False, help_text='some of it is hidden: the number is what may be shown')),
                ('measure', models.CharField(choices=[('applications', '申込みの件数'), ('applicants', '申し込んだ人'), ('completed', '修了した人'), ('holders', '証明の公開に同意した人')], max_length=12)),
                ('area_group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.areagroup')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='figures', to='talent.release')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('area_group__isnull', False)), fields=('release', 'measure', 'area_group', 'lg_code'), name='released_figure_once_a_group'), models.UniqueConstraint(condition=models.Q(('area_group__isnull', True)), fields=('release', 'measure', 'lg_code'), name='released_figure_once')],
            },
        ),
        migrations.CreateModel(
            name='ReportedTotal',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('lg_code', models.CharField(max_length=6)),
                ('quarter_on', models.DateField()),
                ('number', models.PositiveIntegerField()),
                ('source', models.CharField(max_length=140)),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reported_totals', to='people.council')),
                ('skill', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='vocabulary.skill')),
            ],
            options={
                'ordering': ['quarter_on', 'lg_code'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('skill__isnull', False)), fields=('council', 'lg_code', 'skill', 'quarter_on'), name='reported_total_once_a_skill'), models.UniqueConstraint(condition=models.Q(('skill__isnull', True)), fields=('council', 'lg_code', 'quarter_on'), name='reported_total_once')],
            },
        ),
    ]
