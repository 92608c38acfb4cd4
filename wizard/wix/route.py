"""What of this machine decides how a request gets to Wix: the proxy, and the list of trusted certificates."""

import os
import ssl
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

CERTIFICATES = "SSL_CERT_FILE"
"""Names a file with more certificates to trust."""


@dataclass(frozen=True)
class Proxy:
    """A proxy: the variable it is from, empty for the system's settings; its scheme, host and port; whether it is used.

    A name and a password in the address are left out; one that can't be read is empty.
    """

    variable: str
    address: str
    bypassed: bool


def is_on_this_machine(base_url: str) -> bool:
    """Whether it is a plain address: these are on this machine only, where no proxy leads and nobody listens in."""
    return urlsplit(base_url).scheme == "http"


def proxy_for(base_url: str) -> Proxy | None:
    """Return the proxy that is set for this address, if there is one, as urllib finds it."""
    if is_on_this_machine(base_url):
        return None
    url = urlsplit(base_url)
    proxies = getproxies()
    name = next((name for name in (url.scheme, "all") if name in proxies), "")
    if not name:
        return None
    variable = next((one for one in (f"{name}_proxy", f"{name}_proxy".upper()) if os.environ.get(one)), "")
    return Proxy(variable, _without_sign_in(proxies[name]), bool(proxy_bypass(url.hostname or "")))


def _without_sign_in(address: str) -> str:
    try:
        url = urlsplit(address if "://" in address else f"http://{address}")
        port = "" if url.port is None else f":{url.port}"
    except ValueError:
        return ""
    host = url.hostname or ""
    return f"{url.scheme}://{f'[{host}]' if ':' in host else host}{port}" if host else ""


class Trust(StrEnum):
    """Whose certificates are trusted: nobody's, the system's with or without a named file's, or the HTTP library's."""

    NOBODY = "nobody"
    NAMED = "named"
    SYSTEM = "system"
    BUNDLED = "bundled"


def trust_for(base_url: str) -> Trust:
    """Return who is trusted at this address: whom the system trusts, and whom `CERTIFICATES` names.

    On this machine nobody is: that needs no certificates, and so costs no time.
    """
    if is_on_this_machine(base_url):
        return Trust.NOBODY
    if os.environ.get(CERTIFICATES):
        return Trust.NAMED
    system = ssl.get_default_verify_paths()
    return Trust.SYSTEM if system.cafile or system.capath else Trust.BUNDLED
