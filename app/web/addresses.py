"""Where a request comes from, as far as that can be believed."""

from __future__ import annotations

from ipaddress import ip_address

from flask import request

from app.settings import Settings


def source_address(settings: Settings) -> str:
    """The address of whoever sent the present request.

    ``X-Forwarded-For`` is what the sender says, so it counts only where a proxy that the settings name
    passed the request on, and then from the right: the last address that is none of these proxies'.
    """
    address = request.remote_addr or ""
    forwarded = ",".join(request.headers.getlist("X-Forwarded-For")).split(",")
    while _is_proxy(address, settings) and forwarded:
        before = forwarded.pop().strip()
        try:
            address = str(ip_address(before))
        except ValueError:
            break
    return address


def _is_proxy(address: str, settings: Settings) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in settings.proxies)
