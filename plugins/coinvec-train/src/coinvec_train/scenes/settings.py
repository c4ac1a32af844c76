"""How often what is done to a scene."""

from dataclasses import dataclass, fields

from coinvec.errors import InvalidValueError


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneSettings:
    """Shares of scenes, 0 to 1, in which something happens.

    Attributes:
        augmented: Whether coin, ground and picture are lit, blurred and disturbed at all.
        empty: Scenes without a coin.
        distractors: Scenes with round things that are no coins.
        companions: Scenes with more coins than one.
        touching: Of the companions, those that touch or overlap the wanted coin.
        cut: Scenes whose coin is cut by the frame.
        close: Scenes that the coin nearly fills.
        oblique: Coins seen obliquely.
        reshaped: Coins given a hole or a rim that is not round.
        plain_ground: Grounds of one colour, as catalogues have them.
        pyramids: Coins merged by pyramid blending; the others by their mask alone.
    """

    augmented: bool = True
    empty: float = 0.2
    distractors: float = 0.5
    companions: float = 0.45
    touching: float = 0.4
    cut: float = 0.15
    close: float = 0.15
    oblique: float = 0.55
    reshaped: float = 0.12
    plain_ground: float = 0.12
    pyramids: float = 0.4

    def __post_init__(self) -> None:
        for each in fields(self):
            share = getattr(self, each.name)
            if not 0.0 <= share <= 1.0:
                raise InvalidValueError(f"{each.name} {share!r} is not between 0 and 1.")

    @classmethod
    def plain(cls) -> "SceneSettings":
        """One coin, padded and merged with a ground, and nothing else done to it."""
        return cls(
            augmented=False,
            empty=0,
            distractors=0,
            companions=0,
            cut=0,
            oblique=0,
            reshaped=0,
            pyramids=1,
        )

    @classmethod
    def single(cls) -> "SceneSettings":
        """One whole coin with everything else done to it: to measure by padding."""
        return cls(empty=0, companions=0, cut=0, close=0)
