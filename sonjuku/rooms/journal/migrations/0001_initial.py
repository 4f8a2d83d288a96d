import sonjuku.toolbox.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Beat',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('council_id', models.UUIDField(null=True)),
                ('verb', models.CharField(max_length=60)),
                ('actor_person_id', models.UUIDField(null=True)),
                ('actor_body_id', models.UUIDField(null=True)),
                ('actor_role', models.CharField(max_length=30)),
                ('subject_kind', models.CharField(max_length=40)),
                ('subject_id', models.UUIDField(null=True)),
                ('for_person_id', models.UUIDField(null=True)),
                ('field_names', models.JSONField(default=list)),
            ],
            options={
                'verbose_name_plural': 'entries',
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['council_id', '-at'], name='journal_ent_council_442c85_idx'), models.Index(fields=['for_person_id', '-at'], name='journal_ent_for_per_3a0dc4_idx'), models.Index(fields=['subject_id', '-at'], name='journal_ent_subject_b81a87_idx')],
            },
        ),
    ]
