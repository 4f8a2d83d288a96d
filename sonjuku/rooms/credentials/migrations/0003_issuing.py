import django.core.validators
import django.db.models.deletion
import sonjuku.toolbox.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0002_desk'),
        ('participation', '0002_papers'),
        ('people', '0004_disposal'),
        ('vocabulary', '0001_initial'),
    ]

    operations = [
        # The table of `skills` is there already: it only gets a name and a column of its own.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='AchievementAlignment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('achievement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alignments', to='credentials.achievement')),
                        ('skill', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='vocabulary.skill')),
                    ],
                    options={
                        'db_table': 'credentials_achievement_skills',
                        'unique_together': {('achievement', 'skill')},
                    },
                ),
                migrations.AlterField(
                    model_name='achievement',
                    name='skills',
                    field=models.ManyToManyField(blank=True, related_name='+', through='credentials.AchievementAlignment', to='vocabulary.skill'),
                ),
            ],
        ),
        migrations.AddField(
            model_name='achievementalignment',
            name='level',
            field=models.CharField(blank=True, max_length=20, default=''),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name='AchievementImage',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('png', 'PNG'), ('svg', 'SVG')], max_length=3)),
                ('content', models.BinaryField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AwardBatch',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('route', models.CharField(choices=[('course', '講座の修了'), ('experience', '実務の経験'), ('rule', 'スキルマップの条件')], default='course', max_length=10)),
                ('narrative', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('running', '発行中'), ('done', '発行済み'), ('stopped', '中止')], default='running', max_length=7)),
                ('total', models.PositiveIntegerField()),
                ('issued', models.PositiveIntegerField(default=0)),
                ('asked_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name_plural': 'award batches',
                'ordering': ['-asked_at'],
            },
        ),
        migrations.CreateModel(
            name='AwardBatchRow',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='StatusChange',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('revoke', '失効'), ('suspend', '一時停止'), ('reinstate', '一時停止の解除')], max_length=9)),
                ('reason', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='StatusList',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('issuer', models.CharField(help_text='the DID that the badges name', max_length=300)),
                ('taken', models.PositiveIntegerField(default=0)),
                ('used', models.BinaryField()),
                ('revoked', models.BinaryField()),
                ('suspended', models.BinaryField()),
                ('revocation', models.JSONField()),
                ('suspension', models.JSONField()),
                ('signed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='achievement',
            name='image_colour',
            field=models.CharField(blank=True, help_text="empty: the council's", max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}$')]),
        ),
        migrations.AddField(
            model_name='achievement',
            name='image_text',
            field=models.CharField(blank=True, help_text='empty: the title', max_length=60),
        ),
        migrations.AddField(
            model_name='achievement',
            name='issuer_body',
            field=models.ForeignKey(blank=True, help_text='who signs; empty: the council', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.body'),
        ),
        migrations.AddField(
            model_name='award',
            name='revoked_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='award',
            name='route',
            field=models.CharField(choices=[('course', '講座の修了'), ('experience', '実務の経験'), ('rule', 'スキルマップの条件')], default='course', max_length=10),
        ),
        migrations.AddField(
            model_name='award',
            name='status_index',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='award',
            name='suspended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='issuerkey',
            name='body',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.body'),
        ),
        migrations.AddField(
            model_name='issuerkey',
            name='naming',
            field=models.CharField(choices=[('key', '鍵そのもの（did:key）'), ('web', 'このサイトのアドレス（did:web）')], default='key', max_length=3),
        ),
        migrations.AddField(
            model_name='issuerkey',
            name='struck_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='issuerkey',
            name='struck_reason',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='issuerkey',
            name='private_key',
            field=models.BinaryField(default=b''),
        ),
        migrations.AddConstraint(
            model_name='issuerkey',
            constraint=models.CheckConstraint(condition=models.Q(('struck_at__isnull', True), ('retired_at__isnull', False), _connector='OR'), name='struck_key_is_retired'),
        ),
        migrations.AddField(
            model_name='achievementimage',
            name='achievement',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='image', to='credentials.achievement'),
        ),
        migrations.AddField(
            model_name='awardbatch',
            name='achievement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='batches', to='credentials.achievement'),
        ),
        migrations.AddField(
            model_name='awardbatch',
            name='council',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.council'),
        ),
        migrations.AddField(
            model_name='awardbatchrow',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='credentials.awardbatch'),
        ),
        migrations.AddField(
            model_name='awardbatchrow',
            name='council',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.council'),
        ),
        migrations.AddField(
            model_name='awardbatchrow',
            name='participation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='participation.participation'),
        ),
        migrations.AddField(
            model_name='awardbatchrow',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.person'),
        ),
        migrations.AddField(
            model_name='statuschange',
            name='award',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='status_changes', to='credentials.award'),
        ),
        migrations.AddField(
            model_name='statuschange',
            name='body',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.body'),
        ),
        migrations.AddField(
            model_name='statuslist',
            name='council',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.council'),
        ),
        migrations.AddField(
            model_name='statuslist',
            name='issuer_key',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='status_lists', to='credentials.issuerkey'),
        ),
        migrations.AddField(
            model_name='award',
            name='status_list',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='credentials.statuslist'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.UniqueConstraint(fields=('status_list', 'status_index'), name='status_index_once'),
        ),
        migrations.AddConstraint(
            model_name='awardbatchrow',
            constraint=models.UniqueConstraint(fields=('batch', 'person'), name='batch_person_once'),
        ),
    ]
