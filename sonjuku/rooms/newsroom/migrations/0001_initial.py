import django.db.models.deletion
import sonjuku.toolbox.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
        ('people', '__first__'),
        ('programmes', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('notice', 'お知らせ'), ('body_project', '構成団体の関連事業')], default='notice', max_length=12)),
                ('slug', models.SlugField(max_length=60)),
                ('state', models.CharField(choices=[('draft', '下書き'), ('submitted', '承認待ち'), ('returned', '差戻し'), ('published', '公開中'), ('withdrawn', '掲載終了')], default='draft', max_length=10)),
                ('title', models.CharField(max_length=140)),
                ('title_en', models.CharField(blank=True, max_length=180)),
                ('text', models.TextField(blank=True)),
                ('text_en', models.TextField(blank=True)),
                ('owner_office', models.CharField(blank=True, help_text='担当課', max_length=120)),
                ('owner_office_en', models.CharField(blank=True, max_length=160)),
                ('contact_phone', models.CharField(blank=True, max_length=30)),
                ('return_reason', models.CharField(blank=True, max_length=200)),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField(blank=True, null=True)),
                ('revision', models.JSONField(blank=True, default=dict)),
                ('revised_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='people.body')),
                ('business_line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='programmes.businessline')),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='articles', to='people.council')),
            ],
            options={
                'ordering': ['-published_at', '-id'],
                'indexes': [models.Index(fields=['council', 'state', '-published_at'], name='newsroom_ar_council_7db193_idx')],
                'constraints': [models.UniqueConstraint(fields=('council', 'slug'), name='article_slug_once')],
            },
        ),
    ]
