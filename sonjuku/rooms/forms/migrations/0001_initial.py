import django.db.models.deletion
import sonjuku.rooms.forms.models
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
            name='Form',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=120)),
                ('title_en', models.CharField(blank=True, max_length=160)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='forms', to='people.council')),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='FormVersion',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField(default=1)),
                ('frozen_at', models.DateTimeField(null=True)),
                ('form', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='forms.form')),
            ],
            options={
                'ordering': ['form', 'number'],
                'constraints': [models.UniqueConstraint(fields=('form', 'number'), name='form_version_once')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('key', models.SlugField(max_length=40)),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('text', '短い文'), ('long_text', '長い文'), ('number', '数'), ('date', '日付'), ('single', '一つ選ぶ'), ('multiple', 'いくつでも選ぶ'), ('scale', '段階で答える'), ('file', 'ファイル'), ('email', 'メールアドレス'), ('phone', '電話番号'), ('address', '住所'), ('consent', '同意'), ('heading', '見出し・説明')], max_length=12)),
                ('title', models.CharField(max_length=300)),
                ('title_en', models.CharField(blank=True, max_length=300)),
                ('help_text', models.TextField(blank=True)),
                ('help_text_en', models.TextField(blank=True)),
                ('required', models.BooleanField(default=False)),
                ('minimum', models.IntegerField(blank=True, null=True)),
                ('maximum', models.IntegerField(blank=True, null=True)),
                ('options', models.JSONField(default=list, help_text='[{value, title, title_en}]')),
                ('show_if_op', models.CharField(blank=True, choices=[('is', 'が次のとき'), ('is_not', 'が次でないとき'), ('includes', 'に次を含むとき'), ('at_least', 'が次以上のとき'), ('answered', 'に回答があるとき')], max_length=10)),
                ('show_if_value', models.CharField(blank=True, max_length=120)),
                ('is_sensitive', models.BooleanField(default=False, help_text='要配慮個人情報')),
                ('show_if_question', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='forms.question')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='forms.formversion')),
                ('viewers', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['ordinal'],
                'constraints': [models.UniqueConstraint(fields=('version', 'key'), name='question_key_once')],
            },
        ),
        migrations.CreateModel(
            name='Response',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('about_id', models.UUIDField(null=True)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='people.council')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='people.person')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='forms.formversion')),
            ],
            options={
                'indexes': [models.Index(fields=['about_id'], name='forms_respo_about_i_6229e3_idx')],
                'constraints': [models.UniqueConstraint(fields=('version', 'person', 'about_id'), name='response_once')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('value', models.JSONField()),
                ('erased_at', models.DateTimeField(null=True)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='forms.question')),
                ('response', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='forms.response')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('response', 'question'), name='answer_once')],
            },
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('file', models.FileField(max_length=200, storage=sonjuku.rooms.forms.models.private_storage, upload_to=sonjuku.rooms.forms.models.upload_key)),
                ('name', models.CharField(max_length=200)),
                ('mime', models.CharField(max_length=100)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uploads', to='people.council')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='uploads', to='people.person')),
                ('question', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='forms.question')),
                ('response', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='uploads', to='forms.response')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
