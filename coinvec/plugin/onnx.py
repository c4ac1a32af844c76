"""Opening ONNX files, for plugins whose models run on ONNX Runtime.

ONNX Runtime is not among the core's dependencies: a plugin that imports this names it among its
own. It is imported where a model is opened, not where plugins declare.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coinvec.errors import PluginError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_ERRORS_ONLY = 3


def open_session(
    weights: Path,
    *,
    plugin: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    remedy: str,
    sizes: Mapping[str, int] | None = None,
) -> "InferenceSession":
    """Open a model on the CPU, deterministic, with as many threads as this process may use.

    Args:
        weights: The ONNX file.
        plugin: Whose it is, for errors: "the segmenter 'unet'".
        inputs: The names its inputs must have, in order.
        outputs: The names its outputs must have, in order.
        remedy: What to do about weights that are missing or damaged.
        sizes: Of dimensions that the network leaves open and that are always the same here, by
            name: shapes are then worked out once and not in every run.

    Raises:
        PluginError: The file is missing, damaged, or another model's.
    """
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = _cores()
    options.use_deterministic_compute = True
    # Else one network's threads go on spinning, idle, on the cores that the next network needs.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    options.log_severity_level = _ERRORS_ONLY
    for name, size in (sizes or {}).items():
        options.add_free_dimension_override_by_name(name, size)
    try:
        session = ort.InferenceSession(
            str(weights), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # the runtime's errors have no base of their own
        raise PluginError(
            f"{plugin} cannot load its weights {weights.name}: {error}", hint=remedy
        ) from error
    names = [node.name for node in (*session.get_inputs(), *session.get_outputs())]
    if names != [*inputs, *outputs]:
        raise PluginError(
            f"{plugin} found the weights of another network in {weights.name}: one from and to "
            f"{', '.join(names)} instead of {', '.join((*inputs, *outputs))}.",
            hint=remedy,
        )
    return session


def _cores() -> int:
    """How many processors this process may use; the runtime would count those it may not."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
