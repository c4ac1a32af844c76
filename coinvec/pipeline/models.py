"""The two model steps of a generation, held to what their plugins declared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coinvec.domain.images import Crop, Picture
from coinvec.domain.vectors import NORM_TOLERANCE, FloatArray, Generation
from coinvec.errors import CoinvecError, GenerationError, PluginError
from coinvec.pipeline.whole import whole_picture
from coinvec.plugin.host import PluginHost
from coinvec.plugin.protocols import Encoder, Preprocessor
from coinvec.plugin.specs import EncoderSpec, PreprocessorSpec

ENCODE_BATCH = 64


def generation_of(preprocessor: PreprocessorSpec, encoder: EncoderSpec) -> Generation:
    """The generation a pair of declared models makes."""
    return Generation(preprocessor.ref, encoder.ref, encoder.metric, encoder.dim)


@dataclass(frozen=True, slots=True)
class ModelPair:
    """A loaded preprocessor and encoder.

    Attributes:
        preprocessor: Finds and cuts out coins.
        encoder: Turns cut-outs into embeddings.
        preprocessor_spec: The preprocessor's declaration.
        encoder_spec: The encoder's declaration.
    """

    preprocessor: Preprocessor
    encoder: Encoder
    preprocessor_spec: PreprocessorSpec
    encoder_spec: EncoderSpec

    @classmethod
    def load(cls, host: PluginHost, generation: Generation) -> "ModelPair":
        """Load the pair that made a generation.

        Raises:
            PluginError: A plugin is missing or broken.
            GenerationError: It is installed in another revision, so its vectors would not fit.
        """
        wanted, made = generation.preprocessor, generation.encoder
        preprocessor_spec = host.spec("preprocessor", wanted.name)
        encoder_spec = host.spec("encoder", made.name)
        installed = generation_of(preprocessor_spec, encoder_spec)
        if installed != generation:
            raise GenerationError(
                f"This home's vectors were made by {generation}, but {installed} is installed.",
                hint="Install the recorded versions of these plugins again, or build the vectors "
                f"anew: coinvec generations build --preprocessor {wanted.name} --encoder "
                f"{made.name}",
            )
        return cls(
            host.preprocessor(wanted.name),
            host.encoder(made.name),
            preprocessor_spec,
            encoder_spec,
        )

    def find(self, picture: Picture, *, all_coins: bool = False) -> Sequence[Crop]:
        """Run the preprocessor; see `find_coins`."""
        spec = self.preprocessor_spec
        return find_coins(self.preprocessor, spec.name, picture, all_coins=all_coins)

    def find_enrolled(self, picture: Picture) -> Crop | None:
        """The coin of a catalogue picture, which is taken whole where none is found in it.

        Raises:
            PluginError: As `find_coins`.
        """
        crops = self.find(picture)
        return crops[0] if crops else whole_picture(picture)

    def encode(self, crops: Sequence[Crop]) -> FloatArray:
        """Encode crops in batches; see `Encoder.encode`.

        Raises:
            PluginError: The plugin raised, or its numbers break its declaration.
        """
        parts = [
            self._encode_batch(crops[start : start + ENCODE_BATCH])
            for start in range(0, len(crops), ENCODE_BATCH)
        ]
        empty = np.empty((0, self.encoder_spec.dim), dtype=np.float32)
        return np.concatenate([empty, *parts])

    def _encode_batch(self, crops: Sequence[Crop]) -> FloatArray:
        spec = self.encoder_spec
        try:
            vectors = np.asarray(self.encoder.encode(crops))
        except CoinvecError:
            raise
        except Exception as error:
            raise _broken(spec.name, "encoder", error) from error
        if vectors.shape != (len(crops), spec.dim):
            raise PluginError(
                f"Encoder {spec.name!r} returned an array of shape {vectors.shape} for "
                f"{len(crops)} crops; it declares {spec.dim} numbers each."
            )
        norms = np.linalg.norm(vectors.astype(np.float64), axis=1)
        if not (np.abs(norms - 1.0) <= NORM_TOLERANCE).all():
            raise PluginError(f"Encoder {spec.name!r} returned vectors that are not of norm 1.")
        return vectors.astype(np.float32, copy=False)


def find_coins(
    preprocessor: Preprocessor, name: str, picture: Picture, *, all_coins: bool = False
) -> Sequence[Crop]:
    """Run a preprocessor; see `Preprocessor.find`.

    Raises:
        PluginError: The plugin raised, or returned something else than crops.
    """
    try:
        crops = tuple(preprocessor.find(picture, all_coins=all_coins))
    except CoinvecError:
        raise
    except Exception as error:
        raise _broken(name, "preprocessor", error) from error
    if not all(isinstance(crop, Crop) for crop in crops):
        raise PluginError(f"Preprocessor {name!r} returned something else than crops.")
    return crops


def _broken(name: str, kind: str, error: Exception) -> PluginError:
    return PluginError(
        f"The {kind} {name!r} failed with {type(error).__name__}: {error}",
        hint=f"Run `coinvec plugins show {name}` for its origin; --debug shows the traceback.",
    )
