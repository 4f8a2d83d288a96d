"""One request to an address that somebody typed in: never into the operator's own network, never for long.

The name is looked up once, every address it has is judged, and the connection goes to the address that was judged:
a name that answers differently the second time (DNS rebinding) gains nothing. No redirects, no proxies.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

TIMEOUT = 5.0
READ_AT_MOST = 1024
# All that is given out for the world (RFC 4291), without 6to4, which carries an IPv4 address inside (RFC 3056).
_WORLD, _CARRIER = ipaddress.ip_network("2000::/3"), ipaddress.ip_network("2002::/16")
Resolver = Callable[..., list[Any]]


class OutsideRefused(ValueError):
    """This address is not called, or did not answer. `code` says why in one word, without anybody's text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: `address` is the judged IP address, `host` the name that TLS and the Host header carry."""

    address: str
    host: str
    port: int
    path: str
    tls: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` by their names in small letters."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def check_url(url: str, allowed: Collection[str] = ()) -> tuple[str, int, str, bool]:
    """(host, port, path, tls) of an address that may be called, looked at without the network.

    https only, unless `allowed` (`host` or `host:port`, as the operator wrote it) names the host. Raises
    OutsideRefused: bad_url, not_https.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (
            (parts.hostname or "").encode("idna").decode() if not _is_ip(parts.hostname) else parts.hostname
        )
    except (ValueError, UnicodeError):
        raise OutsideRefused("bad_url") from None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc or port == 0:
        raise OutsideRefused("bad_url")
    tls = parts.scheme == "https"
    number = port or (443 if tls else 80)
    if not tls and not _is_named(host, number, allowed):
        raise OutsideRefused("not_https")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return host, number, f"{path}?{query}" if query else path, tls


def find(url: str, allowed: Collection[str] = (), resolve: Resolver = socket.getaddrinfo) -> Target:
    """Look the name up and judge every address it has. Raises OutsideRefused: those of `check_url`, dns, private."""
    host, port, path, tls = check_url(url, allowed)
    try:
        found = resolve(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise OutsideRefused("dns") from None
    addresses = [row[4][0] for row in found]
    if not addresses:
        raise OutsideRefused("dns")
    if not _is_named(host, port, allowed) and not all(is_public(address) for address in addresses):
        raise OutsideRefused("private")
    return Target(addresses[0], host, port, path, tls)


def is_public(address: str) -> bool:
    """Whether an IP address is out in the world: not private, loopback, link-local, multicast or reserved."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip not in _WORLD or ip in _CARRIER:
            return False
    return ip.is_global and not ip.is_multicast


def post(
    target: Target,
    body: bytes,
    headers: Mapping[str, str],
    *,
    timeout: float = TIMEOUT,
    tls: ssl.SSLContext | None = None,
) -> Answer:
    """Send it and read the first kilobyte of what comes back, all within `timeout` seconds.

    Raises OutsideRefused: timeout, tls, connection, no_http. A redirect is an answer like any other.
    """
    return _ask(target, "POST", body, headers, READ_AT_MOST, timeout, tls)


def get(
    target: Target,
    headers: Mapping[str, str],
    *,
    most: int,
    timeout: float = TIMEOUT,
    tls: ssl.SSLContext | None = None,
) -> Answer:
    """Read at most `most` bytes of what stands there, as they come: nothing is unpacked. Raises as `post` does."""
    return _ask(target, "GET", None, headers, most, timeout, tls)


def _ask(
    target: Target,
    method: str,
    body: bytes | None,
    headers: Mapping[str, str],
    most: int,
    timeout: float,
    tls: ssl.SSLContext | None,
) -> Answer:
    connection = http.client.HTTPConnection(target.host, target.port, timeout=timeout)
    late, held = threading.Event(), list[socket.socket]()
    watch = threading.Timer(timeout, _cut, [held, late])
    watch.daemon = True
    watch.start()
    try:
        connection.sock = _open(target, timeout, tls, held)
        if late.is_set():
            raise OutsideRefused("timeout")
        connection.request(method, target.path, body, dict(headers))
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        taken = Answer(answer.status, answer.read(most), told)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise OutsideRefused("timeout" if late.is_set() else _kind(error)) from None
    finally:
        watch.cancel()
        connection.close()
    if late.is_set():  # what was cut off looks like a short answer
        raise OutsideRefused("timeout")
    return taken


def _open(
    target: Target, timeout: float, tls: ssl.SSLContext | None, held: list[socket.socket]
) -> socket.socket:
    """Connected; `held` gets it before anything is read, for `_cut`: the client lets go of it while it reads."""
    sock = socket.create_connection((target.address, target.port), timeout)
    held.append(sock)
    if not target.tls:
        return sock
    try:
        context = tls or ssl.create_default_context()
        held[0] = secured = context.wrap_socket(
            sock, server_hostname=target.host, do_handshake_on_connect=False
        )
        secured.do_handshake()
        return secured
    except BaseException:
        held[0].close()
        raise


def _cut(held: list[socket.socket], late: threading.Event) -> None:
    """A server that drips one byte a second would outlive every timeout of a single read."""
    late.set()
    for sock in held:
        try:
            # The plain one: TLS's own would pull the ground from under whoever is reading.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
        except OSError:
            return


def _kind(error: Exception) -> str:
    if isinstance(error, OutsideRefused):
        return error.code
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return "tls"
    return "connection" if isinstance(error, OSError) else "no_http"


def _is_named(host: str, port: int, allowed: Collection[str]) -> bool:
    shown = f"[{host}]" if ":" in host else host
    return shown in allowed or f"{shown}:{port}" in allowed


def _is_ip(host: str | None) -> bool:
    try:
        ipaddress.ip_address(host or "")
    except ValueError:
        return False
    return True
