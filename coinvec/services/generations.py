"""Generations: another pair of models takes over while searches go on.

    build ──> building ──check──> promote ──> live ──promote another──> retired
                 ^                                                         │
                 └──────────────── build again, rollback ──────────────────┘

SQL says which generation is live; the alias `coins` in Milvus follows it for other readers of the
same server. Searches ask SQL, so a crash between the two changes no answer, and `doctor` or
`init` sets the alias right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coinvec.domain.records import (
    Coverage,
    GenerationCheck,
    GenerationState,
    StoredGeneration,
)
from coinvec.domain.vectors import Generation
from coinvec.errors import (
    CheckFailedError,
    GenerationError,
    UsageError,
)
from coinvec.pipeline.models import generation_of
from coinvec.services.comparing import compare_by_leaving_out, compare_by_queries
from coinvec.services.evaluate import DEFAULT_KS
from coinvec.services.filling import BuildReport, fill_generation
from coinvec.services.home import Home, chosen
from coinvec.services.progress import Progress
from coinvec.services.sync import drain_outbox
from coinvec.vectors.names import LIVE_ALIAS, collection_name


@dataclass(frozen=True, slots=True)
class GenerationSummary:
    """A generation as a list shows it."""

    stored: StoredGeneration
    coverage: Coverage
    check: GenerationCheck | None


class Generations:
    """The generations of one home.

    A generation is named by its number; where none is given, the only one being built is meant.

    Args:
        home: The opened home. That its settings name other models than the live ones is no
            hindrance here: this is how they become the live ones.
    """

    def __init__(self, home: Home) -> None:
        self._home = home

    def summaries(self) -> list[GenerationSummary]:
        """All generations, oldest first."""
        catalogue = self._home.catalogue
        return [
            GenerationSummary(each, catalogue.coverage(each.id), catalogue.check_of(each.id))
            for each in catalogue.generations()
        ]

    def build(
        self,
        *,
        preprocessor: str | None = None,
        encoder: str | None = None,
        jobs: int = 1,
        progress: Progress | None = None,
    ) -> BuildReport:
        """Fill the collection of another pair of models beside the live one.

        An interrupted build goes on; a retired generation is brought up to date. Images of which
        no picture is kept are passed over.

        Args:
            preprocessor: Name of the preprocessor.
            encoder: Name of the encoder. Of what neither argument nor setting names, the live
                generation's is kept; where nothing is named, the pair of a new home is meant.
            jobs: Threads that read pictures and look for coins.
            progress: Called with images done this time, and images to be done.

        Raises:
            UsageError: The pair is the live one.
            PluginError: A plugin is missing or broken.
        """
        wanted = self._wanted(preprocessor, encoder)
        if wanted == self._home.recorded_live.generation:
            raise UsageError(
                f"{wanted} is the live generation already.",
                hint="Name other models: coinvec generations build --preprocessor P --encoder E",
            )
        return self._fill(self._stored(wanted) or self._add(wanted), jobs, progress)

    def check(
        self,
        queries: str | Path | None = None,
        *,
        generation: int | None = None,
        ks: Sequence[int] = DEFAULT_KS,
        jobs: int = 1,
        progress: Progress | None = None,
    ) -> GenerationCheck:
        """Compare the hit rates of a generation with those of the live one, and keep the outcome.

        Args:
            queries: A golden set, as for `evaluate`; by default each image whose design has
                another is searched for among the rest (at most `leave_one_out.LIMIT` of them).
            generation: Its number.
            ks: Depths of the hit rates.
            jobs: Threads that read pictures and look for coins.
            progress: Called with searches done and searches in all.

        Raises:
            CheckFailedError: The generation is not complete, or there is nothing to search for.
            ManifestError: The queries file is unusable.
        """
        candidate, live = self._candidate(generation), self._home.recorded_live
        if candidate.id == live.id:
            raise UsageError(f"Generation {live.id} is the live one: there is nothing to compare.")
        self._refuse_incomplete(candidate)
        if queries is None:
            check = compare_by_leaving_out(self._home, candidate, live, ks, progress)
        else:
            check = compare_by_queries(
                self._home, candidate, live, Path(queries), ks, jobs, progress
            )
        self._home.catalogue.note_check(check)
        return check

    def promote(self, generation: int | None = None, *, force: bool = False) -> StoredGeneration:
        """Make a generation that was built the live one; the live one is retired.

        Args:
            generation: Its number.
            force: Also where it is incomplete, unchecked or worse.

        Raises:
            CheckFailedError: It is incomplete, not checked against the live one, or worse.
            GenerationError: It is live already, or retired and so not up to date.
            PluginError: Its models are not installed, so nothing could be searched.
        """
        candidate = self._candidate(generation)
        if candidate.state is not GenerationState.BUILDING:
            raise GenerationError(
                f"Generation {candidate.id} is {candidate.state.value}, not built just now.",
                hint="See: coinvec generations list. A retired generation is brought up to date "
                "by building it again, or by: coinvec generations rollback",
            )
        if not force:
            self._refuse_incomplete(candidate)
            self._refuse_unproven(candidate)
        return self._make_live(candidate)

    def rollback(self, *, jobs: int = 1, progress: Progress | None = None) -> BuildReport:
        """Make the generation live again that was live before, brought up to date first.

        Raises:
            GenerationError: There is none left.
            PluginError: Its models are not installed any longer.
        """
        before = self._home.catalogue.generation_before_live()
        if before is None:
            raise GenerationError(
                "There is no earlier generation to go back to.",
                hint="See: coinvec generations list",
            )
        report = self._fill(before, jobs, progress)
        self._make_live(before)
        return report

    def drop(self, generation: int) -> StoredGeneration:
        """Remove a generation that is not live: its collection and its vectors.

        Raises:
            GenerationError: It is live, or does not exist.
        """
        dropped, home = self._by_id(generation), self._home
        # Retired first, which is refused to the live one, so that imports of other processes let go
        # of the collection; SQL last, so that one whose removal was interrupted is still known.
        home.catalogue.set_state(dropped.id, GenerationState.RETIRED)
        home.vectors.drop_collection(dropped.collection)
        home.catalogue.drop_generation(dropped.id)
        return dropped

    def _wanted(self, preprocessor: str | None, encoder: str | None) -> Generation:
        settings, host = self._home.settings, self._home.host
        preprocessor, encoder = preprocessor or settings.preprocessor, encoder or settings.encoder
        if preprocessor or encoder:
            live = self._home.recorded_live.generation
            preprocessor = preprocessor or live.preprocessor.name
            encoder = encoder or live.encoder.name
        return generation_of(
            host.spec("preprocessor", chosen(host, "preprocessor", preprocessor)),
            host.spec("encoder", chosen(host, "encoder", encoder)),
        )

    def _stored(self, wanted: Generation) -> StoredGeneration | None:
        stored = self._home.catalogue.generations()
        return next((each for each in stored if each.generation == wanted), None)

    def _add(self, wanted: Generation) -> StoredGeneration:
        name, vectors = collection_name(wanted), self._home.vectors
        # The collection first: as soon as SQL knows the generation, imports write to it.
        if not vectors.has_collection(name):
            vectors.create_collection(name, dim=wanted.dim, metric=wanted.metric)
        return self._home.catalogue.add_generation(
            wanted, collection=name, state=GenerationState.BUILDING
        )

    def _fill(
        self, generation: StoredGeneration, jobs: int, progress: Progress | None
    ) -> BuildReport:
        home = self._home
        home.load(generation)  # before anything is changed: its models may be missing
        home.ensure_collection(generation)
        home.catalogue.set_state(generation.id, GenerationState.BUILDING)
        return fill_generation(home, generation, jobs=jobs, progress=progress)

    def _make_live(self, generation: StoredGeneration) -> StoredGeneration:
        home = self._home
        home.load(generation)
        drain_outbox(home.catalogue, home.vectors, generation)
        # Some searchers know the collection from before, and will not wait for what is new in it.
        home.vectors.make_visible(generation.collection)
        home.catalogue.set_state(generation.id, GenerationState.LIVE)
        home.vectors.set_alias(LIVE_ALIAS, generation.collection)
        return home.recorded_live

    def _by_id(self, generation: int) -> StoredGeneration:
        stored = {each.id: each for each in self._home.catalogue.generations()}
        if generation not in stored:
            raise GenerationError(
                f"There is no generation {generation}; there are {', '.join(map(str, stored))}.",
                hint="See: coinvec generations list",
            )
        return stored[generation]

    def _candidate(self, generation: int | None) -> StoredGeneration:
        if generation is not None:
            return self._by_id(generation)
        stored = self._home.catalogue.generations()
        built = [each for each in stored if each.state is GenerationState.BUILDING]
        if not built:
            raise GenerationError(
                "No generation has been built beside the live one.",
                hint="Build one: coinvec generations build --preprocessor P --encoder E",
            )
        if len(built) > 1:
            numbers = ", ".join(str(each.id) for each in built)
            raise UsageError(f"Several generations are being built: {numbers}.", hint="Name one.")
        return built[0]

    def _refuse_incomplete(self, candidate: StoredGeneration) -> None:
        coverage = self._home.catalogue.coverage(candidate.id)
        if not coverage.is_complete:
            raise CheckFailedError(
                f"Generation {candidate.id} is not complete: {coverage.missing:,} of "
                f"{coverage.images:,} images are still to be built.",
                hint="Go on with: coinvec generations build "
                f"--preprocessor {candidate.generation.preprocessor.name} "
                f"--encoder {candidate.generation.encoder.name}",
            )

    def _refuse_unproven(self, candidate: StoredGeneration) -> None:
        live, check = self._home.recorded_live, self._home.catalogue.check_of(candidate.id)
        if check is None or check.live_id != live.id:
            raise CheckFailedError(
                f"Generation {candidate.id} has not been checked against the live one.",
                hint="Type: coinvec generations check (or promote it unchecked with --force)",
            )
        if check.is_worse:
            raise CheckFailedError(
                f"Generation {candidate.id} was found worse than the live one on "
                f"{check.golden_set}.",
                hint="See: coinvec generations list. --force promotes it all the same.",
            )
