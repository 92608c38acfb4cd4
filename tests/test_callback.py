"""The listener on a real socket, and the reading of what people paste."""

import asyncio
import socket
import time
import urllib.request
from contextlib import suppress
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import TEXT
from wizard import callback
from wizard.callback import Listener, Page, Pages, Redirect, can_listen, parse_return

PAGES = Pages(
    received=Page("Received", "Go back."),
    reject=Page("Rejected", "They said no."),
    unsupported=Page("Unsupported", "Another account, please."),
    internal=Page("Internal", "Try again."),
    unknown=Page("Unknown", "Something else."),
)
ID = "a+b/c=" * 30


async def opened(redirect_url: str | None = None) -> Listener:
    return await Listener.open(redirect_url, pages=PAGES)


def path_of(listener: Listener) -> str:
    return listener.url.removeprefix(f"http://{listener.address}")


async def exchange(listener: Listener, request: bytes, *, ends: bool = False) -> str:
    host, _, port = listener.address.rpartition(":")
    reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    try:
        writer.write(request)
        if ends:
            writer.write_eof()
        async with asyncio.timeout(20):
            return (await reader.read()).decode()
    except ConnectionError:
        return ""
    finally:
        writer.close()


async def get(
    listener: Listener, target: str, *, method: str = "GET", host: str | None = None, headers: str = ""
) -> str:
    request = f"{method} {target} HTTP/1.1\r\nHost: {listener.address if host is None else host}\r\n{headers}\r\n"
    return await exchange(listener, request.encode())


def status(answer: str) -> int:
    return int(answer.split(" ", 2)[1])


async def test_a_browser_coming_back_is_a_redirect_and_sees_the_page_it_is_answered_with() -> None:
    def browse(url: str) -> str:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as answer:
            text: str = answer.read().decode()
            return text

    async with await opened() as listener:
        url = f"{listener.url}?{urlencode({'connectionId': ID})}"
        browser = asyncio.create_task(asyncio.to_thread(browse, url))
        redirect = await anext(listener)
        assert redirect == Redirect(ID, None)
        redirect.answer(Page("Connected <&>", "Done."))
        page = await browser
    assert "<h1>Connected &lt;&amp;&gt;</h1><p>Done.</p>" in page


@pytest.mark.parametrize(
    ("error", "title"),
    [("reject", "Rejected"), ("unsupported", "Unsupported"), ("internal", "Internal"), ("%3Cscript%3E", "Unknown")],
)
async def test_each_error_has_its_page_at_once(error: str, title: str) -> None:
    async with await opened() as listener:
        answer = await get(listener, f"{path_of(listener)}?error={error}")
        redirect = await anext(listener)
    assert f"<h1>{title}</h1>" in answer
    assert "<script" not in answer
    assert redirect == Redirect(None, "<script>" if "script" in error else error)


async def test_without_an_answer_the_page_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback, "ANSWER_SECONDS", 0.01)
    async with await opened() as listener:
        answer = await get(listener, f"{path_of(listener)}?connectionId=c")
    assert "<h1>Received</h1>" in answer


async def test_an_answer_after_the_page_was_shown_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback, "ANSWER_SECONDS", 0.01)
    async with await opened() as listener:
        await get(listener, f"{path_of(listener)}?connectionId=c")
        (await anext(listener)).answer(Page("Late", ""))


async def test_the_headers_allow_nothing_and_keep_nothing() -> None:
    async with await opened() as listener:
        answer = await get(listener, f"{path_of(listener)}?error=reject")
    head = answer.partition("\r\n\r\n")[0].lower()
    for header in (
        "connection: close",
        "cache-control: no-store",
        "content-security-policy: default-src 'none'; style-src 'sha256-",
        "referrer-policy: no-referrer",
        "x-content-type-options: nosniff",
        "x-frame-options: deny",
        "cross-origin-opener-policy: same-origin",
        "cross-origin-resource-policy: same-origin",
        "content-type: text/html; charset=utf-8",
    ):
        assert header in head


