import django.db.models.deletion
import sonjuku.toolbox.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('calls', '0001_initial'),
        ('forms', '0001_initial'),
        ('people', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='ObligationRule',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('attend', '出席する'), ('answer', 'アンケートに答える'), ('upload', '報告を提出する'), ('consent', '同意を確認する')], max_length=8)),
                ('title', models.CharField(max_length=140)),
                ('title_en', models.CharField(blank=True, max_length=180)),
                ('sessions', models.PositiveSmallIntegerField(default=1, help_text='出席する回数')),
                ('consent_purpose', models.CharField(choices=[('application', '申込みと個人情報の利用'), ('guardian', '保護者の同意'), ('sensitive', '要配慮個人情報の取得'), ('provision', '構成団体への提供'), ('badge_public', 'バッジの公開'), ('school_status', '学校への状況の提供'), ('image', '写真・映像の利用'), ('companions', '一緒に参加する人の個人情報')], default='image', help_text='「同意を確認する」のとき', max_length=20)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('remind_days', models.PositiveSmallIntegerField(default=3)),
                ('ordinal', models.PositiveSmallIntegerField(default=0)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='obligation_rules', to='calls.call')),
                ('form_version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='forms.formversion')),
            ],
            options={
                'ordering': ['ordinal', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Occasion',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(blank=True, max_length=140)),
                ('title_en', models.CharField(blank=True, max_length=180)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('venue', models.CharField(blank=True, max_length=140)),
                ('venue_en', models.CharField(blank=True, max_length=180)),
                ('ordinal', models.PositiveSmallIntegerField(default=0)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='occasions', to='calls.call')),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='occasions', to='people.council')),
            ],
            options={
                'ordering': ['starts_at', 'ordinal'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='occasion_order')],
            },
        ),
        migrations.CreateModel(
            name='Participation',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('capacity', models.CharField(choices=[('participant', '参加者'), ('speaker', '講師・登壇者'), ('staff', '運営スタッフ')], default='participant', max_length=12)),
                ('state', models.CharField(choices=[('active', '参加中'), ('completed', '修了'), ('withdrawn', '辞退'), ('ended', '終了')], default='active', max_length=10)),
                ('code', models.CharField(default=sonjuku.toolbox.ids.short_code, max_length=8, unique=True)),
                ('certificate_number', models.PositiveIntegerField(blank=True, help_text='running number of the 修了証 within its call', null=True)),
                ('started_at', models.DateTimeField()),
                ('completed_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('application', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='calls.application')),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='calls.call')),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participations', to='people.council')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participations', to='people.person')),
            ],
            options={
                'ordering': ['started_at', 'id'],
                'constraints': [models.UniqueConstraint(fields=('call', 'person'), name='participation_once'), models.UniqueConstraint(fields=('call', 'certificate_number'), name='certificate_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Obligation',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('done_sessions', models.PositiveSmallIntegerField(default=0)),
                ('waived_at', models.DateTimeField(blank=True, null=True)),
                ('waived_reason', models.CharField(blank=True, max_length=200)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='obligations', to='people.council')),
                ('response', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='forms.response')),
                ('upload', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='forms.upload')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='participation.obligationrule')),
                ('participation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='obligations', to='participation.participation')),
            ],
            options={
                'ordering': ['rule__ordinal', 'id'],
                'constraints': [models.UniqueConstraint(fields=('participation', 'rule'), name='obligation_once')],
            },
        ),
        migrations.CreateModel(
            name='CheckIn',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('how', models.CharField(choices=[('qr', 'QRコード'), ('code', '番号の入力'), ('list', '名簿から')], max_length=6)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='check_ins', to='people.council')),
                ('occasion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='check_ins', to='participation.occasion')),
                ('participation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='check_ins', to='participation.participation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('occasion', 'participation'), name='checked_in_once')],
            },
        ),
    ]
