from pathlib import Path

import pytest

from wizard import settings
from wizard.cli import parser
from wizard.domain import SignInWay
from wizard.exits import UsageError
from wizard.settings import (
    DEFAULT_BASE_URL,
    KEY_FILE,
    KEY_FILE_BYTES,
    NEEDS,
    SECRETS,
    VARIABLES,
    Settings,
    make_sign_in,
)

KEY = {"WIX_API_KEY": "IST.key", "WIX_SITE_ID": "site"}
TOKEN = {"WIX_ACCESS_TOKEN": "token", "WIX_SITE_ID": "site"}
APP = {"WIX_APP_ID": "app", "WIX_APP_SECRET": "hush", "WIX_INSTANCE_ID": "instance"}


def read(*arguments: str, **environment: str) -> Settings:
    return settings.read(parser().parse_args(arguments), environment)


def test_without_anything_it_is_wix_and_the_person_is_asked() -> None:
    assert read() == Settings(known=dict.fromkeys(VARIABLES, ""))
    assert read().base_url == DEFAULT_BASE_URL
    assert read().way is None
    assert read().sign_in() is None


@pytest.mark.parametrize(
    ("environment", "way"),
    [
        (KEY, SignInWay.API_KEY),
        (TOKEN, SignInWay.ACCESS_TOKEN),
        (APP, SignInWay.APP),
        (KEY | TOKEN | APP, SignInWay.API_KEY),
        ({"WIX_API_KEY": "IST.key"}, None),
        (KEY | {"WIX_SITE_ID": "  "}, None),
        (APP | {"WIX_APP_SECRET": ""}, None),
    ],
)
def test_the_environment_can_sign_in(environment: dict[str, str], way: SignInWay | None) -> None:
    assert read(**environment).way is way


def test_a_sign_in_has_what_its_way_needs_and_no_more() -> None:
    sign_in = read(**KEY, **APP).sign_in()
    assert sign_in
    assert (sign_in.way, sign_in.site_id, sign_in.secret.get_secret_value()) == (SignInWay.API_KEY, "site", "IST.key")


@pytest.mark.parametrize("way", SignInWay)
def test_every_way_has_one_secret_and_a_variable_for_each_field(way: SignInWay) -> None:
    values = {name: f"value of {name}" for name in NEEDS[way]}
    (secret,) = SECRETS & set(values)
    assert set(values) <= set(VARIABLES)
    assert make_sign_in(way, values).secret.get_secret_value() == values[secret]


