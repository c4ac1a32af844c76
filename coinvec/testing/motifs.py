"""Every motif by name."""

from collections.abc import Callable

import numpy as np

from coinvec.errors import InvalidValueError
from coinvec.testing import beasts, emblems, landscapes
from coinvec.testing.drawing import Drawing, Fill, arranged
from coinvec.testing.portraits import portrait

Motif = Callable[[np.random.Generator], Drawing]

WREATH = "wreath"
PORTRAIT = "portrait"

MOTIFS: dict[str, Motif] = {
    motif.__name__: motif
    for motif in (
        portrait,
        emblems.anchor,
        emblems.bell,
        emblems.castle,
        emblems.cogwheel,
        emblems.crown,
        emblems.key,
        emblems.lighthouse,
        emblems.lyre,
        emblems.shield,
        emblems.ship,
        emblems.stars,
        emblems.windmill,
        beasts.bee,
        beasts.butterfly,
        beasts.eagle,
        beasts.fish,
        landscapes.flower,
        landscapes.grapes,
        landscapes.mountains,
        landscapes.oak,
        beasts.owl,
        beasts.snail,
        landscapes.sun,
        beasts.swan,
        landscapes.tree,
        beasts.turtle,
        landscapes.wheat,
        landscapes.wreath,
    )
}


def draw_motif(name: str, seed: int) -> Drawing:
    """Draw one variant of a motif, scaled to fill the unit disc.

    Raises:
        InvalidValueError: There is no motif of this name.
    """
    try:
        motif = MOTIFS[name]
    except KeyError:
        raise InvalidValueError(
            f"there is no motif {name!r}.", hint=f"Choose one of {', '.join(sorted(MOTIFS))}."
        ) from None
    drawing = motif(np.random.default_rng(seed))
    reach = max(
        float(np.hypot(*outline.T).max())
        for stroke in drawing
        for outline in (stroke.outlines if isinstance(stroke, Fill) else stroke.paths)
    )
    return arranged(drawing, scale=1.0 / reach)
