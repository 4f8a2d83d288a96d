"""What is read outside: judged before each step, small, soon. The only server here is one on 127.0.0.1."""

import contextlib
import http.server
import socket
import threading
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from sonjuku.toolbox import fetching
from sonjuku.toolbox.fetching import Errand, find
from sonjuku.toolbox.outside import OutsideRefused, Target


def resolver(**names: str) -> Any:
    """Knows these names, with "_" for "." ; any other is public."""

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        address = names.get(host.replace(".", "_").replace("-", "_"), "93.184.216.34")
        if not address:
            raise socket.gaierror
        return [(0, 0, 0, "", (one, port)) for one in address.split()]

    return resolve


@pytest.mark.parametrize(
    ("url", "address", "code"),
    [
        ("http://school.example/", "8.8.8.8", "not_https"),
        ("file:///etc/passwd", "8.8.8.8", "bad_url"),
        ("gopher://school.example/", "8.8.8.8", "bad_url"),
        ("https://user:secret@school.example/", "8.8.8.8", "bad_url"),
        ("https://school.example:22/", "8.8.8.8", "port"),
        ("https://127.0.0.1/", "8.8.8.8", "not_a_name"),
        ("https://8.8.8.8/", "8.8.8.8", "not_a_name"),
        ("https://2130706433/", "8.8.8.8", "not_a_name"),
        ("https://0x7f.1/", "8.8.8.8", "not_a_name"),
        ("https://0177.0.0.1/", "8.8.8.8", "not_a_name"),
        ("https://[::1]/", "8.8.8.8", "not_a_name"),
        ("https://[::ffff:127.0.0.1]/", "8.8.8.8", "not_a_name"),
        ("https://localhost/", "8.8.8.8", "not_a_name"),
        ("https://127.0.0.1./", "8.8.8.8", "not_a_name"),
        ("https://school.example/", "127.0.0.1", "private"),
        ("https://school.example/", "10.0.0.8", "private"),
        ("https://school.example/", "169.254.169.254", "private"),
        ("https://school.example/", "100.64.0.1", "private"),
        ("https://school.example/", "::ffff:10.0.0.1", "private"),
        ("https://school.example/", "2002:7f00:1::", "private"),
        ("https://school.example/", "fe80::1", "private"),
        ("https://school.example/", "fd00:ec2::254", "private"),
        ("https://school.example/", "93.184.216.34 127.0.0.1", "private"),
        ("https://school.example/", "", "dns"),
    ],
)
def test_each_target_is_refused_for_its_own_reason(url, address, code, monkeypatch):
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("asked the network"))
    errand = Errand(lambda one: find(one, resolver(school_example=address)))
    with pytest.raises(OutsideRefused) as refused:
        errand.get(url)
    assert refused.value.code == code


def test_a_public_name_is_what_is_left():
    found = find("https://school.example/a?b=1", resolver(school_example="93.184.216.34"))
    assert found == Target("93.184.216.34", "school.example", 443, "/a?b=1", True)


class Handler(http.server.BaseHTTPRequestHandler):
    seen: list[tuple[str, dict[str, str]]] = []

    def do_GET(self) -> None:
        self.seen.append((self.path, dict(self.headers)))
        step = self.path.strip("/")
        if step.startswith("to="):
            return self._send(302, {"Location": step.removeprefix("to=")})
        if step.startswith("down="):
            left = int(step.removeprefix("down="))
            return self._send(302, {"Location": f"/down={left - 1}"}) if left else self._send(200, {}, b"end")
        return getattr(self, f"_{step or 'plain'}")()

    def _plain(self) -> None:
        self._send(200, {"Set-Cookie": "a=b"}, b'{"a": 1}')

    def _packed(self) -> None:
        self._send(200, {"Content-Encoding": "gzip"}, zlib.compress(bytes(1000)))

    def _large(self) -> None:
        self._send(200, {}, bytes(fetching.LARGEST + 1))

    def _gone(self) -> None:
        self._send(404, {}, b"secret page")

    def _drip(self) -> None:
        self._send(200, {})
        with contextlib.suppress(OSError):
            while not self.server.ended.wait(0.02):  # type: ignore[attr-defined]
                self.wfile.write(b".")

    def _send(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def errand(monkeypatch) -> Iterator[Errand]:
    """Its public name is the local server; every other name is judged as ever."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.ended = threading.Event()  # type: ignore[attr-defined]
        Handler.seen.clear()
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

        def judged(url: str) -> Target:
            target = find(url, resolver(inside_example="10.0.0.1"))
            return Target("127.0.0.1", target.host, server.server_address[1], target.path, False)

        yield Errand(judged)
        server.ended.set()  # type: ignore[attr-defined]
        server.shutdown()


def code_of(errand: Errand, url: str) -> str:
    with pytest.raises(OutsideRefused) as refused:
        errand.get(url)
    return refused.value.code


def test_what_stands_there_is_read_without_cookies_or_a_proxy(errand, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert errand.get("https://public.example/") == b'{"a": 1}'
    assert errand.get("https://public.example/") == b'{"a": 1}'
    for _path, headers in Handler.seen:
        assert "Cookie" not in headers
        assert headers["Accept-Encoding"] == "identity"
    assert len(Handler.seen) == 2


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("https://inside.example/", "private"),
        ("https://127.0.0.1/", "not_a_name"),
        ("http://public.example/", "not_https"),
        ("https://public.example:8443/", "port"),
        ("file:///etc/passwd", "bad_url"),
        ("https://public.example:0/", "bad_url"),
    ],
)
def test_a_redirect_is_judged_like_the_first_address(errand, location, code):
    assert code_of(errand, f"https://public.example/to={location}") == code
    assert len(Handler.seen) == 1


def test_three_redirects_and_no_more(errand):
    assert errand.get("https://public.example/down=3") == b"end"
    assert code_of(errand, "https://public.example/down=4") == "redirects"


@pytest.mark.parametrize(
    ("path", "code"), [("packed", "encoded"), ("large", "too_large"), ("gone", "status")]
)
def test_answers_that_are_not_taken(errand, path, code):
    assert code_of(errand, f"https://public.example/{path}") == code


def test_a_body_that_drips_is_ended(errand, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.3)
    assert code_of(errand, "https://public.example/drip") == "timeout"


def test_a_name_that_is_looked_up_for_ever_is_ended(monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.1)
    never = threading.Event()

    def slow(url: str) -> Target:
        never.wait()
        raise OutsideRefused("dns")

    assert code_of(Errand(slow), "https://public.example/") == "timeout"
    never.set()


def test_ten_addresses_and_no_more(errand):
    for _ in range(fetching.MOST_ADDRESSES):
        errand.get("https://public.example/")
    assert code_of(errand, "https://public.example/") == "too_many_addresses"


def test_twenty_seconds_in_all():
    now = [0.0]
    errand = Errand(lambda url: pytest.fail("asked"), clock=lambda: now[0])
    now[0] = fetching.SECONDS_IN_ALL
    assert code_of(errand, "https://public.example/") == "out_of_time"
