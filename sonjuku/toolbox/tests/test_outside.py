"""Nobody's address reaches the operator's own network. The only server here is one on 127.0.0.1."""

import contextlib
import http.server
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from sonjuku.toolbox.outside import OutsideRefused, Target, check_url, find, is_public, post


def resolver(*addresses: str) -> Any:
    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [(0, 0, 0, "", (address, port)) for address in addresses]

    return resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:db8::1",
        "64:ff9b:1::a00:1", "::7f00:1", "fec0::1", "::ffff:0:7f00:1",
    ],
)  # fmt: skip
def test_addresses_of_the_inside(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.104.209.7", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_outside(address):
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.jp/", "not_https"),
        ("ftp://example.jp/", "bad_url"),
        ("file:///etc/passwd", "bad_url"),
        ("https://user:pw@example.jp/", "bad_url"),
        ("https://user@example.jp/", "bad_url"),
        ("https:///path", "bad_url"),
        ("https://example.jp:99999/", "bad_url"),
        ("https://example.jp:0/", "bad_url"),
        ("https://[::1/", "bad_url"),
        ("https://" + "a" * 70 + ".jp/", "bad_url"),
        ("", "bad_url"),
    ],
)
def test_addresses_that_are_not_called(url, code):
    with pytest.raises(OutsideRefused) as refused:
        check_url(url)
    assert refused.value.code == code


def test_what_goes_on_the_wire():
    assert check_url("https://example.jp/a b?q=あ#x") == ("example.jp", 443, "/a%20b?q=%E3%81%82", True)
    assert check_url("https://日本.jp:8443") == ("xn--wgv71a.jp", 8443, "/", True)
    assert "\r" not in check_url("https://example.jp/a\rb")[2]


def test_one_private_address_among_public_ones_is_enough():
    with pytest.raises(OutsideRefused, match="private"):
        find("https://example.jp/", resolve=resolver("8.8.8.8", "10.0.0.1"))
    assert find("https://example.jp/", resolve=resolver("8.8.8.8")).address == "8.8.8.8"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
def test_spellings_of_this_machine(host):
    with pytest.raises(OutsideRefused) as refused:
        find(f"https://{host}/")
    assert refused.value.code in {"private", "dns"}


def test_the_operator_names_a_host_of_the_inside():
    allowed = ["intra.example.jp:8080", "[::1]"]
    assert find("http://intra.example.jp:8080/", allowed, resolver("10.0.0.1")).tls is False
    assert find("https://[::1]/", allowed).address == "::1"
    for url in ("http://intra.example.jp:8081/", "http://other.example.jp:8080/"):
        with pytest.raises(OutsideRefused, match="not_https"):
            find(url, allowed, resolver("10.0.0.1"))


def test_a_name_that_nobody_knows():
    def nobody(*_: Any, **__: Any) -> Any:
        raise socket.gaierror

    with pytest.raises(OutsideRefused, match="dns"):
        find("https://example.jp/", resolve=nobody)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/")
            self.end_headers()
            return
        if self.path == "/drip-body":
            self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
            with contextlib.suppress(OSError):
                for _ in range(40):
                    time.sleep(0.05)
                    self.wfile.write(b".")
            return
        if self.path == "/drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            with contextlib.suppress(OSError):
                for _ in range(40):
                    time.sleep(0.05)
                    self.wfile.write(b"X-Slow: 1\r\n")
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.headers["Host"].encode() + b" " + body + b"." * 5000)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_the_connection_goes_to_the_address_that_was_judged(port):
    """The name is one that doesn't exist: nobody looks it up a second time."""
    answer = post(Target("127.0.0.1", "nowhere.invalid", port, "/", False), b"hello", {})
    assert answer.status == 200
    assert answer.body.startswith(f"nowhere.invalid:{port} hello".encode())
    assert len(answer.body) == 1024


def test_a_redirect_is_not_followed(port):
    assert (
        post(Target("127.0.0.1", "x.invalid", port, "/moved", False), b"", {"Content-Length": "0"}).status
        == 302
    )


@pytest.mark.parametrize("path", ["/drip", "/drip-body"])
def test_a_server_that_drips_is_cut_off(port, path):
    started = time.monotonic()
    with pytest.raises(OutsideRefused, match="timeout"):
        post(Target("127.0.0.1", "x.invalid", port, path, False), b"x", {}, timeout=0.3)
    assert time.monotonic() - started < 1.5


def test_nobody_listens_and_no_tls(port):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(OutsideRefused, match="connection"):
            post(Target("127.0.0.1", "x.invalid", free.getsockname()[1], "/", False), b"", {})
    with pytest.raises(OutsideRefused, match="tls"):
        post(Target("127.0.0.1", "x.invalid", port, "/", True), b"", {})


def test_a_handshake_that_never_comes_is_cut_off():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        target = Target("127.0.0.1", "x.invalid", silent.getsockname()[1], "/", True)
        with pytest.raises(OutsideRefused, match="timeout"):
            post(target, b"x", {}, timeout=0.3)
