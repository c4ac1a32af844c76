"""Explains why a plugin that was asked for is not there."""

from collections.abc import Sequence

from coinvec.domain.spelling import nearest
from coinvec.errors import PluginError
from coinvec.plugin.records import PluginRecord, PluginStatus

__all__ = ["missing"]


def missing(kind: str, name: str, records: Sequence[PluginRecord]) -> PluginError:
    """The error for a name that no loaded plugin declares.

    A plugin that failed to import cannot say what it would have declared. So where no failed
    plugin is known to be the one, the first is named as a possible cause.

    Args:
        kind: What was asked for, e.g. `encoder`.
        name: The name asked for.
        records: What became of each plugin.

    Returns:
        The error to raise; its `__cause__` is what made the plugin fail, if one failed.
    """
    failed = [r for r in records if r.status is PluginStatus.FAILED]
    culprit = next((r for r in failed if _is_about(r, kind, name)), None)
    if culprit:
        error = PluginError(
            f"The {kind} {name!r} is not available: plugin {culprit} failed. {culprit.reason}",
            hint=culprit.remedy,
        )
    else:
        error = _unknown(kind, name, records, failed)
    suspect = culprit or next(iter(failed), None)
    error.__cause__ = suspect.cause if suspect else None
    return error


def _is_about(record: PluginRecord, kind: str, name: str) -> bool:
    declared = any(spec.kind == kind and spec.name == name for spec in record.specs)
    return declared or name in {record.entry_point, record.distribution}


def _unknown(
    kind: str, name: str, records: Sequence[PluginRecord], failed: Sequence[PluginRecord]
) -> PluginError:
    names = [
        spec.name
        for record in records
        if record.status is PluginStatus.OK
        for spec in record.specs
        if spec.kind == kind
    ]
    message = f"There is no {kind} {name!r}; installed: {', '.join(names) or 'none'}."
    if failed:
        message += f" Plugin {failed[0]} failed and may declare it. {failed[0].reason}"
    match = nearest(name, names)
    if match:
        return PluginError(message, hint=f"Did you mean {match!r}?")
    if failed:
        return PluginError(message, hint=failed[0].remedy)
    return PluginError(message, hint=_where_to_look(kind, records))


def _where_to_look(kind: str, records: Sequence[PluginRecord]) -> str:
    skipped = [str(r) for r in records if r.status is PluginStatus.SKIPPED]
    if skipped:
        return f"COINVEC_PLUGINS leaves out {', '.join(skipped)}; one of them may declare it."
    return f"Install a plugin with that {kind}; `coinvec plugins list` shows what there is."