@pytest.mark.parametrize("content", [b"IST.filed", b"\r\n IST.filed \n", b"\xef\xbb\xbfIST.filed"])
def test_a_file_can_hold_the_api_key(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    chosen = read(WIX_API_KEY_FILE=str(file), WIX_SITE_ID="site")
    assert (chosen.way, chosen.known["api_key"], chosen.sources["api_key"]) == (
        SignInWay.API_KEY,
        "IST.filed",
        KEY_FILE,
    )


def test_the_key_itself_stands_before_the_file_which_is_then_not_read() -> None:
    chosen = read(WIX_API_KEY_FILE="missing", **KEY)
    assert (chosen.known["api_key"], chosen.sources["api_key"]) == ("IST.key", "WIX_API_KEY")


def test_the_embedded_site_needs_no_key_file() -> None:
    assert read("--sandbox", WIX_API_KEY_FILE="missing").known["api_key"] == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "can't be read (No such file or directory)"),
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"k" * (KEY_FILE_BYTES + 1), "is too large"),
        (b"\xff\xfe\x00", "isn't text"),
    ],
)
def test_a_key_file_that_cannot_be_used_says_why_but_not_what_it_holds_or_is_called(
    content: bytes | None, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "IST.perhaps-the-key"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read(WIX_API_KEY_FILE=str(file))
    accepted = "give a text file of at most 64 KiB that holds nothing but the API key"
    assert str(caught.value) == f"WIX_API_KEY_FILE: the file {said}; {accepted}"


def test_a_site_is_also_known_by_the_address_of_its_dashboard() -> None:
    guid = "6a1f0c52-93d8-4e7b-b1a4-2f5c8d7e9b30"
    address = f"https://manage.wix.com/dashboard/{guid}/home?referralInfo=sidebar"
    assert read("--site-id", address).known["site_id"] == guid
    assert read(**KEY | {"WIX_SITE_ID": address}).known["site_id"] == guid
    assert settings.problem("app_id", settings.given("app_id", address))


def test_an_id_in_capitals_is_of_the_same_site() -> None:
    guid = "6a1f0c52-93d8-4e7b-b1a4-2f5c8d7e9b30"
    shouted = guid.upper()
    assert read("--site-id", shouted).known["site_id"] == guid
    assert read(WIX_SITE_ID=f"https://manage.wix.com/dashboard/{shouted}/home").known["site_id"] == guid
    assert read(WIX_INSTANCE_ID=shouted).known["instance_id"] == guid
    assert read(WIX_APP_ID=shouted, WIX_API_KEY=shouted).known.items() >= {("app_id", shouted), ("api_key", shouted)}


def test_the_site_id_option_stands_before_the_variable() -> None:
    assert read("--site-id", " mine ", **KEY).known["site_id"] == "mine"


def test_the_base_url_option_stands_before_the_variable() -> None:
    assert read("--base-url", "https://a.example", WIX_BASE_URL="https://b.example").base_url == "https://a.example"
    assert read(WIX_BASE_URL=" https://b.example ").base_url == "https://b.example"
    assert read(WIX_BASE_URL="").base_url == DEFAULT_BASE_URL


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://a.example/wix/", "https://a.example/wix"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost", "http://localhost"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ],
)
def test_a_base_url_is_kept_without_its_last_slash(given: str, kept: str) -> None:
    assert read("--base-url", given).base_url == kept


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "'' is not a URL"),
        ("wixapis.com", "'wixapis.com' is not a URL"),
        ("ftp://wixapis.com", "is not a URL"),
        ("https://", "is not a URL"),
        ("https://a.example:port", "is not a URL"),
        ("https://a.example:99999", "is not a URL"),
        ("https://[::1", "is not a URL"),
        ("https://a example", "is not a URL"),
        ("https://☃.example", "is not a URL"),
        ("https://a.example/\x7f", "is not a URL"),
        ("http://a.example", "only https is accepted"),
        ("https://a.example?x=1", "give only scheme, host, port and path"),
        ("https://a.example#x", "give only scheme, host, port and path"),
        ("https://me:secret@a.example", "give no name or password"),
        ("https://:secret@a.example:port", "give no name or password"),
    ],
)
def test_a_base_url_that_cannot_be_used_says_why(url: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read("--base-url", url)
    assert str(caught.value).startswith("--base-url: ")
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_bad_base_url_of_the_environment_is_named_as_such() -> None:
    with pytest.raises(UsageError, match=r"^WIX_BASE_URL: 'nowhere' is not a URL; give one like https://"):
        read(WIX_BASE_URL="nowhere")


@pytest.mark.parametrize("url", ["", "back", "ftp://a.example", "http://", "http://a.example:port", "http://[::1"])
def test_a_redirect_url_that_cannot_be_used_says_why(url: str) -> None:
    with pytest.raises(
        UsageError, match=r"^--redirect-url: '.*' is not a URL; give one like http://127.0.0.1:8711/back"
    ):
        read("--redirect-url", url)


def test_what_else_the_options_say() -> None:
    chosen = read("--sandbox", "--data", "there", "--no-browser", "--redirect-url", " http://127.0.0.1:1/back ")
    assert (chosen.sandbox, chosen.data, chosen.open_browser) == (True, Path("there"), False)
    assert chosen.redirect_url == "http://127.0.0.1:1/back"


def test_settings_and_sign_ins_show_no_secret() -> None:
    chosen = read(**KEY, WIX_ACCESS_TOKEN="token-value", WIX_APP_SECRET="hush-hush")
    shown = repr(chosen) + repr(chosen.sign_in()) + str(chosen)
    assert not any(secret in shown for secret in ("IST.key", "token-value", "hush-hush"))
