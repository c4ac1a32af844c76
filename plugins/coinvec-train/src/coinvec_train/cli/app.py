"""The command group `coinvec train`."""

import click

from coinvec.cli.lazy import LazyGroup

COMMANDS = {
    "label-hough": "coinvec_train.cli.label:label_hough",
    "preview-scenes": "coinvec_train.cli.preview:preview",
    "segmenter": "coinvec_train.cli.segmenter:segmenter",
    "export-segmenter": "coinvec_train.cli.segmenter:export",
    "evaluate-segmenter": "coinvec_train.cli.segmenter:evaluate",
    "render-coins": "coinvec_train.cli.encoder:render",
    "crop-coins": "coinvec_train.cli.encoder:crop",
    "compose-coins": "coinvec_train.cli.encoder:compose",
    "encoder": "coinvec_train.cli.encoder:encoder",
    "export-encoder": "coinvec_train.cli.encoder:export",
    "calibrate-encoder": "coinvec_train.cli.encoder:calibrate",
    "evaluate-encoder": "coinvec_train.cli.encoder:evaluate",
    "verifier": "coinvec_train.cli.verifier:verifier",
    "export-verifier": "coinvec_train.cli.verifier:export",
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def train() -> None:
    """Label, train, evaluate and export the models."""
