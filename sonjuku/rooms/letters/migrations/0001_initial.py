import django.db.models.deletion
import sonjuku.toolbox.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ShortCode',
            fields=[
                ('code', models.CharField(default=sonjuku.toolbox.ids.short_code, max_length=8, primary_key=True, serialize=False)),
                ('path', models.CharField(max_length=500)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Mailing',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('about_id', models.UUIDField(help_text='the call', null=True)),
                ('segment', models.JSONField(default=dict)),
                ('subject', models.CharField(max_length=200)),
                ('body', models.TextField()),
                ('is_duty', models.BooleanField(default=True, help_text='申込みや参加に必要な連絡（配信停止の対象外）')),
                ('due_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('scheduled', '予約済み'), ('queued', '送信を始めました'), ('cancelled', '取りやめ'), ('refused', '送れませんでした')], default='scheduled', max_length=10)),
                ('recipients', models.PositiveIntegerField(default=0)),
                ('actor_body_id', models.UUIDField(null=True)),
                ('actor_account_id', models.UUIDField(null=True)),
                ('actor_role', models.CharField(max_length=30)),
                ('created_at', models.DateTimeField()),
                ('queued_at', models.DateTimeField(blank=True, help_text='its first letters were written', null=True)),
                ('problem', models.CharField(blank=True, help_text='why it was refused: a code of Refused', max_length=60)),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mailings', to='people.council')),
            ],
            options={
                'ordering': ['-created_at'],
                'indexes': [models.Index(fields=['state', 'due_at'], name='letters_mai_state_78e9e6_idx')],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('language', models.CharField(default='ja', max_length=5)),
                ('to_address', models.EmailField(blank=True, max_length=254)),
                ('subject', models.CharField(max_length=200)),
                ('body', models.TextField()),
                ('about_id', models.UUIDField(null=True)),
                ('is_duty', models.BooleanField(default=True)),
                ('message_id', models.CharField(blank=True, db_index=True, max_length=200)),
                ('bounced_at', models.DateTimeField(blank=True, null=True)),
                ('key', models.CharField(max_length=200, unique=True)),
                ('state', models.CharField(choices=[('queued', '送信待ち'), ('sending', '送信中'), ('sent', '送信済み'), ('failed', '送れませんでした'), ('held', '宛先なし（紙で）'), ('bounced', '相手に届きませんでした'), ('handed', '紙などで届けました'), ('dropped', '配信停止のため送りません')], default='queued', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(blank=True, max_length=60)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('council', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='people.council')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='people.person')),
                ('mailing', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='letters', to='letters.mailing')),
                ('short_code', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='letters.shortcode')),
            ],
            options={
                'ordering': ['-created_at'],
                'indexes': [models.Index(fields=['state', 'due_at'], name='letters_let_state_6da7c0_idx'), models.Index(fields=['about_id'], name='letters_let_about_i_a57a92_idx')],
            },
        ),
        migrations.CreateModel(
            name='Unsubscription',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='unsubscriptions', to='people.council')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='unsubscriptions', to='people.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('council', 'person'), name='unsubscribed_once')],
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('url', models.URLField(max_length=500)),
                ('events', models.JSONField(default=list, help_text='names of events, see letters.webhooks')),
                ('secret', models.BinaryField(help_text='encrypted at rest')),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('seen_until', models.DateTimeField(help_text='journal entries up to here have been looked at')),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhooks', to='people.council')),
            ],
            options={
                'ordering': ['created_at'],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField()),
                ('event', models.CharField(max_length=60)),
                ('payload', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('queued', '送信待ち'), ('sending', '送信中'), ('sent', '送信済み'), ('failed', '送れませんでした')], default='queued', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, help_text='HTTP status or kind of error', max_length=60)),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='letters.webhook')),
            ],
            options={
                'verbose_name_plural': 'webhook deliveries',
                'ordering': ['-due_at'],
                'indexes': [models.Index(fields=['state', 'due_at'], name='letters_web_state_c07def_idx')],
                'constraints': [models.UniqueConstraint(fields=('webhook', 'entry_id'), name='webhook_delivery_once')],
            },
        ),
        migrations.CreateModel(
            name='LetterTemplate',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('language', models.CharField(max_length=5)),
                ('subject', models.CharField(max_length=200)),
                ('body', models.TextField()),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letter_templates', to='people.council')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('council', 'kind', 'language'), name='letter_template_once')],
            },
        ),
    ]
