"""Which addresses may be connected to: those of the public internet, found once and then held to.

A name is looked up here and the connection goes to the address that was checked, so that a name which answers
differently the next time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from wenbao.config.errors import FetchFailed

_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")


def addresses_of(host: str, port: int, private: bool) -> list[str]:
    """The addresses of a host that may be connected to, in the system's order; those of intranets too where `private`
    ones are allowed.

    Raises FetchFailed where there is none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise FetchFailed(f"{host} is not found. Check the address and the network ({problem}).") from problem
    addresses = list(dict.fromkeys(str(place[4][0]) for place in found))
    elsewhere = [address for address in addresses if not is_link_local(address)]
    if not elsewhere:
        raise FetchFailed(f"{host} is at {addresses[0]}, an address of this machine's own network that is no web site.")
    allowed = [address for address in elsewhere if private or is_public(address)]
    if not allowed:
        raise FetchFailed(
            f"{host} is at a private address ({addresses[0]}), which is not fetched from. "
            "Set WENBAO_FETCH_PRIVATE=true if it is a site of your own."
        )
    return allowed


def is_public(address: str) -> bool:
    """Whether an address is of the public internet, and so is the IPv4 address inside it where it carries one."""
    parsed = ip_address(address.partition("%")[0])
    one = _inside(parsed) if isinstance(parsed, IPv6Address) else parsed
    return one.is_global and not one.is_multicast and not one.is_reserved


def is_link_local(address: str) -> bool:
    """Whether an address is valid on this machine's own link alone, as that where clouds hand out their keys is."""
    parsed = ip_address(address.partition("%")[0])
    one = _inside(parsed) if isinstance(parsed, IPv6Address) else parsed
    return one.is_link_local


def _inside(address: IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address stands for (mapped, 6to4, NAT64), else itself."""
    embedded = address.ipv4_mapped or address.sixtofour
    if embedded is None and (address in _NAT64 or address in _COMPATIBLE):
        embedded = IPv4Address(int(address) & 0xFFFFFFFF)
    return embedded or address
