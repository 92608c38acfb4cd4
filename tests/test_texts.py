import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum
from functools import cache
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest

from tests.examples import APPLE, DANA, connection
from wizard import exits, fault_texts, texts, translate, wix
from wizard.answers import Answers
from wizard.authorization import DOCUMENTED_ERRORS
from wizard.domain import Export, Fault, Import, Kind, Method, Provider, Schedule, ScheduleKind, Status
from wizard.fault_texts import explain
from wizard.flow import SCREENS
from wizard.front import directions, wording
from wizard.settings import NEEDS
from wizard.texts import StateText

SOURCE = Path(texts.__file__).parent


@cache
def trees_with_faults() -> list[ast.Module]:
    """Return the modules that make faults."""
    sources = (path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    return [ast.parse(source) for source in sources if "Fault" in source]


def subclasses(kind: type[wix.WixError]) -> Iterator[type[wix.WixError]]:
    for below in kind.__subclasses__():
        yield below
        yield from subclasses(below)


COMPUTED = {
    # expression that a Fault's code comes from: the codes that it can give
    "error.code": {kind.code for kind in subclasses(wix.WixError)},
    "f'oauth_{redirect.error}'": {f"oauth_{error}" for error in DOCUMENTED_ERRORS},
    "translate.broken_code(made)": set(
        re.findall(r'"(connection_\w+)"', Path(translate.__file__).read_text(encoding="utf-8"))
    ),
}


@cache
def code_expressions() -> list[ast.expr]:
    """Return what stands where a Fault's code is said, everywhere in the package."""
    return list(chain.from_iterable(map(codes_in, trees_with_faults())))


def codes_in(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Fault":
            code = node.args[0]
            yield from (code.body, code.orelse) if isinstance(code, ast.IfExp) else (code,)


def raised_codes() -> set[str]:
    literal = {one.value for one in code_expressions() if isinstance(one, ast.Constant)}
    return {str(code) for code in literal}.union(*COMPUTED.values())


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_code_that_is_computed_is_known_here() -> None:
    assert {ast.unparse(one) for one in code_expressions() if not isinstance(one, ast.Constant)} == set(COMPUTED)


def test_every_fault_has_its_text_and_no_text_is_stale() -> None:
    assert set(fault_texts.FAULTS | fault_texts.COMMANDS) == raised_codes()


def test_every_screen_has_its_text_and_no_text_is_stale() -> None:
    assert set(texts.STATES) == set(SCREENS)


@pytest.mark.parametrize("text", texts.STATES.values(), ids=texts.STATES)
def test_a_screens_placeholders_are_known_to_every_front(text: StateText) -> None:
    assert placeholders(text.title + text.lead + text.help_with_keys) <= {"provider", "schedule"}
    assert text.step
    assert text.title
    assert text.help


def test_a_fault_says_what_why_and_what_to_do() -> None:
    for text in (*fault_texts.FAULTS.values(), fault_texts.APPLE_BAD_CREDENTIALS):
        assert text.what
        assert text.why
        assert text.do
        assert text.exit in (exits.REFUSED, exits.TEMPORARY, exits.SIGN_IN)


@pytest.mark.parametrize("kind", [None, Kind.APPLE])
def test_every_fault_can_be_explained_with_nothing_known(kind: Kind | None) -> None:
    for code in fault_texts.FAULTS:
        said = explain(Fault(code), kind=kind)
        assert not re.search(r"[{}]", said.what + said.why + said.do)
        assert said.small == code


def test_all_that_helps_after_a_providers_error_is_named_in_the_documented_order() -> None:
    said = explain(Fault("oauth_internal")).do
    assert re.findall("right away|kind of schedule|private browser|--redirect-url", said) == [
        "right away",
        "kind of schedule",
        "private browser",
        "--redirect-url",
    ]


def test_an_explanation_says_what_wix_said() -> None:
    refused = Fault("invalid_request", fields=(("email", "must be one"), ("name", "is long")), request_id="r-1")
    assert explain(refused).why == "email: must be one; name: is long."
    assert explain(refused).small == "invalid_request · request r-1"
    assert explain(Fault("invalid_request", message="no {field}")).why == "no {field}."


def test_why_is_left_out_where_nobody_said_it() -> None:
    assert explain(Fault("offline")).words.startswith("Wix can't be reached. Check the network")
    assert explain(Fault("offline", message="no route")).words.startswith("Wix can't be reached. No route. Check")


@pytest.mark.parametrize(
    ("seconds", "said"), [(None, "a minute"), (17.2, "18 seconds"), (1, "1 second"), (0, "1 second")]
)
def test_an_explanation_says_how_long_to_wait(seconds: float | None, said: str) -> None:
    assert f"Wait {said} and" in explain(Fault("rate_limited", retry_after=seconds)).do


def test_an_explanation_names_the_provider() -> None:
    assert explain(Fault("bad_credentials"), provider="Fastmail {x}").what.startswith("Fastmail {x} refused")
    assert explain(Fault("bad_credentials")).what.startswith("The provider refused")
    assert "app-specific" in explain(Fault("bad_credentials"), kind=Kind.APPLE, provider="Apple").do


TABLES = {
    name: table
    for name, table in vars(texts).items()
    if isinstance(table, dict) and table and all(isinstance(key, Enum) for key in table) and name != "PASSWORD_OF"
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_by_an_enum_is_complete(table: dict[Enum, object]) -> None:
    assert set(table) == set(type(next(iter(table))))


def test_every_combination_of_methods_has_its_phrase() -> None:
    assert set(texts.METHOD_PHRASE) == {(), (Method.OAUTH,), (Method.CREDENTIALS,), tuple(Method)}


def test_every_field_of_a_sign_in_has_its_label() -> None:
    assert set(texts.SITE_FIELD) == set(chain.from_iterable(NEEDS.values()))


def test_every_step_in_the_rail_is_a_screen() -> None:
    assert set(texts.RAIL) <= {*SCREENS, "sign_in"}


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ([], ""),
        ([Status.SYNCED], "1 calendar connected"),
        ([Status.CONNECTED, Status.SYNC_IN_PROGRESS], "2 calendars connected"),
        (list(Status), "1 calendar stopped · 1 disconnected · 3 connected · 1 without a status"),
        ([Status.UNKNOWN] * 2, "2 calendars without a status"),
    ],
)
def test_how_the_connections_are_is_said_in_one_line_what_has_stopped_first(statuses: list[Status], said: str) -> None:
    assert wording.standing_text(connection(APPLE, DANA, status) for status in statuses) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("How {provider} connects", "How the provider connects"),
        ("{provider} is connected to {schedule}", "The provider is connected to Dana Levi"),
    ],
)
def test_a_provider_without_a_name_leaves_no_gap_in_a_sentence(text: str, said: str) -> None:
    answers = Answers().with_provider(replace(APPLE, name="")).with_schedule(DANA)
    assert wording.filled(text, answers) == said


def test_what_a_provider_without_a_name_cannot_do_is_a_sentence_too() -> None:
    nameless = Provider("p", "", Kind.OTHER, (Method.OAUTH,), Import.NONE, Export.NONE)
    assert directions.import_words(nameless) == "The provider can't share its events"
    assert directions.export_words(nameless) == "The provider can't take appointments"
    fixed = replace(nameless, imports=Import.PRIMARY, can_update=False)
    assert directions.import_words(fixed) == "Wix doesn't allow changing this for the provider"


@pytest.mark.parametrize(
    ("schedule", "name"),
    [
        (Schedule("1", "business", ScheduleKind.BUSINESS), "Business hours"),
        (Schedule("2", "Dana Levi", ScheduleKind.STAFF), "Dana Levi"),
        (Schedule("3", "", ScheduleKind.SERVICE), "(no name)"),
    ],
)
def test_a_schedule_is_called_by_a_name_people_know(schedule: Schedule, name: str) -> None:
    assert texts.schedule_name(schedule) == name
