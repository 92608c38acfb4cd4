"""Faults of the line, most of them on a real socket of this machine."""

import asyncio
import gzip
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from wizard.wix import (
    ApiKey,
    BadCertificate,
    Client,
    InvalidRequest,
    NotFound,
    Offline,
    ProxyFailed,
    TimedOut,
    UnreadableAnswer,
    WixError,
    sender,
)

from .stage import KEY, SITE, Stage, ok

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PROXY_VARIABLES = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@asynccontextmanager
async def served(serve: Serve, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(once, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def fault_of(base_url: str) -> WixError:
    async with Client(ApiKey(SecretStr(KEY), SITE), base_url=base_url) as client:
        with pytest.raises(WixError) as caught:
            await client.list_providers()
    assert caught.value.__context__ is None
    return caught.value


def answering(answer: bytes) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    return serve


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_a_real_answer_is_read() -> None:
    answer = b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"providers":[]}'
    async with served(answering(answer)) as url, Client(ApiKey(SecretStr(KEY), SITE), base_url=url) as client:
        assert await client.list_providers() == []


async def test_a_refused_connection_is_offline() -> None:
    error = await fault_of(f"http://127.0.0.1:{unused_port()}")
    assert type(error) is Offline
    assert error.status is None


async def test_an_unknown_host_is_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert type(await fault_of("http://nowhere.invalid")) is Offline


async def test_a_connection_that_breaks_is_offline() -> None:
    async with served(answering(b"")) as url:
        assert type(await fault_of(url)) is Offline


async def test_an_answer_that_breaks_off_is_offline() -> None:
    async with served(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")) as url:
        assert type(await fault_of(url)) is Offline


async def test_something_that_does_not_speak_http_is_offline() -> None:
    async with served(answering(b"220 mail.example ESMTP\r\n")) as url:
        assert type(await fault_of(url)) is Offline


async def test_silence_is_timed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    monkeypatch.setattr(sender, "TIMEOUT", httpx.Timeout(5.0, read=0.05))
    async with served(silent) as url:
        assert type(await fault_of(url)) is TimedOut


async def test_an_answer_that_takes_for_ever_byte_by_byte_is_timed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n")
        with suppress(ConnectionError):
            for _ in range(200):
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.01)

    monkeypatch.setattr(sender, "EXCHANGE_SECONDS", 0.05)
    async with served(dripping) as url:
        assert type(await fault_of(url)) is TimedOut


async def test_an_untrusted_certificate_is_told_from_being_offline() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(Path(__file__).with_name("untrusted.pem"))
    async with served(answering(b""), tls=tls) as url:
        assert type(await fault_of(url)) is BadCertificate


async def test_a_certificate_that_is_out_of_date_may_be_the_clock_s_fault() -> None:
    expired = ssl.SSLCertVerificationError("certificate has expired")
    expired.verify_code = 10
    raised = httpx.ConnectError("x")
    raised.__cause__ = expired
    with pytest.raises(BadCertificate, match="this machine's clock is wrong"):
        await Stage(raised).client.list_providers()


async def test_a_file_of_trusted_certificates_that_is_missing_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    async with Client(ApiKey(SecretStr(KEY), SITE)) as client:
        with pytest.raises(BadCertificate):
            await client.list_providers()


async def test_a_redirect_is_not_followed() -> None:
    async with served(answering(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")) as url:
        error = await fault_of(url)
    assert type(error) is UnreadableAnswer
    assert error.status == 302


@pytest.mark.parametrize(
    ("coding", "body"),
    [("gzip", b"nope"), ("gzip, gzip", gzip.compress(gzip.compress(b'{"providers":[]}')))],
    ids=["broken", "piled up"],
)
async def test_compression_that_is_broken_or_piled_up_is_unreadable(coding: str, body: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n"
    async with served(answering(head.encode() + body)) as url:
        assert type(await fault_of(url)) is UnreadableAnswer


async def test_a_proxy_that_cannot_be_reached_is_told_from_being_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{unused_port()}")
    assert type(await fault_of("https://wix.invalid")) is ProxyFailed


async def test_no_proxy_is_asked_for_a_way_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{unused_port()}")
    async with served(answering(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")) as url:
        assert type(await fault_of(url)) is NotFound


async def test_a_proxy_that_refuses_is_told_from_being_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    async with served(answering(refusal)) as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        assert type(await fault_of("https://wix.invalid")) is ProxyFailed


@pytest.mark.parametrize("proxy", ["socks5://user:hush@127.0.0.1:1", "gopher://x", "http://[user:hush"])
async def test_a_proxy_that_cannot_be_used_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    error = await fault_of("https://wix.invalid")
    assert type(error) is ProxyFailed
    assert "hush" not in str(error)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (httpx.ConnectTimeout("x"), TimedOut),
        (httpx.PoolTimeout("x"), TimedOut),
        (httpx.WriteError("x"), Offline),
        (httpx.LocalProtocolError("x"), InvalidRequest),
    ],
)
async def test_rarer_faults_have_their_meaning_too(raised: Exception, expected: type[WixError]) -> None:
    with pytest.raises(expected):
        await Stage(raised).client.list_providers()


async def test_a_cancelled_call_is_cancelled() -> None:
    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()

    asked = asyncio.Event()
    async with served(silent) as url, Client(ApiKey(SecretStr(KEY), SITE), base_url=url) as client:
        call = asyncio.create_task(client.list_providers())
        await asked.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call


async def test_logs_hold_neither_the_key_nor_the_password_nor_the_oauth_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    stage = Stage(ok({"oauthUrl": "https://accounts.example/hush", "connection": {"id": "c"}}))
    await stage.client.connect_by_oauth(provider_id="p", schedule_id="s", redirect_url="http://127.0.0.1:1/")
    await stage.client.connect_by_credentials(provider_id="p", schedule_id="s", email="e", password=SecretStr("hush"))
    assert caplog.text
    assert "hush" not in caplog.text
    assert KEY not in caplog.text


async def test_a_client_that_was_never_used_can_be_closed() -> None:
    await Stage(ok()).client.aclose()
