import django.db.models.deletion
import sonjuku.toolbox.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='MatchingEvent',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(default=sonjuku.toolbox.ids.receipt_code, max_length=12, unique=True)),
                ('title', models.CharField(blank=True, max_length=140)),
                ('title_en', models.CharField(blank=True, max_length=180)),
                ('state', models.CharField(choices=[('prepared', '準備中'), ('published', '規則を公開'), ('frozen', '一覧を固定'), ('drawn', '抽選済み'), ('announced', '発表済み'), ('voided', '無効')], default='prepared', max_length=10)),
                ('seed_kind', models.CharField(choices=[('number', '公表される数（二人で入力）'), ('drand', 'drand の乱数（貼り付けて検証）')], default='number', max_length=8)),
                ('seed_source', models.CharField(blank=True, max_length=200)),
                ('seed_source_en', models.CharField(blank=True, max_length=240)),
                ('drand_round', models.PositiveBigIntegerField(blank=True, null=True)),
                ('draws_at', models.DateTimeField(blank=True, null=True)),
                ('check_days', models.PositiveSmallIntegerField(default=3)),
                ('rules', models.TextField(blank=True)),
                ('rules_hash', models.CharField(blank=True, max_length=64)),
                ('rules_at', models.DateTimeField(blank=True, null=True)),
                ('frozen_list', models.TextField(blank=True)),
                ('list_hash', models.CharField(blank=True, max_length=64)),
                ('frozen_at', models.DateTimeField(blank=True, null=True)),
                ('public_value', models.CharField(blank=True, max_length=200)),
                ('beacon', models.JSONField(blank=True, help_text='drand: round, signature, randomness', null=True)),
                ('seed', models.CharField(blank=True, max_length=64)),
                ('order', models.TextField(blank=True)),
                ('result', models.TextField(blank=True)),
                ('complaints', models.JSONField(default=list)),
                ('titles', models.JSONField(default=dict, help_text='code in the texts -> [ja, en]')),
                ('drawn_at', models.DateTimeField(blank=True, null=True)),
                ('announced_at', models.DateTimeField(blank=True, null=True)),
                ('voided_at', models.DateTimeField(blank=True, null=True)),
                ('description', models.TextField(blank=True)),
                ('description_en', models.TextField(blank=True)),
                ('left_title', models.CharField(default='専門家', max_length=40)),
                ('left_title_en', models.CharField(blank=True, default='Experts', max_length=60)),
                ('right_title', models.CharField(default='企業', max_length=40)),
                ('right_title_en', models.CharField(blank=True, default='Firms', max_length=60)),
                ('opens_at', models.DateTimeField(blank=True, null=True)),
                ('ranks_by', models.DateTimeField(blank=True, help_text='この時刻ちょうどからは受け取りません', null=True)),
                ('max_wishes', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('remind_days', models.PositiveSmallIntegerField(default=3)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('report_due_on', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='matching.matchingevent')),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='matching_events', to='people.council')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.body')),
            ],
            options={
                'ordering': ['-created_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('opens_at__isnull', True), ('ranks_by__isnull', True), ('ranks_by__gt', models.F('opens_at')), _connector='OR'), name='matching_opens_before_it_closes'), models.CheckConstraint(condition=models.Q(('starts_on__isnull', True), ('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='matching_starts_before_it_ends')],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('reason', models.TextField()),
                ('reason_en', models.TextField(blank=True)),
                ('published_at', models.DateTimeField()),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='matching.matchingevent')),
            ],
            options={
                'ordering': ['published_at', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MatchingMember',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('side', models.CharField(choices=[('left', '選ぶ側（紹介は一件まで）'), ('right', '受け入れる側（何件か受けられる）')], max_length=5)),
                ('code', models.CharField(default=sonjuku.toolbox.ids.receipt_code, max_length=12, unique=True)),
                ('title', models.CharField(max_length=140)),
                ('title_en', models.CharField(blank=True, max_length=180)),
                ('about', models.TextField(blank=True)),
                ('about_en', models.TextField(blank=True)),
                ('least', models.PositiveSmallIntegerField(default=0)),
                ('most', models.PositiveSmallIntegerField(default=1)),
                ('draft', models.JSONField(default=list)),
                ('draft_saved_at', models.DateTimeField(blank=True, null=True)),
                ('ranks', models.JSONField(default=list)),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('channel', models.CharField(choices=[('web', '画面'), ('paper', '郵送・持参の紙'), ('fax', 'FAX'), ('counter', '窓口'), ('phone', '電話'), ('import', '取込み')], default='web', max_length=10)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('title_is_public', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('body', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.body')),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='matching_members', to='people.council')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='matching.matchingevent')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='matching_members', to='people.person')),
            ],
            options={
                'ordering': ['side', 'created_at', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('body__isnull', True)), fields=('event', 'person'), name='matching_person_once'), models.UniqueConstraint(condition=models.Q(('body__isnull', False)), fields=('event', 'body'), name='matching_body_once'), models.CheckConstraint(condition=models.Q(('least__lte', models.F('most'))), name='matching_least_up_to_most'), models.CheckConstraint(condition=models.Q(('side', 'right'), models.Q(('least', 0), ('most', 1)), _connector='OR'), name='matching_left_gets_one')],
            },
        ),
        migrations.CreateModel(
            name='Introduction',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('report_due_on', models.DateField(blank=True, null=True)),
                ('state', models.CharField(choices=[('active', '支援中'), ('reported', '報告済み'), ('ended', '途中で終了')], default='active', max_length=8)),
                ('report_on', models.DateField(blank=True, null=True)),
                ('ended_on', models.DateField(blank=True, null=True)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='introductions', to='people.council')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='introductions', to='matching.matchingevent')),
                ('left', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='introductions_left', to='matching.matchingmember')),
                ('right', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='introductions_right', to='matching.matchingmember')),
            ],
            options={
                'ordering': ['report_due_on', 'created_at', 'id'],
                'indexes': [models.Index(fields=['council', 'state', 'report_due_on'], name='matching_in_council_48bbcb_idx')],
                'constraints': [models.UniqueConstraint(fields=('left',), name='introduced_once')],
            },
        ),
        migrations.CreateModel(
            name='TypedNumber',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('value', models.CharField(max_length=200)),
                ('typed_at', models.DateTimeField()),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='typed_numbers', to='matching.matchingevent')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('event', 'account'), name='matching_number_typed_once')],
            },
        ),
    ]
