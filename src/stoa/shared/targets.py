"""Which addresses that other people name may be sent to at all, by their form and by where they lead. Pure."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

LONGEST_URL: Final = 2000
_PORTS: Final = {"https": 443, "http": 80}
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
_PLAIN = re.compile(r"[!-~]+")
_INSIDE: Final = ("localhost", "local", "internal", "home.arpa", "lan", "intranet")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_TUNNELS = (ipaddress.IPv6Network("2002::/16"), ipaddress.IPv6Network("2001::/32"))

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class CannotReach(Exception):
    """The base of both faults; `reason` is a sentence for the one who named the address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(CannotReach):
    """Stoa does not send to this address, now or later."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL whose form is right; `address` is set where no name has to be looked up."""

    scheme: str
    host: str
    port: int
    path: str
    address: IpAddress | None

    @property
    def authority(self) -> str:
        """As the Host header has it."""
        return self.host_in_url if self.port == _PORTS[self.scheme] else f"{self.host_in_url}:{self.port}"

    @property
    def host_in_url(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def check_target(url: str, *, allow_private: bool = False) -> Target:
    """Whether something may be sent to this URL, by its form alone; nothing is looked up. Raises Refused."""
    if len(url) > LONGEST_URL:
        raise Refused(f"The address has more than {LONGEST_URL:,} characters.")
    if not _PLAIN.fullmatch(url) or "\\" in url:
        raise Refused("Write the address in plain characters without spaces; names of other scripts as xn--...")
    parts, port = _split(url)
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        raise Refused("The address must start with https://.")
    if "@" in parts.netloc:
        raise Refused("The address must not hold a user name or password.")
    if "#" in url:
        raise Refused("The address must not have a part after #: it is never sent.")
    host = (parts.hostname or "").lower()
    address = _literal(host, is_bracketed="[" in parts.netloc)
    if not allow_private:
        _check_public(host, port, address)
    path = (parts.path or "/") + (f"?{parts.query}" if "?" in url else "")
    return Target(parts.scheme, host, port or _PORTS[parts.scheme], path, address)


def is_public(address: IpAddress) -> bool:
    """Whether it is one machine on the public Internet, also where it only carries an IPv4 address inside."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not (address.is_multicast or address.is_reserved)
    if address.scope_id is not None:
        return False
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _GLOBAL_6 and address.is_global and not any(address in tunnel for tunnel in _TUNNELS)


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("The address cannot be read. Write it like https://example.com/hook.") from None
    written = parts.netloc.rpartition("@")[2].rpartition("]")[2].partition(":")
    if written[1] and (port is None or str(port) != written[2] or not port):
        raise Refused("The port must be a number from 1 to 65535.")
    return parts, port


def _literal(host: str, *, is_bracketed: bool) -> IpAddress | None:
    """The address that is written there, in its one usual notation; None for a name."""
    odd = Refused("Write the machine's address in its usual form, or better its name.")
    if is_bracketed:
        try:
            six = ipaddress.IPv6Address(host)
        except ValueError:
            raise odd from None
        if six.scope_id is not None or six.ipv4_mapped is not None:
            raise odd
        return six
    last = host.rpartition(".")[2]
    if last.isdigit() or last.startswith("0x"):  # what some programs read as a number is one, or nothing
        try:
            return ipaddress.IPv4Address(host)
        except ValueError:
            raise odd from None
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise Refused("The name of the machine is not valid. Write the address like https://example.com/hook.")
    return None


def _check_public(host: str, port: int | None, address: IpAddress | None) -> None:
    if port is not None and port != 443 and port < 1024:
        raise Refused("The port must be 443, or 1024 and above.")
    if address is not None:
        if not is_public(address):
            raise Refused(f"{address} is not a public address.")
    elif "." not in host or any(host == name or host.endswith(f".{name}") for name in _INSIDE):
        raise Refused(f"{host} is a name for machines inside a network. Only public addresses are sent to.")
