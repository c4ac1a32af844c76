"""A home: the stores, plugins and settings that belong together, and who owns them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from coinvec.catalogue import schema
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.records import GenerationState, StoredGeneration
from coinvec.domain.vectors import Generation
from coinvec.errors import GenerationError, HomeError, PluginError
from coinvec.media.decode import Limits
from coinvec.media.store import MediaStore
from coinvec.pipeline.models import ModelPair, generation_of
from coinvec.pipeline.rank import RankStep
from coinvec.plugin.builtin import DEFAULT_RANKER
from coinvec.plugin.host import PluginHost
from coinvec.services.lock import HomeLock
from coinvec.services.restore_marker import refuse_unfinished
from coinvec.services.sync import drain_outbox
from coinvec.settings import Settings

if TYPE_CHECKING:
    from coinvec.vectors.store import VectorStore

LIVE_ALIAS = "coins"
DEFAULTS = {
    "preprocessor": ("unet", "hough"),
    "encoder": ("arcface", "polar"),
    "ranker": ("verify", DEFAULT_RANKER),
}
"""The models of a new home and the ranker of any, the most wanted first; of these the first that is
installed is taken."""


@dataclass(frozen=True, slots=True)
class LoadedGeneration:
    """A generation, and the pair of models that makes its vectors."""

    stored: StoredGeneration
    models: ModelPair


class Home:
    """An opened home. Close it, or use it as a context manager, to let others in.

    Stores and models are opened when first used, so that listing coins never loads Milvus.

    Args:
        settings: What is in force.
        lock: The held lock; None where the vectors live on a server, which needs none.
        catalogue: The opened SQL store.
    """

    def __init__(
        self, settings: Settings, lock: HomeLock | None, catalogue: CatalogueStore
    ) -> None:
        self.settings = settings
        self.catalogue = catalogue
        self._lock = lock
        self._pairs: dict[Generation, ModelPair] = {}

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open an existing home.

        Raises:
            HomeError: There is no home in that place, or half a one: a restore was interrupted.
            HomeLockedError: Another process owns it.
            SchemaError: Its schema is out of date.
            StoreError: A store cannot be reached.
        """
        require_home(settings)
        lock = take_lock(settings)
        try:
            refuse_unfinished(settings.home)
            return cls(settings, lock, CatalogueStore.open(settings.database_url))
        except BaseException:
            if lock:
                lock.release()
            raise

    @classmethod
    def create(cls, settings: Settings) -> Self:
        """Make a home, or bring an existing one up to date; without effect where all is well.

        Raises:
            HomeError: The directory cannot be made, or a restore was interrupted in it.
            GenerationError: The settings name other models than the home was made with.
            PluginError: No preprocessor or encoder is installed.
        """
        try:
            settings.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise HomeError(
                f"The home {settings.home} cannot be made: {error.strerror}.",
                hint="Name another place with --home or COINVEC_HOME.",
            ) from None
        lock = take_lock(settings)
        try:
            refuse_unfinished(settings.home)
            schema.upgrade(settings.database_url)
            home = cls(settings, lock, CatalogueStore.open(settings.database_url))
            home._ensure_generation()
        except BaseException:
            if lock:
                lock.release()
            raise
        return home

    def close(self) -> None:
        """Close the stores and stop being the owner."""
        if "vectors" in self.__dict__:
            self.vectors.close()
        self.catalogue.close()
        if self._lock:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def limits(self) -> Limits:
        """What a photograph may measure."""
        return Limits(max_pixels=self.settings.max_pixels, max_bytes=self.settings.max_bytes)

    @cached_property
    def host(self) -> PluginHost:
        """The installed plugins."""
        return PluginHost(self.settings.plugins)

    @cached_property
    def media(self) -> MediaStore:
        """The kept photographs."""
        return MediaStore(self.settings.media_url)

    @property
    def live(self) -> StoredGeneration:
        """The generation that is searched; read anew, for another process may have made one live.

        Raises:
            GenerationError: There is none, or the settings explicitly name other models.
        """
        live = self.recorded_live
        self._refuse_other_models(live)
        return live

    @property
    def recorded_live(self) -> StoredGeneration:
        """The generation that is searched, whatever models the settings name.

        Raises:
            GenerationError: There is none.
        """
        live = self.catalogue.live_generation()
        if live is None:
            raise GenerationError(
                f"The home {self.settings.home} has no live generation.",
                hint="Run `coinvec init` to finish it.",
            )
        return live

    @property
    def generations_in_use(self) -> list[StoredGeneration]:
        """The live generation and those being built: what changes is told to all of them."""
        stored = self.catalogue.generations()
        return [each for each in stored if each.state is not GenerationState.RETIRED]

    @cached_property
    def vectors(self) -> "VectorStore":
        """The vector store, the live generation's part of it holding all that SQL owed it.

        Raises:
            StoreError: Milvus cannot be opened or reached.
        """
        from coinvec.vectors.store import VectorStore

        vectors = VectorStore.open(
            self.settings.milvus_uri,
            token=self.settings.milvus_token or "",
            index=self.settings.index,
        )
        for generation in self.generations_in_use:
            self._ensure_collection(vectors, generation)
        live = self.recorded_live
        if vectors.alias_target(LIVE_ALIAS) is None:  # a restore was killed before that
            vectors.set_alias(LIVE_ALIAS, live.collection)
        drain_outbox(self.catalogue, vectors, live)
        return vectors

    @property
    def models(self) -> ModelPair:
        """The live generation's preprocessor and encoder, loaded."""
        return self.load(self.live).models

    @property
    def ranker_name(self) -> str:
        """The ranker in force: that of the settings, or the most wanted one that is installed."""
        return chosen(self.host, "ranker", self.settings.ranker)

    def load_ranker(self, name: str | None = None) -> RankStep:
        """A ranker by name; by default the one in force.

        Raises:
            PluginError: There is none of that name, or it is broken.
        """
        name = name or self.ranker_name
        spec = self.host.spec("ranker", name)
        return RankStep(self.host.ranker(name), spec.depth, name, spec.thresholds, spec.deeper)

    def load(self, generation: StoredGeneration) -> LoadedGeneration:
        """A generation with its pair of models, which are loaded once.

        Raises:
            PluginError: A plugin is missing or broken.
            GenerationError: It is installed in another revision.
        """
        pair = self._pairs.get(generation.generation)
        if pair is None:
            pair = ModelPair.load(self.host, generation.generation)
            self._pairs[generation.generation] = pair
        return LoadedGeneration(generation, pair)

    def get_ready(self, generation: StoredGeneration | None = None) -> LoadedGeneration:
        """Open the vector store and load the models now, so that no search is timed with it.

        Args:
            generation: The one to be searched; by default the live one.
        """
        loaded = self.load(generation or self.live)
        _ = self.load_ranker(), self.vectors
        return loaded

    def pay(self) -> None:
        """Write to Milvus what SQL owes the generations in use."""
        for each in self.generations_in_use:
            if self.catalogue.owed(each.id, 1):
                drain_outbox(self.catalogue, self.vectors, each)

    def sync(self) -> None:
        """Write to Milvus what SQL owes, and wait until every process finds what was written.

        On a server that takes two or three ticks of its clock: once for all that is written.
        """
        self.pay()
        if "vectors" in self.__dict__:
            for each in self.generations_in_use:
                self.vectors.make_visible(each.collection)

    def ensure_collection(self, generation: StoredGeneration) -> None:
        """Make a generation's collection where it is missing, and owe it all its vectors."""
        self._ensure_collection(self.vectors, generation)

    def _ensure_generation(self) -> None:
        live = self.catalogue.live_generation()
        if live is None:
            from coinvec.vectors.names import collection_name

            generation = chosen_generation(self.settings, self.host)
            self.catalogue.add_generation(
                generation, collection=collection_name(generation), state=GenerationState.LIVE
            )
        self.vectors.set_alias(LIVE_ALIAS, self.live.collection)

    def _ensure_collection(self, vectors: "VectorStore", generation: StoredGeneration) -> None:
        if vectors.has_collection(generation.collection):
            return
        # Milvus holds derived data only: a lost collection is filled again from SQL.
        vectors.create_collection(
            generation.collection,
            dim=generation.generation.dim,
            metric=generation.generation.metric,
        )
        self.catalogue.owe_all(generation.id)

    def _refuse_other_models(self, live: StoredGeneration) -> None:
        recorded = {
            "preprocessor": live.generation.preprocessor.name,
            "encoder": live.generation.encoder.name,
        }
        asked = {kind: getattr(self.settings, kind) for kind in recorded}
        others = {
            kind: asked[kind] for kind in recorded if asked[kind] not in (None, recorded[kind])
        }
        if not others:
            return
        kind, name = next(iter(others.items()))
        options = " ".join(f"--{kind} {name}" for kind, name in others.items())
        raise GenerationError(
            f"The settings name the {kind} {name!r}, but the vectors of {self.settings.home} were "
            f"made by {recorded[kind]!r} and only it can search them.",
            hint=f"Leave COINVEC_{kind.upper()} unset to search this home, or build its vectors "
            f"anew beside the live ones: coinvec generations build {options}",
        )


