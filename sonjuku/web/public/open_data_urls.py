from django.urls import path

from sonjuku.web.public import open_data

urlpatterns = [
    path("c/<slug:slug>/events.csv", open_data.events_csv, name="events_csv"),
    path("c/<slug:slug>/events.json", open_data.events_json, name="events_json"),
    path("c/<slug:slug>/calendar.ics", open_data.calendar, name="calendar"),
    path("c/<slug:slug>/feed.atom", open_data.feed, name="feed"),
    path("c/<slug:slug>/calls/<slug:code>.ics", open_data.call_calendar, name="call_calendar"),
]
