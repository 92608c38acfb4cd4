"""What a bulk run shows: a JSON line for each row on standard output, and on standard error how far it is.

At the end it says how many rows are connected, which are not, and what to do about each.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING

from wizard import fault_texts, files, report
from wizard.answers import Answers
from wizard.bulk import invitations as file_of
from wizard.bulk import progress, texts
from wizard.bulk.journal import Journal
from wizard.bulk.planning import plan
from wizard.bulk.run import Result, Run, State
from wizard.console import command_texts
from wizard.domain import Fault
from wizard.exits import DONE, LEFT, REFUSED, TEMPORARY, StartError
from wizard.inert import inert
from wizard.running import say, say_pause, tell
from wizard.unattended import front as unattended
from wizard.wishes import Directions, WishError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Sequence
    from pathlib import Path

    from wizard.bulk.planning import Task
    from wizard.bulk.rows import Row
    from wizard.running import OnSite


async def rehearse(site: OnSite, file: Path, rows: Sequence[Row]) -> int:
    """Say what would be done, change nothing, and return the exit code. Raises `MistakesError` and faults."""
    tasks = await _planned(site, file, rows)
    run = Run(site.journey, Journal(None, ""), redirect_url="", on_result=lambda _: None)
    planned: Counter[str] = Counter()
    for task in tasks:
        try:
            done = await run.rehearse(task)
        except WishError as trouble:
            planned["failed"] += 1
            tell(line(Result(task, State.FAILED, trouble=trouble)))
        else:
            planned[done.action.value] += 1
            tell({**_who(task), **unattended.planned(done)})
    say(texts.planned(planned))
    return REFUSED if planned["failed"] else DONE


async def work(
    site: OnSite,
    file: Path,
    rows: Sequence[Row],
    *,
    invitations: Path | None,
    redirect_url: str,
    watch: bool,
) -> int:
    """Do what the rows wish for, and return the exit code.

    Links go into the new file `invitations`; with `watch` it is waited until their owners have used them. Raises
    `MistakesError`, `StartError` and faults, all of them before anything is changed, but for `output_failed`.
    """
    unheard: list[Fault] = []
    with _journal(site.place) as journal:
        tasks = await _planned(site, file, rows)
        with progress.shown(len(tasks)) as show:

            def on_result(result: Result) -> None:
                wish, made = result.task.plan.wish, result.connection
                if made and not result.trouble and wish.directions != Directions():
                    unattended.forget_overtaken(files.runs_folder_if_any(), site.place, made, wish.email)
                try:
                    tell(line(result))
                except Fault as fault:  # what becomes of the next rows would not be heard of either
                    unheard.append(fault)
                    run.stop()
                show(len(run.results), _counted(run.results.values()))

            run = Run(
                site.journey,
                journal,
                redirect_url=redirect_url,
                links=invitations is not None,
                on_result=on_result,
                on_rest=lambda seconds: say(texts.RESTS.format(seconds=round(seconds))),
                on_pause=say_pause,
            )
            linkless = [task for task in tasks if run.needs_link(task)]
            if linkless and invitations is None:
                lines = texts.lines([task.row.line for task in linkless])
                raise StartError(texts.NEEDS_INVITATIONS.format(lines=lines))
            left = await _until_left(run, run.work(tasks))
        invited = _of(run, State.INVITED)
        lost = invitations is not None and not _write(invitations, invited, wanted=bool(linkless))
        if watch and invited and not lost and not left and not unheard and not run.stopped_by:
            say(texts.WATCHES.format(count=len(invited)))
            left = await _until_left(run, run.watch())
    _say_the_end(run, tasks, file, lost=lost)
    if unheard:
        raise unheard[0]
    if left:
        return LEFT
    return REFUSED if lost else _exit_code(run)


async def _planned(site: OnSite, file: Path, rows: Sequence[Row]) -> list[Task]:
    say(texts.CHECKS.format(count=len(rows)))  # of thousands, it takes a while
    tasks = await plan(site.journey, file, rows)
    for task in tasks:
        if task.warning:
            say(texts.WARNING_ROW.format(file=inert(file), line=task.row.line, words=task.warning))
    return tasks


def _journal(place: str) -> Journal:
    try:
        return Journal(files.bulk_folder() if place else None, place)
    except OSError as error:
        raise StartError(texts.NO_JOURNAL.format(folder=files.bulk_folder(), why=error.strerror)) from None


async def _until_left(run: Run, work: Coroutine[None, None, None]) -> bool:
    """Let the run work, and say whether ctrl+c has ended it; what has begun by then is finished.

    A second ctrl+c comes as KeyboardInterrupt, and ends it at once.
    """
    working = asyncio.create_task(work)
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        run.stop()
        say(texts.LEAVING)
        await working
        return True
    return False


def _write(path: Path, invited: Sequence[Result], *, wanted: bool) -> bool:
    """Write the links that there are, and say whether all are where somebody can find them."""
    if not invited:
        say((texts.NO_LINK if wanted else texts.NOBODY_INVITED).format(path=inert(path)))
        return True
    try:
        file_of.write(path, invited)
    except OSError as error:
        say(texts.INVITATIONS_LOST.format(path=inert(path), why=error.strerror))
        return False
    say(texts.INVITATIONS_WRITTEN.format(count=len(invited), path=inert(path)))
    return True


def _of(run: Run, state: State) -> list[Result]:
    return sorted((result for result in run.results.values() if result.state is state), key=_line_of)


def _line_of(result: Result) -> int:
    return result.task.row.line


def _say_the_end(run: Run, tasks: Sequence[Task], file: Path, *, lost: bool) -> None:
    untried = len(tasks) - len(run.results)
    say(texts.the_end(len(tasks), _counted(run.results.values()), untried))
    for result in sorted(run.results.values(), key=_line_of):
        if words := _words_about(result):
            say(texts.ABOUT_ROW.format(file=inert(file), line=_line_of(result), words=words))
    if isinstance(run.stopped_by, OSError):
        say(texts.STOPPED_BY_JOURNAL.format(why=run.stopped_by.strerror))
    elif untried:
        say(texts.STOPPED if run.stopped_by else texts.GO_ON)
    elif any(result.for_now for result in run.results.values()):
        say(texts.AGAIN)
    if _of(run, State.INVITED) and not lost:
        say(texts.FOLLOW.format(file=inert(file)))


def _words_about(result: Result) -> str:
    """Say why a row failed, or which calendars it no longer imports; nothing where there is nothing to be seen to."""
    if result.state is State.FAILED:
        words, small, _ = _in_words(result)
        return f"{words}{small}"
    if result.connection and result.gone:
        return command_texts.calendars_gone(result.gone, result.connection.sync)
    return ""


def _exit_code(run: Run) -> int:
    if isinstance(run.stopped_by, Fault):
        return report.exit_code(run.stopped_by)
    results = run.results.values()
    if any(result.state is State.FAILED and not result.for_now for result in results):
        return REFUSED
    done = all(result.state in (State.CONNECTED, State.EXISTS) for result in results)
    return DONE if done and not run.stopped_by else TEMPORARY


def _counted(results: Iterable[Result]) -> str:
    counts = Counter(result.state for result in results)
    return ", ".join(f"{counts[state]} {texts.STATES[state.value]}" for state in State if counts[state])


def line(result: Result) -> dict[str, object]:
    """Return what is printed of a row: whose it is, what has become of it, and as what `connect` prints it."""
    made, state = result.connection, {"state": result.state.value}
    if result.state is State.FAILED:
        words, _, code = _in_words(result)
        request_id = result.trouble.request_id if isinstance(result.trouble, Fault) else ""
        failed = unattended.failed(code, words, request_id=request_id, connection_id=made.id if made else "")
        return {**_who(result.task), **failed}
    if result.invitation and result.invitation.expires and not made:
        until = result.invitation.expires.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return {**_who(result.task), **state, "expiresAt": until}
    return {**_who(result.task), **state, **(report.result(Answers(connection=made)) or {})}


def _who(task: Task) -> dict[str, object]:
    wish = task.plan.wish
    return {"line": task.row.line, "schedule": wish.schedule, "provider": wish.provider, "email": wish.email}


def _in_words(result: Result) -> tuple[str, str, str]:
    """Return why a row failed and what to do, the small print for support, and the code."""
    trouble, provider = result.trouble, result.task.plan.provider
    if isinstance(trouble, Fault):
        said = fault_texts.explain(trouble, kind=provider.kind, provider=provider.name)
        return said.words, f" ({said.small})", trouble.code
    assert trouble is not None  # what failed says why
    return str(trouble), "", trouble.code
