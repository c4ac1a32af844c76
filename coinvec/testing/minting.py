"""Invents whole catalogues: issuers that never were, their money and its designs."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count, cycle

import numpy as np

from coinvec.domain.coins import CoinType, Design, Side, YearSpan
from coinvec.errors import InvalidValueError
from coinvec.testing.designs import Border, CoinDesign, Layout, Metal, Planchet, Shape
from coinvec.testing.motifs import MOTIFS, PORTRAIT, WREATH
from coinvec.testing.noise import random_source
from coinvec.testing.portraits import PORTRAIT_STYLES, portrait_style

_ROOTS = (
    "Vald", "Korv", "Zelm", "Ombr", "Marv", "Quend", "Brask", "Lusk", "Pell", "Drav", "Ysk",
    "Norv", "Tarq", "Velh", "Gant", "Sorm", "Hesp", "Jarl", "Wend", "Fael",
)  # fmt: skip
_ENDINGS = ("oria", "ania", "undy", "esia", "ovar", "ette", "mark", "olis", "aria", "igo", "and")
_STYLES = ("REPUBLIC OF {}", "KINGDOM OF {}", "{}", "FREE STATE OF {}", "{} UNION")
_MOTTOES = (
    "LABOR ET LUX", "PER MARE ET MONTES", "UNITY AND WORK", "FIDES VIA NOSTRA", "STAND FAST",
    "BREAD AND HONOUR", "LIBERTAS ET LEX", "FROM MANY HANDS", "SEMPER NAVIGANS", "PAX ET COPIA",
)  # fmt: skip
_CURRENCIES = (
    "dorin", "zelot", "tamin", "kesart", "lomek", "pavin", "mirune", "gorlet", "brunt", "sarek",
    "vanot", "helm",
)  # fmt: skip
_PARTS = (
    "osk", "feni", "tolo", "grel", "mite", "pesk", "lib", "ulm", "cint", "navi", "sorl", "quil",
)  # fmt: skip
_PART_VALUES, _WHOLE_VALUES = (1, 2, 5, 10, 20, 25, 50), (1, 2, 5, 10, 20, 100)
_WITH_MOTIF = (Layout.BESIDE, Layout.ABOVE)
_REVERSE_LAYOUTS = (*_WITH_MOTIF, Layout.WREATH, Layout.NUMERAL)
_DENSITIES = {  # g/cm³
    Metal.ALUMINIUM: 2.7, Metal.BRASS: 8.5, Metal.BRONZE: 8.8, Metal.COPPER: 8.9,
    Metal.CUPRONICKEL: 8.9, Metal.SILVER: 10.4,
}  # fmt: skip
_CHEAP = (Metal.ALUMINIUM, Metal.COPPER, Metal.BRONZE, Metal.BRASS)
_DEAR = (Metal.BRASS, Metal.CUPRONICKEL, Metal.SILVER, Metal.CUPRONICKEL)


@dataclass(frozen=True, slots=True)
class MintedType:
    """An invented coin type.

    Attributes:
        coin: Its catalogue entry.
        years: Years in which it was struck.
        obverse: What its obverse shows.
        reverse: What its reverse shows.
    """

    coin: CoinType
    years: YearSpan
    obverse: CoinDesign
    reverse: CoinDesign

    def side(self, side: Side) -> CoinDesign:
        """What one side shows."""
        return self.obverse if side is Side.OBVERSE else self.reverse

    def design(self, side: Side) -> Design:
        """The catalogue's entry of one side."""
        key = "o1" if side is Side.OBVERSE else "r1"
        return Design(self.coin.key, side, key, self.years)


@dataclass(frozen=True, slots=True)
class _Issuer:
    country: str
    inscription: str
    motto: str
    currency: str
    part: str


@dataclass(frozen=True, slots=True)
class _Denomination:
    figures: int
    unit: str
    value: Decimal
    rank: float  # 0 the smallest coin of its issuer, 1 the largest