async def test_the_url_is_loopback_and_cannot_be_guessed() -> None:
    async with await opened() as one, await opened() as other:
        assert one.url.startswith(f"http://{one.address}/")
        assert one.address.startswith("127.0.0.1:")
        assert len(path_of(one)) > 128 / 6
        assert path_of(one) != path_of(other)


async def test_strays_are_not_found_and_the_waiting_goes_on() -> None:
    async with await opened() as listener:
        path = path_of(listener)
        for stray in (
            "/",
            "/favicon.ico",
            f"{path}x?error=reject",
            path,
            f"{path}?state=1",
            f"{path}?connectionId=",
            "*",
        ):
            assert status(await get(listener, stray)) == 404
        await get(listener, f"{path}?error=reject")
        assert (await anext(listener)).error == "reject"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "", "localhost.evil.example"])
async def test_another_host_is_not_found(host: str) -> None:
    async with await opened() as listener:
        assert status(await get(listener, f"{path_of(listener)}?error=reject", host=host)) == 404


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
async def test_other_names_of_this_machine_are_its_own_host(name: str) -> None:
    async with await opened() as listener:
        host = f"{name}:{listener.address.rpartition(':')[2]}"
        assert status(await get(listener, f"{path_of(listener)}?error=reject", host=host)) == 200


@pytest.mark.parametrize(
    ("mode", "dest", "expected"),
    [("navigate", "document", 200), ("no-cors", "image", 404), ("cors", "empty", 404), ("navigate", "iframe", 404)],
)
async def test_only_a_browser_that_opens_a_page_comes_back(mode: str, dest: str, expected: int) -> None:
    said = f"Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: {mode}\r\nSec-Fetch-Dest: {dest}\r\n"
    async with await opened() as listener:
        assert status(await get(listener, f"{path_of(listener)}?error=reject", headers=said)) == expected


@pytest.mark.parametrize("method", ["POST", "HEAD", "OPTIONS", "DELETE"])
async def test_only_get_is_allowed(method: str) -> None:
    async with await opened() as listener:
        answer = await get(listener, f"{path_of(listener)}?error=reject", method=method)
    assert status(answer) == 405
    assert "\r\nAllow: GET\r\n" in answer
    assert answer.endswith("\r\n\r\n") == (method == "HEAD")


async def test_oversized_headers_are_refused() -> None:
    async with await opened() as listener:
        answer = await exchange(listener, b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 20_000)
    assert status(answer) == 431


@pytest.mark.parametrize("request_", [b"\x16\x03\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"])
async def test_what_is_no_http_is_refused(request_: bytes) -> None:
    async with await opened() as listener:
        assert status(await exchange(listener, request_)) == 400


async def test_a_slow_browser_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback, "IDLE_SECONDS", 0.01)
    async with await opened() as listener:
        assert await exchange(listener, b"GET /") == ""


async def test_a_browser_that_trickles_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback, "REQUEST_SECONDS", 0.01)
    async with await opened() as listener:
        assert await exchange(listener, b"GET /") == ""


async def test_two_redirects_come_in_turn() -> None:
    async with await opened() as listener:
        await get(listener, f"{path_of(listener)}?error=internal")
        await get(listener, f"{path_of(listener)}?error=reject")
        assert [(await anext(listener)).error, (await anext(listener)).error] == ["internal", "reject"]


async def test_a_plus_in_an_id_that_was_not_encoded_stays_a_plus() -> None:
    async with await opened() as listener:
        browser = asyncio.create_task(get(listener, f"{path_of(listener)}?connectionId=a+b/c=="))
        redirect = await anext(listener)
        redirect.answer(PAGES.received)
        await browser
    assert redirect.connection_id == "a+b/c=="


