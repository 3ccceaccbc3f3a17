"""Where a message may go: never into our own network, whatever the address looks like or resolves to."""

import asyncio
import ipaddress
import re
import socket
from urllib.parse import urlsplit

from msgspec import Struct

from punchcard.foundation.settings import Settings

from .model import AddressPrivate, AddressUnreadable, HttpsOnly

NAME = re.compile(r"(?=[^.])[a-z0-9._-]{1,253}")
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Target(Struct, frozen=True):
    """An address taken apart: what to dial, what to ask for there, and whether over TLS."""

    host: str
    port: int
    path: str
    tls: bool

    @property
    def authority(self) -> str:
        """As it stands in the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


def target_of(url: str, settings: Settings) -> Target:
    """Take an address apart. Refused: what is not https outside the demo, and what cannot be posted to."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise AddressUnreadable from None
    if parts.scheme not in ("https", "http") or parts.username is not None or "#" in url or "\\" in url:
        raise AddressUnreadable
    if not (NAME.fullmatch(host) or is_v6(host)) or port == 0:
        raise AddressUnreadable
    tls = parts.scheme == "https"
    if not tls and not settings.demo:
        raise HttpsOnly
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(host, port or (443 if tls else 80), path, tls)


def is_v6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6
    except ValueError:
        return False


def check(url: str, settings: Settings) -> None:
    """What can be said before anybody is asked: also numbers in any spelling are looked at, names when they are dialled."""
    target = target_of(url, settings)
    try:
        found = socket.getaddrinfo(
            target.host.rstrip("."), target.port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )
    except OSError:
        found = []
    admit([str(each[4][0]) for each in found], settings)
    if target.host.rstrip(".").endswith("localhost") and not lenient(settings):
        raise AddressPrivate


async def resolved(target: Target, settings: Settings) -> list[str]:
    """The numbers that the name stands for now, asked once: these are dialled, so that no second answer matters."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    return admit(list(dict.fromkeys(str(each[4][0]) for each in found)), settings)


def admit(numbers: list[str], settings: Settings) -> list[str]:
    """The same numbers, if every one of them is public or the settings allow the others."""
    if not lenient(settings) and not all(is_public(each) for each in numbers):
        raise AddressPrivate
    return numbers


def lenient(settings: Settings) -> bool:
    return settings.demo or settings.webhooks_private


def is_public(number: str) -> bool:
    """Whether anybody on the internet could be meant; of a number that wraps another (mapped, 6to4, Teredo, NAT64), both."""
    address = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if wrapped := [each for each in inner if each is not None]:
            return all(is_public(str(each)) for each in wrapped)
    return address.is_global and not address.is_multicast and not address.is_reserved
