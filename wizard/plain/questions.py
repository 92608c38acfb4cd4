"""Questions: asked until the answer can be used; `?` helps, `back` and `leave` work at every one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard import texts
from wizard.front.search import fold
from wizard.inert import inert
from wizard.plain import texts as plain_texts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from wizard.plain.lines import Lines

PAGE = 9
"""How many rows of a list are said at once."""
YES, NO = ("yes", "y", "on"), ("no", "n", "off")


class Back(Exception):  # noqa: N818 - no error, but what the person wants
    """The person wants the question before."""


class Leave(Exception):  # noqa: N818 - no error, but what the person wants
    """The person wants to leave."""


@dataclass(frozen=True)
class Row:
    """A row of a list: what it stands for, its name, and what is said behind it."""

    value: str
    name: str
    more: str = ""

    @property
    def line(self) -> str:
        """The whole row."""
        return f"{self.name}: {self.more}" if self.more else self.name


class Questions:
    """Asks. `help` is what `?` says, and `can_back` whether there is something to go back to; the step sets both."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.help = ""
        self.can_back = False

    async def ask(
        self, words: str, default: str = "", *, unseen: bool = False, own: Mapping[str, str] | None = None
    ) -> str:
        """Ask, and return what was typed; nothing means the `default`, which is said.

        `own` are the words that do something here, with what they do, for the help. Raises `Back`, `Leave`, EOFError.
        """
        while True:
            prompt = plain_texts.PROMPT.format(words=words, default=default) if default else f"{words}:"
            if unseen:
                answer = await self.lines.read_unseen(prompt)
            else:
                self.lines.prompt(prompt)
                answer = await self.lines.read()
            if not self.understood(answer, own or {}):
                return answer

    def understood(self, answer: str, own: Mapping[str, str]) -> bool:
        """Do what a word means that means the same at every question; say whether it was one."""
        match answer.lower():
            case "?" | "help":
                self.say_help(own)
            case "leave":
                raise Leave
            case "back" if self.can_back:
                raise Back
            case "back":
                self.lines.say(plain_texts.NO_BACK)
            case _:
                return False
        return True

    def say_help(self, own: Mapping[str, str]) -> None:
        """Say what the step is about, and which words there are."""
        for line in filter(None, self.help.splitlines()):
            self.lines.say(line)
        back = {"back": plain_texts.WORD_BACK} if self.can_back else {}
        for word, does in {**own, **back, "?": plain_texts.WORD_HELP, "leave": plain_texts.WORD_LEAVE}.items():
            self.lines.say(plain_texts.WORD.format(word=word, does=does))

    async def yes(self, words: str, *, default: bool) -> bool:
        """Ask for yes or no."""
        while True:
            answer = await self.ask(f"{words} {plain_texts.YES_OR_NO}", (YES if default else NO)[0])
            if answer.lower() in YES or (default and not answer):
                return True
            if answer.lower() in NO or not answer:
                return False
            self.lines.say(plain_texts.NEITHER_YES_NOR_NO)

    async def enter(self, words: str, own: Mapping[str, str] | None = None) -> str:
        """Wait for enter, or for one of the `own` words, which is returned."""
        while True:
            answer = (await self.ask(words, own=own)).lower()
            if not answer or answer in (own or {}):
                return answer
            self.lines.say(plain_texts.UNKNOWN.format(answer=inert(answer)))

    async def choose(
        self,
        rows: Sequence[Row],
        default: str | None = None,
        *,
        words: str = plain_texts.NUMBER,
        own: Mapping[str, str] | None = None,
        doubt: Callable[[str], str] = lambda _: "",
    ) -> str:
        """Let a row be chosen by its number, and return its value, or one of the `own` words.

        A part of the name narrows a list. `default` is what enter takes. What `doubt` says about a row is said before
        it is taken; enter takes it then.
        """
        choice = _Choice(self.lines, rows)
        doubted: Row | None = None
        more = {"more": plain_texts.WORD_MORE} if len(rows) > PAGE else {}
        find = {texts.CHOICE_FILTER: plain_texts.WORD_LETTERS} if len(rows) > 1 else {}
        words_here = {**(own or {}), **more, "list": plain_texts.WORD_LIST, **find}
        while True:
            by_enter = doubted or choice.only or next((r for r in rows if r.value == default), None)
            answer = await self.ask(words, by_enter.name if by_enter else "", own=words_here)
            if answer.lower() in (own or {}):
                return answer.lower()
            chosen = choice.take(answer) if answer or not by_enter else by_enter
            if chosen is None:
                doubted = None
                continue
            why = "" if chosen is doubted else doubt(chosen.value)
            if not why:
                return chosen.value
            self.lines.say(why)
            doubted = chosen


class _Choice:
    """A list as far as it was said."""

    def __init__(self, lines: Lines, rows: Sequence[Row]) -> None:
        self._lines = lines
        self._rows = rows
        self._found = list(rows)
        self._said = 0
        self.only: Row | None = None
        """The one row that a search has found."""
        self._more()

    def take(self, answer: str) -> Row | None:
        """Return the row of this number; else narrow the list, or say more of it."""
        if answer.isdecimal():
            if 0 < int(answer) <= self._said:
                return self._found[int(answer) - 1]
            self._lines.say(plain_texts.NO_NUMBER.format(last=self._said))
        elif answer.lower() == "more" and self._said < len(self._found):
            self._more()
        elif answer.lower() == "more":
            self._lines.say(plain_texts.NO_MORE)
        elif answer.lower() == "list":
            self._start(list(self._rows))
        elif answer:
            self._search(answer)
        else:
            self._lines.say(plain_texts.NOTHING_TYPED)
        return None

    def _search(self, text: str) -> None:
        matching = [row for row in self._rows if all(word in fold(row.name) for word in fold(text).split())]
        self.only = None
        if not matching:
            self._lines.say(plain_texts.NO_MATCH.format(query=inert(text)))
            return
        self._lines.say(texts.SCHEDULE_COUNT.format(shown=len(matching), total=len(self._rows)) + ":")
        self._start(matching)
        self.only = matching[0] if len(matching) == 1 else None

    def _start(self, rows: list[Row]) -> None:
        self._found, self._said, self.only = rows, 0, None
        self._more()

    def _more(self) -> None:
        for number, row in enumerate(self._found[self._said : self._said + PAGE], self._said + 1):
            self._lines.say(f"{number}  {row.line}")
        self._said = min(self._said + PAGE, len(self._found))
        if left := len(self._found) - self._said:
            self._lines.say(plain_texts.MORE.format(count=left))


async def in_order(questions: Questions, *steps: Callable[[], Awaitable[bool]]) -> None:
    """Ask one after the other; `back` leads to the one before. A step says whether it has asked anything."""
    asked: list[int] = []
    at, could_back = 0, questions.can_back
    try:
        while at < len(steps):
            questions.can_back = could_back or bool(asked)
            try:
                if await steps[at]():
                    asked.append(at)
                at += 1
            except Back:
                if not asked:
                    raise
                at = asked.pop()
    finally:
        questions.can_back = could_back
