"""Names in Milvus: one collection per generation, and the alias of the live one."""

import hashlib
import json

from coinvec.domain.vectors import Generation

LIVE_ALIAS = "coins"


def collection_name(generation: Generation) -> str:
    """The collection of a generation: `coins_` and 16 hexadecimal digits of its four parts.

    The name is the same in every process and release, so that a home finds its collection again.
    """
    models = (generation.preprocessor, generation.encoder)
    parts = [text for model in models for text in (model.name, model.revision)]
    parts += [generation.metric.value, str(generation.dim)]
    digest = hashlib.blake2b(json.dumps(parts).encode(), digest_size=8)
    return f"{LIVE_ALIAS}_{digest.hexdigest()}"
