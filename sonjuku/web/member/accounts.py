from typing import cast

from django.http import HttpRequest

from sonjuku.rooms.people.models import Account


def account_of(request: HttpRequest) -> Account:
    """The account behind a `@member` request: nobody else gets there."""
    return cast(Account, request.user)