async def test_among_many_hostile_requests_the_right_one_gets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback, "CROWDED_SECONDS", 0.01)
    hostile = [
        b"",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /" + b"a" * 9000,
        b"\x00\xff\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n123",
    ]
    async with await opened() as listener:
        attacks = [asyncio.create_task(exchange(listener, hostile[count % len(hostile)])) for count in range(200)]
        answer = await get(listener, f"{path_of(listener)}?error=reject")
        assert status(answer) == 200
        assert (await anext(listener)).error == "reject"
    for attack in attacks:
        attack.cancel()
    await asyncio.gather(*attacks, return_exceptions=True)


MARK = "quoted-by-nobody"
METHODS = st.sampled_from(["GET", "POST", "HEAD", "CONNECT", "get", MARK, "", "GET GET"])
TARGETS = st.sampled_from(
    ["{path}", "{path}?state=1", "{path}?connectionId=", "{path}/?error=x", "/", "*", f"/{MARK}?error={MARK}"]
)
VERSIONS = st.sampled_from(["HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", "", MARK])
HEADERS = st.lists(
    st.sampled_from(
        [
            *("Host: {host}", f"Host: {MARK}", "Host: {host}, {host}", "Host : {host}", "Host"),
            *("Content-Length: 5", "Content-Length: -1", "Content-Length: 99999999999", "Transfer-Encoding: chunked"),
            *("Upgrade: websocket", "Connection: Upgrade", "Expect: 100-continue", " folded", f"Cookie: {MARK}"),
            f"X: {'x' * 9000}",
        ]
    ),
    max_size=4,
)
ENDS = st.sampled_from(
    ["\r\n\r\n", "\n\n", "\r\n", "", "\r\n\r\nhello", "\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "\r\n\r\n\x00"]
)


@st.composite
def almost_http(draw: st.DrawFn) -> bytes:
    """Draw a request that is none, or one that isn't the redirect."""
    line = " ".join([draw(METHODS), draw(TARGETS), draw(VERSIONS)])
    return (draw(st.sampled_from(["\r\n", "\n"])).join([line, *draw(HEADERS)]) + draw(ENDS)).encode()


@given(st.lists(st.binary(max_size=64) | almost_http(), min_size=1, max_size=4))
async def test_whatever_is_sent_nothing_is_quoted_and_the_right_one_gets_through(requests: list[bytes]) -> None:
    async with await opened() as listener:
        path = path_of(listener)
        for request in requests:
            answer = await exchange(
                listener,
                request.replace(b"{path}", path.encode()).replace(b"{host}", listener.address.encode()),
                ends=True,
            )
            assert answer == "" or 400 <= status(answer) < 500 or status(answer) == 501  # RFC 9112, 6.1
            assert MARK not in answer
        assert status(await get(listener, f"{path}?error=reject")) == 200
        assert (await anext(listener)).error == "reject"


async def test_closing_is_prompt_and_ends_open_connections() -> None:
    async with await opened() as listener:
        host, _, port = listener.address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        await get(listener, "/")  # by now the connection before is accepted
        began = time.monotonic()
    assert time.monotonic() - began < 0.5
    with suppress(ConnectionResetError):
        assert await reader.read() == b""
    writer.close()
    with pytest.raises(OSError, match="Connect"):
        await asyncio.open_connection(host, int(port))


async def test_a_browser_that_waits_when_the_listener_closes_still_gets_its_page() -> None:
    async with await opened() as listener:
        answered = asyncio.create_task(get(listener, f"{path_of(listener)}?connectionId=one"))
        unanswered = asyncio.create_task(get(listener, f"{path_of(listener)}?connectionId=two"))
        for _ in range(2):
            redirect = await anext(listener)
            if redirect.connection_id == "one":
                redirect.answer(Page("Connected", ""))
    assert "<h1>Connected</h1>" in await answered
    assert "<h1>Received</h1>" in await unanswered


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_given_url_is_listened_on_exactly(host: str) -> None:
    url = f"http://{host}:{free_port()}/back/here"
    async with await opened(url) as listener:
        assert listener.url == url
        assert status(await get(listener, "/back/here?error=reject")) == 200


async def test_a_given_url_is_listened_on_and_told_as_a_browser_sends_it() -> None:
    url = f"http://127.0.0.1:{free_port()}/zur\u00fcck%20{{1}}"
    async with await opened(url) as listener:
        assert urlsplit(listener.url).path == "/zur%C3%BCck%20%7B1%7D"
        assert status(await get(listener, "/zur%C3%BCck%20%7B1%7D?error=reject")) == 200


async def test_a_taken_port_is_an_os_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        await opened(f"http://127.0.0.1:{taken.getsockname()[1]}/")


async def test_a_url_that_leads_elsewhere_cannot_be_listened_on() -> None:
    with pytest.raises(ValueError, match="this machine"):
        await opened("https://example.com/")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/", "http://localhost:1", "http://[::1]:65535/x?y=z", "HTTP://LocalHost:80"]
)
def test_loopback_urls_with_a_port_can_be_listened_on(url: str) -> None:
    assert can_listen(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://127.0.0.1/",
        "https://127.0.0.1:1/",
        "http://example.com:1/",
        "http://10.0.0.1:1/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:99999/",
        "http://[::1:1/",
        "http://a@127.0.0.1:1/",
        "127.0.0.1:80",
        "http://localhost.evil.example:1/",
    ],
)
def test_other_urls_cannot_be_listened_on(url: str) -> None:
    assert not can_listen(url)


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:49213/n?connectionId=abc%2Bdef",
        "  http://127.0.0.1:49213/n?connectionId=abc%2Bdef\n",
        "http://127.0.0.1:49213/n?connec\n   tionId=abc%2\r\nBdef",
        '"http://127.0.0.1:49213/n?connectionId=abc%2Bdef"',
        "<https://shop.example/back?lang=de&connectionId=abc%2Bdef#top>",
        "127.0.0.1:49213/n?connectionId=abc%2Bdef",
        "?connectionId=abc%2Bdef",
        "connectionId=abc%2Bdef&x=1",
    ],
)
def test_a_pasted_url_or_query_gives_its_connection(text: str) -> None:
    assert parse_return(text) == Redirect("abc+def", None)