def chosen_generation(settings: Settings, host: PluginHost) -> Generation:
    """The generation that a new home gets.

    Args:
        settings: What is in force.
        host: The installed plugins.

    Raises:
        PluginError: No preprocessor or encoder is installed, or not the one that is asked for.
    """
    preprocessor = chosen(host, "preprocessor", settings.preprocessor)
    encoder = chosen(host, "encoder", settings.encoder)
    return generation_of(host.spec("preprocessor", preprocessor), host.spec("encoder", encoder))


def chosen(host: PluginHost, kind: str, asked: str | None) -> str:
    """The name of the preprocessor or encoder that a new home gets, or of the ranker in force.

    Args:
        host: The installed plugins.
        kind: `preprocessor`, `encoder` or `ranker`.
        asked: What the settings name; None for the default.

    Raises:
        PluginError: None is installed.
    """
    if asked:
        return asked
    installed = host.names(kind)
    for name in (*DEFAULTS[kind], *installed):
        if name in installed:
            return name
    raise PluginError(
        f"No {kind} is installed.",
        hint="Install one: pip install 'coinvec[classic]'. `coinvec plugins list` shows what was "
        "found, and why it failed.",
    )


def require_home(settings: Settings) -> None:
    """Refuse to go on where there is no home.

    Raises:
        HomeError: There is none in that place.
    """
    if not settings.home.is_dir():
        raise HomeError(
            f"There is no coinvec home at {settings.home}.",
            hint=f"Make one with `coinvec --home {settings.home} init`, or name another with "
            "--home or COINVEC_HOME.",
        )


@contextmanager
def owned(settings: Settings) -> Iterator[None]:
    """Own an embedded home for a while, without opening its stores.

    Raises:
        HomeError: There is no home in that place.
        HomeLockedError: Another process is the owner.
    """
    require_home(settings)
    lock = take_lock(settings)
    try:
        yield
    finally:
        if lock:
            lock.release()


def take_lock(settings: Settings) -> HomeLock | None:
    """Become the owner of an embedded home; None where the vectors live on a server.

    Raises:
        HomeLockedError: Another process is the owner.
    """
    if not settings.is_embedded:
        return None
    lock = HomeLock(settings.home, settings.lock_timeout)
    lock.acquire()
    return lock
