import django.db.models.deletion
import sonjuku.toolbox.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('calls', '0001_initial'),
        ('forms', '0001_initial'),
        ('participation', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Booth',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('host_event', models.CharField(max_length=160)),
                ('host_event_en', models.CharField(blank=True, max_length=200)),
                ('place', models.CharField(blank=True, max_length=120)),
                ('call', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='booth', to='calls.call')),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='booths', to='people.council')),
                ('host_body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.body')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='BoothSlot',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('capacity', models.PositiveSmallIntegerField()),
                ('taken', models.PositiveSmallIntegerField(default=0)),
                ('booth', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='events.booth')),
            ],
            options={
                'ordering': ['starts_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('taken__lte', models.F('capacity'))), name='booth_never_oversold'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='booth_slot_order')],
            },
        ),
        migrations.CreateModel(
            name='Material',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=160)),
                ('public_from', models.DateTimeField()),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='materials', to='people.council')),
                ('occasion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='materials', to='participation.occasion')),
                ('upload', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='forms.upload')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SlotBooking',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('booked_at', models.DateTimeField()),
                ('participation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='booth_booking', to='participation.participation')),
                ('slot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bookings', to='events.boothslot')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Speaker',
            fields=[
                ('id', models.UUIDField(default=sonjuku.toolbox.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('name_en', models.CharField(blank=True, max_length=160)),
                ('affiliation', models.CharField(blank=True, max_length=160)),
                ('affiliation_en', models.CharField(blank=True, max_length=200)),
                ('talk_title', models.CharField(blank=True, max_length=200)),
                ('talk_title_en', models.CharField(blank=True, max_length=240)),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('ordinal', models.PositiveSmallIntegerField(default=0)),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='speakers', to='people.council')),
                ('occasion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='speakers', to='participation.occasion')),
            ],
            options={
                'ordering': ['ordinal', 'id'],
            },
        ),
    ]