def test_a_pasted_url_may_hold_an_error() -> None:
    assert parse_return("http://127.0.0.1:1/n?error=reject") == Redirect(None, "reject")


def test_a_pasted_id_may_look_a_little_like_a_path() -> None:
    assert parse_return("EC.abcdefgh/ijklmnopqrst+uv==") == Redirect("EC.abcdefgh/ijklmnopqrst+uv==", None)


@pytest.mark.parametrize("text", [ID, f" {ID[:80]}\n  {ID[80:]}\n", f"'{ID}'", ID.replace("+", "%2B")])
def test_a_pasted_id_is_taken_as_it_is(text: str) -> None:
    assert parse_return(text) == Redirect(ID, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n",
        "hello",
        "I do not know what to paste in here",
        "http://127.0.0.1:49213/nonce-of-some-length",
        "127.0.0.1:49213/nonce-of-some-length",
        "http://127.0.0.1:1/n?connectionId=",
        "http://127.0.0.1:1/n?state=abcdefghijklmnopqrstuvwxyz",
        "state=abcdefghijklmnopqrstuvwxyz",
        "dana@icloud.example/abcd-efgh-ijkl-mnop",
        "https://accounts.example/consent/abcdefghijklmnop",
    ],
)
def test_what_is_of_no_use_is_none(text: str) -> None:
    assert parse_return(text) is None


@given(
    TEXT
    | st.lists(st.sampled_from(["connectionId", "error", "=", "?", "&", "#", "%2", "\n", "http://[", "<", "a"])).map(
        "".join
    )
)
def test_any_text_can_be_pasted(text: str) -> None:
    redirect = parse_return(text)
    assert redirect is None or (redirect.connection_id is None) != (redirect.error is None)


@given(TEXT.filter(bool))
def test_any_id_survives_the_way_through_a_url(connection_id: str) -> None:
    url = f"http://127.0.0.1:1/n?{urlencode({'connectionId': connection_id}).replace('+', '%20')}"
    assert parse_return(url) == Redirect(connection_id, None)