def mint_catalogue(seed: int = 0, *, n_types: int = 32, n_issuers: int = 10) -> list[MintedType]:
    """Invent coin types, no two designs of which look the same.

    Args:
        seed: The same seed gives the same catalogue.
        n_types: Coin types; each has two designs.
        n_issuers: Issuers they are spread over, as evenly as can be.

    Raises:
        InvalidValueError: There are fewer types than issuers, or more issuers than names.
    """
    limit = len(_ROOTS)
    if not 1 <= n_issuers <= min(limit, n_types):
        raise InvalidValueError(
            f"{n_types} types cannot be spread over {n_issuers} issuers.",
            hint=f"Ask for 1 to {limit} issuers, and for at least one type each.",
        )
    rng = random_source(seed, 2)
    shares = np.diff(np.linspace(0, n_types, n_issuers + 1).round().astype(int))
    engraver = _Engraver(rng)
    return [
        _mint(rng, engraver, issuer, index, denomination)
        for issuer, share in zip(_issuers(rng, n_issuers), shares, strict=True)
        for index, denomination in enumerate(_denominations(rng, issuer, int(share)))
    ]


def _issuers(rng: np.random.Generator, count: int) -> list[_Issuer]:
    roots, mottoes = rng.permutation(_ROOTS), rng.permutation(_MOTTOES)
    currencies, parts = rng.permutation(_CURRENCIES), rng.permutation(_PARTS)
    issuers = []
    for i in range(count):
        country = f"{roots[i]}{rng.choice(_ENDINGS)}"
        style = str(rng.choice(_STYLES))
        issuers.append(
            _Issuer(
                country,
                style.format(country.upper()),
                str(mottoes[i % len(mottoes)]),
                str(currencies[i % len(currencies)]),
                str(parts[i % len(parts)]),
            )
        )
    return issuers


def _denominations(rng: np.random.Generator, issuer: _Issuer, count: int) -> list[_Denomination]:
    """Denominations from the smallest to the largest; they repeat where many are wanted."""
    every = [(n, issuer.part, Decimal(n) / 100) for n in _PART_VALUES]
    every += [(n, issuer.currency, Decimal(n)) for n in _WHOLE_VALUES]
    chosen: list[int] = []
    while len(chosen) < count:
        chosen += sorted(
            int(i) for i in rng.permutation(len(every))[: min(count - len(chosen), len(every))]
        )
    return [_Denomination(*every[i], rank=i / (len(every) - 1)) for i in chosen]


