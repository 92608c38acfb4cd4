"""Which way events flow: what a provider lets a person switch, and what switching does to the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wizard import texts
from wizard.domain import Export, Import

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from wizard.answers import Answers
    from wizard.domain import Calendar, Provider, Sync


def imports_allowed(provider: Provider) -> bool:
    """Whether import can be switched."""
    return provider.can_update and provider.imports is not Import.NONE


def exports_allowed(provider: Provider) -> bool:
    """Whether export can be switched."""
    return provider.can_update and provider.exports is not Export.NONE


def import_words(provider: Provider, *, on: bool = True) -> str:
    """Say what import does while it is on, or off, or why it can't be switched."""
    if provider.imports is Import.NONE:
        return texts.of_provider(texts.REVIEW_NO_IMPORT, provider)
    return texts.REVIEW_IMPORT[on] if provider.can_update else texts.of_provider(texts.REVIEW_FIXED, provider)


def export_words(provider: Provider, *, on: bool = True) -> str:
    """Say what export does while it is on, or off, or why it can't be switched."""
    if provider.exports is Export.NONE:
        return texts.of_provider(texts.REVIEW_NO_EXPORT, provider)
    return texts.REVIEW_EXPORT[on] if provider.can_update else texts.of_provider(texts.REVIEW_FIXED, provider)


def with_export(sync: Sync, provider: Provider, *, on: bool) -> Sync:
    """Switch export."""
    return replace(sync, exports=on, dedicated=provider.exports is Export.DEDICATED)


def with_import(sync: Sync, before: Sync, calendars: Sequence[Calendar], *, on: bool) -> Sync:
    """Switch import; with `calendars` to choose from, the first is a beginning unless `before` had the primary one."""
    sync = replace(sync, imports=on)
    by_itself = before.imports and before.calendars is None
    if on and not sync.calendars and calendars and not by_itself:
        sync = replace(sync, calendars=tuple(calendars[:1]))
    return sync


def with_calendars(sync: Sync, calendars: Sequence[Calendar], chosen: Collection[str]) -> Sync:
    """Import from the `calendars` whose ids are chosen; that switches import on as well."""
    return replace(sync, imports=True, calendars=tuple(c for c in calendars if c.id in chosen))


def problem(sync: Sync, calendars: Sequence[Calendar]) -> str:
    """Say why this can't be applied; nothing if it can."""
    if sync.imports and sync.calendars == ():
        return texts.REVIEW_PICK_ONE if calendars else texts.REVIEW_NO_CALENDARS
    return ""


def wanted(answers: Answers, sync: Sync) -> Answers:
    """Keep in mind that the connection is to have these directions, until it has them."""
    made = answers.connection
    assert made is not None  # the flow leads to the directions only with one
    others = tuple(one for one in answers.wanted if one.id != made.id)
    return replace(answers, wanted=others if same(sync, made.sync) else (*others, replace(made, sync=sync)))


def carried_over(answers: Answers, calendars: Sequence[Calendar]) -> Sync:
    """Return the directions of the answers' connection, or those of the one whose place it has just taken."""
    before, made, provider = answers.existing, answers.connection, answers.provider
    assert made is not None  # the flow leads to the directions only with both
    assert provider is not None
    if before is None or answers.reviews_existing:
        return made.sync
    return before.sync.carried_over(made.sync, provider, calendars)


def to_begin_with(answers: Answers, calendars: Sequence[Calendar]) -> tuple[Sync, str]:
    """Return the directions that are shown first, and what is said of those that the connection doesn't have."""
    made = answers.connection
    assert made is not None
    chosen = next((one for one in answers.wanted if one.id == made.id), None)
    if chosen:
        sync, words = chosen.sync, texts.REVIEW_AS_CHOSEN
    else:
        sync, words = carried_over(answers, calendars), texts.REVIEW_CARRIED
        before = None if answers.reviews_existing else answers.existing
        if before and (gone := before.sync.gone(sync)):
            said = texts.REVIEW_GONE[sync.imports].format(names=", ".join(gone))
            return sync, said if same(sync, made.sync) else f"{said} {texts.REVIEW_APPLY}"
    return sync, "" if same(sync, made.sync) else words


def same(a: Sync, b: Sync) -> bool:
    """Whether both do the same: calendars count only where import is on."""
    return (a.imports, a.exports, a.imports and _ids(a)) == (b.imports, b.exports, b.imports and _ids(b))


def _ids(sync: Sync) -> set[str] | None:
    return None if sync.calendars is None else {c.id for c in sync.calendars}
