"""What a rendered coin is made of and what its sides show: plain data, nothing drawn yet."""

from dataclasses import dataclass
from enum import StrEnum

from coinvec.domain.coins import Side
from coinvec.errors import InvalidValueError


class Metal(StrEnum):
    """Alloys a planchet can be cut from; the value is what a catalogue would print."""

    ALUMINIUM = "Aluminium"
    BRASS = "Brass"
    BRONZE = "Bronze"
    COPPER = "Copper"
    CUPRONICKEL = "Cupronickel"
    SILVER = "Silver"


class Shape(StrEnum):
    """Outlines of a planchet."""

    ROUND = "round"
    SCALLOPED = "scalloped"
    SQUARE = "square"
    HEPTAGONAL = "heptagonal"
    HENDECAGONAL = "hendecagonal"
    DODECAGONAL = "dodecagonal"


class Border(StrEnum):
    """What runs along the inside of the rim."""

    PLAIN = "plain"
    LINE = "line"
    BEADS = "beads"
    DENTILS = "dentils"


class Layout(StrEnum):
    """How motif and numeral share the field of a side."""

    MOTIF = "motif"
    NUMERAL = "numeral"
    WREATH = "wreath"
    BESIDE = "beside"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Planchet:
    """The blank a coin is struck on.

    Attributes:
        metal: Alloy; of the outer ring where the coin is bimetallic.
        core: Alloy of the inner disc; None for a coin of one metal.
        shape: Outline. Shapes other than round touch the rim circle with their corners.
        hole: Radius of the central hole as a fraction of the coin's radius, 0 for none.
    """

    metal: Metal
    core: Metal | None = None
    shape: Shape = Shape.ROUND
    hole: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.hole <= 0.3:
            raise InvalidValueError(
                f"hole {self.hole!r} is not between 0 and 0.3 of the coin's radius."
            )

    @property
    def composition(self) -> str:
        """The metal or metals, as a catalogue would print them."""
        if self.core is None:
            return self.metal.value
        return f"Bimetallic: {self.core.value.lower()} centre in {self.metal.value.lower()} ring"


@dataclass(frozen=True, slots=True)
class CoinDesign:
    """What one side of a coin shows.

    Letters are drawn with the font that ships inside Pillow, which knows ASCII only.

    Attributes:
        side: Which side it is.
        planchet: The blank it is struck on.
        layout: How motif and numeral share the field.
        motif: Name of a motif in `coinvec.testing.motifs.MOTIFS`.
        motif_seed: Chooses among the variants of the motif.
        legend: Text along the upper rim.
        lower_legend: Text along the lower rim, e.g. the year.
        numeral: Face value in figures; empty on sides without.
        unit: Name of the unit, straight under the numeral; empty on sides without.
        border: What runs along the inside of the rim.
        facing_left: Whether the motif is mirrored.
    """

    side: Side
    planchet: Planchet
    layout: Layout
    motif: str
    motif_seed: int = 0
    legend: str = ""
    lower_legend: str = ""
    numeral: str = ""
    unit: str = ""
    border: Border = Border.LINE
    facing_left: bool = False

    def __post_init__(self) -> None:
        for text in (self.legend, self.lower_legend, self.numeral, self.unit):
            if not text.isascii():
                raise InvalidValueError(f"the text {text!r} of a rendered coin is not ASCII.")
