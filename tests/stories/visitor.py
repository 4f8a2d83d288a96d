"""Somebody at a screen, over plain HTTP: reads pages, fills forms in, and notices when no answer comes."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin

import requests
from lxml import html

TIMEOUT = 30
File = tuple[str, bytes, str]


class Lost(Exception):
    """The server was gone before it had answered: nobody knows whether the request counted."""


class Page:
    def __init__(self, response: requests.Response) -> None:
        self.url = response.url
        self.content = response.content
        self.text = response.text.replace("<wbr>", "")
        self.root: Any = html.fromstring(response.text)

    def has_field(self, name: str) -> bool:
        return bool(self.root.xpath(f'//form//*[@name="{name}"]'))

    def links(self, containing: str) -> list[str]:
        """Addresses of links that contain this, in order."""
        return [str(href) for href in self.root.xpath("//a/@href") if containing in href]

    def said(self, selector: str) -> str:
        """The text of the first element with this class."""
        return str(self.root.find_class(selector)[0].text_content()).strip()

    def form(self, having: str) -> Any:
        """The first form with a field of this name or a button of this text."""
        for form in self.root.forms:
            words = [button.text_content().strip() for button in form.xpath(".//button")]
            if having in form.fields.keys() or having in words:  # noqa: SIM118 - lxml's fields are no dict
                return form
        raise AssertionError(f"no form with {having!r} on {self.url}: {self.root.text_content()[:2000]}")


class Visitor:
    """`before_send` is called just before each form goes off."""

    def __init__(self, site_url: str) -> None:
        self.site_url = site_url
        self.before_send: Callable[[], object] = lambda: None
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = "ja"

    def get(self, address: str) -> Page:
        return self._ask("GET", urljoin(self.site_url, address))

    def send(
        self,
        page: Page,
        having: str,
        values: Mapping[str, str] | None = None,
        files: Mapping[str, File] | None = None,
    ) -> Page:
        """Send the page's form with these values over what stands in it; the page that follows means it was received."""
        form = page.form(having)
        data = {name: value for name, value in form.form_values() if name not in (files or {})} | dict(
            values or {}
        )
        self.before_send()
        return self._ask("POST", urljoin(page.url, form.action or ""), data=data, files=files)

    def _ask(self, method: str, address: str, **sent: Any) -> Page:
        try:
            response = self.session.request(method, address, timeout=TIMEOUT, **sent)
        except (
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ChunkedEncodingError,
        ) as problem:
            raise Lost(f"{method} {address}") from problem
        assert response.status_code < 400, (
            f"{method} {address}: {response.status_code} {response.text[:3000]}"
        )
        return Page(response)
