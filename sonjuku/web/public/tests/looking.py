"""Opening public pages as a visitor does."""

import re
from typing import Any

from django.urls import reverse

HOST = {"HTTP_HOST": "localhost"}


def text_of(response: Any) -> str:
    """What a reader sees, tags out, spaces folded."""
    assert response.status_code == 200, response.content[:500]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def page(client: Any, name: str, *args: Any, **query: str) -> Any:
    return client.get(reverse(f"public:{name}", args=args), query, **HOST)
