"""The book's own address, and the proxies before it, as the settings say them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

OWN_MACHINE = {"127.0.0.1", "localhost", "::1"}
"""Where nobody else can reach the application."""
USUAL_PORTS = {"http": "80", "https": "443"}
HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
PREFIX = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
Network = IPv4Network | IPv6Network


class SettingError(OSError):
    """A setting says what can't be."""


@dataclass(frozen=True)
class Address:
    """Where people come in: scheme, host with its port unless that is usual, and "" or a prefix such as "/mttq"."""

    scheme: str
    host: str
    prefix: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}{self.prefix}/"

    @property
    def name(self) -> str:
        """The host without its port."""
        return without_port(self.host)

    @property
    def mark(self) -> str:
        """What tells this book from others of the same host: browsers send cookies to every port of it."""
        port = self.host.removeprefix(self.name)
        return f"{port.replace(':', '.')}{self.prefix.replace('/', '-')}"


@dataclass(frozen=True)
class Proxies:
    """How many proxies stand before the application, and where the nearest is."""

    hops: int = 0
    near: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

    def believes(self, peer: str) -> bool:
        """Whether a proxy speaks."""
        at = ip_of(peer)
        return self.hops > 0 and at is not None and any(at in network for network in self.near)


def read_address(text: str) -> Address | None:
    """The address that BACKOFFICE_ADDRESS gives; None without one. Raises SettingError."""
    if not text.strip():
        return None
    try:
        parts = urlsplit(text.strip())
        scheme, prefix, port = parts.scheme.lower(), parts.path.rstrip("/"), parts.port
        name = (parts.hostname or "").encode("idna").decode() if ":" not in (parts.hostname or "") else parts.hostname
    except ValueError:
        scheme = prefix = ""
        name = port = None
    name = f"[{name}]" if name and ":" in name else name or ""
    more = "?" in text or "#" in text or "@" in text
    if scheme not in USUAL_PORTS or not HOST.fullmatch(name) or not PREFIX.fullmatch(prefix) or more or port == 0:
        raise SettingError(
            f"BACKOFFICE_ADDRESS is where people come in, such as https://so.example or https://so.example/mttq, "
            f"not “{text}”."
        )
    usual = port is None or str(port) == USUAL_PORTS[scheme]
    return Address(scheme, name if usual else f"{name}:{port}", prefix)


def read_proxies(text: str) -> Proxies:
    """The proxies that BACKOFFICE_PROXIES gives, "1" or "1 192.168.1.5". Raises SettingError."""
    hops, *near = re.split(r"[\s,;@]+", text.strip() or "0")
    try:
        networks = tuple(ip_network(each, strict=False) for each in near)
    except ValueError:
        hops = ""
    if not re.fullmatch(r"[0-9]", hops):
        raise SettingError(
            "BACKOFFICE_PROXIES is how many proxies people come through, from 0 to 9, and where the nearest is unless "
            f"on this machine: “1” or “1 192.168.1.5”, not “{text}”."
        )
    return Proxies(int(hops), networks or Proxies.near)


def entrance_settings() -> dict[str, Any]:
    """The settings that follow from the address, the proxies and BACKOFFICE_HTTPS. Raises SettingError."""
    address = read_address(os.environ.get("BACKOFFICE_ADDRESS", ""))
    secure = os.environ.get("BACKOFFICE_HTTPS") == "1"
    if address and secure and address.scheme == "http":
        raise SettingError(f"BACKOFFICE_HTTPS=1 says https, BACKOFFICE_ADDRESS says {address}: which is right?")
    secure = secure or bool(address and address.scheme == "https")
    prefix, mark = (address.prefix, address.mark) if address else ("", "")
    # Browsers take a cookie of the first name from this very site only, of the second over https only.
    safety = ("__Secure-" if prefix else "__Host-") if secure else ""
    return {
        "ADDRESS": address,
        "PROXIES": read_proxies(os.environ.get("BACKOFFICE_PROXIES", "")),
        "APPLICATION_ROOT": prefix or "/",
        "PREFERRED_URL_SCHEME": "https" if secure else "http",
        "SERVER_NAME": address.host if address else None,
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_NAME": f"{safety}session{mark}",
        "SESSION_COOKIE_PATH": prefix or "/",
    }


def without_port(host: str) -> str:
    """The name of a host that may have a port."""
    return re.sub(r":[0-9]*$", "", host)


def ip_of(text: str) -> IPv4Address | IPv6Address | None:
    """The address in "10.0.0.5", "10.0.0.5:1234", "[::1]:80" or "::ffff:10.0.0.5"; None if it is none."""
    bare = without_port(text) if text.startswith("[") or text.count(":") == 1 else text
    try:
        found = ip_address(bare.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
