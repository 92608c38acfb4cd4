"""Which proxy and which certificates a request would meet."""

import ssl

import pytest

from wizard.wix import Proxy, Trust, proxy_for, trust_for

from .test_network import PROXY_VARIABLES

WIX = "https://wix.example"


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*PROXY_VARIABLES, "ssl_cert_file"]:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_a_variable_there_is_no_proxy() -> None:
    assert proxy_for(WIX) is None


@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_is_told_with_its_variable_and_without_its_password(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "http://user:hush@proxy.example:3128/x")
    assert proxy_for(WIX) == Proxy(variable, "http://proxy.example:3128", bypassed=False)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("proxy.example:3128", "http://proxy.example:3128"),
        ("socks5://u:hush@[::1]:1080", "socks5://[::1]:1080"),
        ("http://[user:hush", ""),
        ("http://proxy:hush", ""),
    ],
)
def test_what_cannot_be_read_of_a_proxy_is_not_shown(value: str, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", value)
    assert proxy_for(WIX) == Proxy("https_proxy", address, bypassed=False)


def test_no_proxy_leads_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example")
    assert proxy_for("http://127.0.0.1:1") is None


def test_a_proxy_of_another_scheme_is_none_and_no_proxy_sets_one_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example")
    assert proxy_for(WIX) is None
    monkeypatch.setenv("https_proxy", "http://proxy.example")
    monkeypatch.setenv("no_proxy", "wix.example")
    found = proxy_for(WIX)
    assert found
    assert found.bypassed


def test_who_is_trusted_depends_on_the_address_the_variable_and_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = ssl.get_default_verify_paths()
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths._replace(cafile="/list", capath=""))
    assert trust_for("http://127.0.0.1:1") is Trust.NOBODY
    assert trust_for(WIX) is Trust.SYSTEM
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths._replace(cafile="", capath=""))
    assert trust_for(WIX) is Trust.BUNDLED
    monkeypatch.setenv("SSL_CERT_FILE", "/mine")
    assert trust_for(WIX) is Trust.NAMED
