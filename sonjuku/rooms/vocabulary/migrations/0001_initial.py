import django.db.models.deletion
import sonjuku.toolbox.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Municipality',
            fields=[
                ('lg_code', models.CharField(max_length=6, primary_key=True, serialize=False)),
                ('prefecture', models.CharField(max_length=10)),
                ('name', models.CharField(max_length=40)),
                ('name_kana', models.CharField(blank=True, max_length=80)),
                ('name_en', models.CharField(blank=True, max_length=80)),
                ('is_prefecture', models.BooleanField(default=False)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
            ],
            options={
                'verbose_name_plural': 'municipalities',
                'ordering': ['lg_code'],
            },
        ),
        migrations.CreateModel(
            name='Audience',
            fields=[
                ('code', models.SlugField(max_length=30, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=60)),
                ('title_en', models.CharField(max_length=60)),
                ('ordinal', models.PositiveSmallIntegerField(default=0)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='vocabulary.audience')),
            ],
            options={
                'ordering': ['ordinal'],
            },
        ),
        migrations.CreateModel(
            name='SkillFramework',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('version', models.CharField(max_length=20)),
                ('source_url', models.URLField(blank=True)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
                ('verified', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('name', 'version'), name='framework_once')],
            },
        ),
        migrations.CreateModel(
            name='Skill',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=120)),
                ('title_en', models.CharField(blank=True, max_length=160)),
                ('category', models.CharField(max_length=60)),
                ('subcategory', models.CharField(blank=True, max_length=60)),
                ('ordinal', models.PositiveIntegerField(default=0)),
                ('framework', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='skills', to='vocabulary.skillframework')),
            ],
            options={
                'ordering': ['framework', 'ordinal'],
                'constraints': [models.UniqueConstraint(fields=('framework', 'code'), name='skill_code_once')],
            },
        ),
    ]
