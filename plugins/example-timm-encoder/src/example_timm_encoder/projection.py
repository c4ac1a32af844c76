"""From a backbone's features to the declared number of components."""

import numpy as np

from coinvec.domain.vectors import FloatArray

_SEED = 20_240_611


def signs(features: int, dim: int) -> FloatArray:
    """A random projection that keeps lengths on average: equally likely +1 and -1, scaled.

    The method is Achlioptas' ("Database-friendly random projections", 2003). The signs are raw
    bits of PCG64, which NumPy promises never to change (NEP 19): the same on every machine, in
    every release.

    Args:
        features: Components of a backbone's feature vector.
        dim: Components of an embedding.

    Returns:
        features × dim float32.
    """
    bits = np.random.PCG64(_SEED).random_raw(features * dim) >> np.uint64(63)
    matrix = 2.0 * bits.astype(np.float32).reshape(features, dim) - 1.0
    scaled: FloatArray = matrix / np.float32(np.sqrt(dim))
    return scaled