class _Engraver:
    """Chooses what sides show; repeats itself only after everything has been shown once."""

    def __init__(self, rng: np.random.Generator) -> None:
        names = [
            str(n) for n in rng.permutation([n for n in MOTIFS if n not in {PORTRAIT, WREATH}])
        ]
        self._rng = rng
        self._obverse_motifs = cycle(names)
        self._reverse_motifs = cycle(names[len(names) // 2 :] + names[: len(names) // 2])
        self._portraits = count()
        self._shown: set[tuple[Layout, str]] = set()

    def obverse(
        self, issuer: _Issuer, years: YearSpan, planchet: Planchet, *, portrayed: bool
    ) -> CoinDesign:
        """An obverse with the issuer's name, the year, and a portrait or another motif.

        A portrait would be too small beside a hole, so that holed coins get none.
        """
        if portrayed and not planchet.hole:
            motif, (seed, facing_left) = PORTRAIT, self._sitter()
        else:
            motif, seed, facing_left = next(self._obverse_motifs), self._seed(), self._toss()
        return CoinDesign(
            side=Side.OBVERSE,
            planchet=planchet,
            layout=Layout.MOTIF,
            motif=motif,
            motif_seed=seed,
            legend=issuer.inscription,
            lower_legend=str(years.first),
            border=self._border(),
            facing_left=facing_left,
        )

    def reverse(
        self, issuer: _Issuer, denomination: _Denomination, planchet: Planchet
    ) -> CoinDesign:
        """A reverse with motto, country and face value."""
        numeral = str(denomination.figures)
        layout = self._layout(numeral, _WITH_MOTIF if planchet.hole else _REVERSE_LAYOUTS)
        return CoinDesign(
            side=Side.REVERSE,
            planchet=planchet,
            layout=layout,
            motif=next(self._reverse_motifs) if layout in _WITH_MOTIF else WREATH,
            motif_seed=self._seed(),
            legend=issuer.motto,
            lower_legend=issuer.country.upper(),
            numeral=numeral,
            unit=denomination.unit.upper(),
            border=self._border(),
            facing_left=self._toss(),
        )

    def _layout(self, numeral: str, choices: Sequence[Layout]) -> Layout:
        """A layout; those that show little but the numeral come once for each numeral."""
        order = [Layout(choice) for choice in self._rng.permutation([c.value for c in choices])]
        layout = next((c for c in order if (c, numeral) not in self._shown), order[0])
        if layout not in _WITH_MOTIF:
            self._shown.add((layout, numeral))
        return layout

    def _sitter(self) -> tuple[int, bool]:
        """Seed and direction of the next portrait.

        Heads follow each other through all styles; when a headgear comes again, its bearer looks
        the other way.
        """
        number = next(self._portraits)
        wanted = PORTRAIT_STYLES[number % len(PORTRAIT_STYLES)]
        while True:
            seed = self._seed()
            if portrait_style(np.random.default_rng(seed)) == wanted:
                return seed, bool(number // 5 % 2)

    def _seed(self) -> int:
        return int(self._rng.integers(2**31))

    def _border(self) -> Border:
        return Border(self._rng.choice([border.value for border in Border]))

    def _toss(self) -> bool:
        return bool(self._rng.random() < 0.5)


def _mint(
    rng: np.random.Generator,
    engraver: _Engraver,
    issuer: _Issuer,
    index: int,
    denomination: _Denomination,
) -> MintedType:
    planchet = _planchet(rng, denomination.rank)
    first = int(rng.integers(1902, 2004))
    years = YearSpan(first, first + int(rng.integers(0, 28)))
    return MintedType(
        _catalogue_entry(rng, issuer, index, denomination, planchet),
        years,
        engraver.obverse(issuer, years, planchet, portrayed=index == 0),
        engraver.reverse(issuer, denomination, planchet),
    )


def _planchet(rng: np.random.Generator, rank: float) -> Planchet:
    """A planchet as mints choose them: dearer metal for dearer coins, now and then an odd one."""
    metal = Metal(rng.choice(list(_DEAR if rng.random() < rank else _CHEAP)))
    oddity = rng.random()
    if rank > 0.7 and oddity < 0.5:
        core = Metal.BRASS if metal is not Metal.BRASS else Metal.CUPRONICKEL
        return Planchet(metal, core=core)
    if oddity < 0.12:
        return Planchet(metal, hole=0.16)
    if oddity < 0.42:
        return Planchet(metal, shape=Shape(rng.choice(list(Shape)[1:])))
    return Planchet(metal)


def _catalogue_entry(
    rng: np.random.Generator,
    issuer: _Issuer,
    index: int,
    denomination: _Denomination,
    planchet: Planchet,
) -> CoinType:
    diameter = round(15.0 + 14.0 * denomination.rank + float(rng.uniform(0, 3)), 1)
    thickness = 0.1 * float(rng.uniform(1.4, 2.2))  # cm
    volume = np.pi * (diameter / 20) ** 2 * (1 - planchet.hole**2) * thickness
    written = f"{denomination.figures} {denomination.unit}"
    return CoinType(
        key=f"{issuer.country.lower()}-{index + 1:02d}-{written.replace(' ', '-')}",
        country=issuer.country,
        denomination=written,
        currency=issuer.currency,
        value=denomination.value,
        title=f"{issuer.country}, {written}",
        composition=planchet.composition,
        diameter_mm=diameter,
        weight_g=round(float(volume) * _DENSITIES[planchet.metal], 2),
        shape="holed" if planchet.hole else planchet.shape.value,
    )
