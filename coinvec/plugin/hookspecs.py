"""Every hook a plugin can implement. Mark implementations with `coinvec.plugin.hookimpl`."""

from collections.abc import Iterable

import pluggy

from coinvec.plugin.specs import EncoderSpec, ImporterSpec, PreprocessorSpec, RankerSpec

PROJECT = "coinvec"
API_VERSION = 1

hookspec = pluggy.HookspecMarker(PROJECT)


@hookspec
def coinvec_preprocessors() -> Iterable[PreprocessorSpec]:
    """Declare preprocessors: they find the coin in a picture and cut it out."""
    return ()


@hookspec
def coinvec_encoders() -> Iterable[EncoderSpec]:
    """Declare encoders: they turn a cut-out coin into numbers."""
    return ()


@hookspec
def coinvec_rankers() -> Iterable[RankerSpec]:
    """Declare rankers: they put candidates into a better order."""
    return ()


@hookspec
def coinvec_importers() -> Iterable[ImporterSpec]:
    """Declare importers: they read the collection files of other programs."""
    return ()
