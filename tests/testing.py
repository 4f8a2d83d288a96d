"""Loaded by pytest before Django's settings are: this process is a test."""

import os

from hypothesis import settings

os.environ.setdefault("SONJUKU_TESTING", "1")
# How long an example takes says how busy the machine is.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
