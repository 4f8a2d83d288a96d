"""Loaded by pytest before Django's settings are: this process is a test."""

import os

os.environ.setdefault("SONJUKU_TESTING", "1")
