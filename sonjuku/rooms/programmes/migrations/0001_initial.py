import django.db.models.deletion
import sonjuku.rooms.programmes.models
import sonjuku.toolbox.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    # The libraries' own tables come first: while few of ours are there, each of their steps costs a tenth.
    dependencies = [
        ('account', '0009_emailaddress_unique_primary_email'),
        ('mfa', '0003_authenticator_type_uniq'),
        ('socialaccount', '0006_alter_socialaccount_extra_data'),
        ('django_tasks_database', '0021_conditional_partial_index_ordering'),
        ('oauth2_provider', '0022_refreshtoken_token_family_index'),
        ('people', '0001_initial'),
        ('vocabulary', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('slug', models.SlugField(max_length=60)),
                ('title', models.CharField(max_length=160)),
                ('title_en', models.CharField(blank=True, max_length=200)),
                ('summary', models.TextField(blank=True)),
                ('signed_on', models.DateField()),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('ends_provisionally', models.BooleanField(default=False, help_text='終了日が（予定）のとき')),
                ('alert_days', models.JSONField(default=sonjuku.rooms.programmes.models.usual_alert_days, help_text='終わりの何日前に知らせるか')),
                ('lapses_on_purpose', models.BooleanField(default=False, help_text='更新しないと決めた')),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agreements', to='people.council')),
                ('renews', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='renewals', to='programmes.agreement')),
            ],
            options={
                'ordering': ['-signed_on'],
                'constraints': [models.UniqueConstraint(fields=('council', 'slug'), name='agreement_slug_once'), models.CheckConstraint(condition=models.Q(('starts_on__isnull', True), ('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='agreement_order')],
            },
        ),
        migrations.CreateModel(
            name='BusinessLine',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('slug', models.SlugField(max_length=40)),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=100)),
                ('title_en', models.CharField(blank=True, max_length=140)),
                ('is_provisional', models.BooleanField(default=False, help_text='名称に（仮称）を付けます')),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='business_lines', to='people.council')),
            ],
            options={
                'ordering': ['ordinal'],
                'constraints': [models.UniqueConstraint(fields=('council', 'slug'), name='line_slug_once')],
            },
        ),
        migrations.CreateModel(
            name='Matter',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=120)),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='matters', to='programmes.agreement')),
            ],
            options={
                'ordering': ['ordinal'],
            },
        ),
        migrations.CreateModel(
            name='Party',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('role_text', models.TextField()),
                ('covers', models.JSONField(default=list, help_text='この役割で受けられる相談の言葉')),
                ('representative_title', models.CharField(blank=True, max_length=60)),
                ('representative_name', models.CharField(blank=True, max_length=60)),
                ('representative_on', models.DateField(blank=True, null=True)),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parties', to='programmes.agreement')),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.body')),
            ],
            options={
                'verbose_name_plural': 'parties',
                'ordering': ['ordinal'],
                'constraints': [models.UniqueConstraint(fields=('agreement', 'ordinal'), name='party_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('slug', models.SlugField(max_length=60)),
                ('title', models.CharField(max_length=120)),
                ('title_en', models.CharField(blank=True, max_length=160)),
                ('is_provisional', models.BooleanField(default=False)),
                ('summary', models.TextField(blank=True)),
                ('summary_en', models.TextField(blank=True)),
                ('catchphrase', models.CharField(blank=True, max_length=120)),
                ('audiences', models.ManyToManyField(related_name='+', to='vocabulary.audience')),
                ('business_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='programmes', to='programmes.businessline')),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='programmes', to='people.council')),
                ('predecessor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='successors', to='programmes.programme')),
            ],
            options={
                'ordering': ['business_line__ordinal', 'title'],
                'constraints': [models.UniqueConstraint(fields=('council', 'slug'), name='programme_slug_once')],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeYear',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('fiscal_year', models.PositiveSmallIntegerField()),
                ('title', models.CharField(blank=True, help_text='その年度の業務名（例：令和6年度…業務）', max_length=160)),
                ('funding', models.CharField(blank=True, max_length=120)),
                ('commissioner', models.CharField(blank=True, max_length=120)),
                ('budget_jpy', models.PositiveBigIntegerField(blank=True, null=True)),
                ('reported_applications', models.PositiveIntegerField(blank=True, null=True)),
                ('note', models.TextField(blank=True)),
                ('contractor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.body')),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='programme_years', to='people.council')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='years', to='programmes.programme')),
            ],
            options={
                'ordering': ['-fiscal_year'],
                'constraints': [models.UniqueConstraint(fields=('programme', 'fiscal_year'), name='programme_year_once')],
            },
        ),
    ]
