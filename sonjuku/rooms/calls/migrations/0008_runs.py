# The new columns; 0009 moves what stands, 0010 drops the old ones.

import django.db.models.deletion
import sonjuku.toolbox.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0007_exports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='selectionrun',
            options={'ordering': ['-rules_at', 'code']},
        ),
        # Its name on the other side is now a column there.
        migrations.AlterField(
            model_name='selectionrun',
            name='call',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='calls.call'),
        ),
        migrations.AddField(
            model_name='application',
            name='decision_note',
            field=models.CharField(blank=True, help_text='review: why it was chosen or not', max_length=400),
        ),
        migrations.AddField(
            model_name='application',
            name='explanation',
            field=models.JSONField(blank=True, help_text='engines.selection.explain, as lists', null=True),
        ),
        migrations.AddField(
            model_name='application',
            name='run_code',
            field=models.CharField(blank=True, db_index=True, help_text='抽選番号：同じ選考では一人に一つ', max_length=12),
        ),
        migrations.AddField(
            model_name='application',
            name='wish_rank',
            field=models.PositiveSmallIntegerField(default=1, help_text="the place of this call among the person's wishes in a run over several calls"),
        ),
        migrations.AddField(
            model_name='application',
            name='wishes',
            field=models.JSONField(blank=True, default=list, help_text='options, best first (ranked wishes)'),
        ),
        migrations.AddField(
            model_name='call',
            name='check_days',
            field=models.PositiveSmallIntegerField(default=3, help_text='資格確認の日数（開庁日）'),
        ),
        migrations.AddField(
            model_name='call',
            name='draws_at',
            field=models.DateTimeField(blank=True, help_text='抽選の日時', null=True),
        ),
        migrations.AddField(
            model_name='call',
            name='once_per_year',
            field=models.BooleanField(default=False, help_text='one accepted place per person, programme and fiscal year'),
        ),
        migrations.AddField(
            model_name='call',
            name='run_ordinal',
            field=models.PositiveSmallIntegerField(default=0, help_text='place among the calls of its run'),
        ),
        migrations.AddField(
            model_name='call',
            name='seed_kind',
            field=models.CharField(choices=[('number', '公表される数（二人で入力）'), ('drand', 'drand の乱数（貼り付けて検証）')], default='number', max_length=8),
        ),
        migrations.AddField(
            model_name='call',
            name='selection_run',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='calls.selectionrun'),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='beacon',
            field=models.JSONField(blank=True, help_text='drand: round, signature, randomness', null=True),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='check_days',
            field=models.PositiveSmallIntegerField(default=3),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='code',
            field=models.CharField(default='', max_length=12),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='complaints',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='corrects',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='calls.selectionrun'),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='drand_round',
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='draws_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='excluded',
            field=models.JSONField(default=dict, help_text='reason -> number'),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='first_format',
            field=models.JSONField(blank=True, help_text='a proof from before the second format', null=True),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='frozen_list',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='is_public_draw',
            field=models.BooleanField(default=False, help_text='公開抽選'),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='is_shared',
            field=models.BooleanField(default=False, help_text='made by staff over several calls'),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='letters_after',
            field=models.UUIDField(blank=True, help_text='the last application that was told', null=True),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='letters_at',
            field=models.DateTimeField(blank=True, help_text='when everybody had been told', null=True),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='letters_sent',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='merged_classes',
            field=models.JSONField(default=list, help_text='[[class, into], …] of those too small to be seen'),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='public_value',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='result',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='rules',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='rules_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='rules_hash',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='seed_kind',
            field=models.CharField(choices=[('number', '公表される数（二人で入力）'), ('drand', 'drand の乱数（貼り付けて検証）')], default='number', max_length=8),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='seed_source',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='seed_source_en',
            field=models.CharField(blank=True, max_length=240),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='title',
            field=models.CharField(blank=True, max_length=140),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='title_en',
            field=models.CharField(blank=True, max_length=180),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='titles',
            field=models.JSONField(default=dict, help_text='code in the texts -> [ja, en]'),
        ),
        migrations.AddField(
            model_name='selectionrun',
            name='voided_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='call',
            name='consent_late',
            field=models.CharField(choices=[('ineligible', '締切日を過ぎても同意がない申込みは対象外になります'), ('lowest', '同意がない申込みは抽選の最後の順になります（5人に満たないときは、ほかの方と同じ順です）')], default='ineligible', max_length=12),
        ),
        migrations.AlterField(
            model_name='call',
            name='selection',
            field=models.CharField(choices=[('first_come', '先着順'), ('lottery', '抽選'), ('ranked', '希望順位と抽選'), ('review', '審査'), ('invitation', '招待')], default='first_come', max_length=12),
        ),
        migrations.AlterField(
            model_name='selectionrun',
            name='announced_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='selectionrun',
            name='drawn_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='selectionrun',
            name='frozen_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        # JSON and text are no casts of one another on PostgreSQL: a new column, copied, then renamed.
        migrations.AddField(
            model_name='selectionrun',
            name='order_text',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AlterField(
            model_name='selectionrun',
            name='state',
            field=models.CharField(choices=[('prepared', '準備中'), ('published', '規則を公開'), ('frozen', '一覧を固定'), ('drawn', '抽選済み'), ('announced', '発表済み'), ('voided', '無効')], default='prepared', max_length=10),
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('reason', models.TextField()),
                ('reason_en', models.TextField(blank=True)),
                ('published_at', models.DateTimeField()),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='calls.selectionrun')),
            ],
            options={
                'ordering': ['published_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Witness',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('affiliation', models.CharField(blank=True, max_length=120)),
                ('ordinal', models.PositiveSmallIntegerField(default=0)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='witnesses', to='calls.selectionrun')),
            ],
            options={
                'ordering': ['ordinal', 'id'],
            },
        ),
        migrations.CreateModel(
            name='DoubleCheck',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('is_same_person', models.BooleanField()),
                ('checked_at', models.DateTimeField()),
                ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='calls.application')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='double_checks', to='calls.selectionrun')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='calls.application')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='double_checked_once')],
            },
        ),
        migrations.CreateModel(
            name='TypedNumber',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('value', models.CharField(max_length=200)),
                ('typed_at', models.DateTimeField()),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='typed_numbers', to='calls.selectionrun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('run', 'account'), name='number_typed_once')],
            },
        ),
    ]
