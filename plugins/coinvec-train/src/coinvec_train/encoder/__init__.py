"""Training, measuring and exporting the encoder: EfficientNet, 64 numbers, ArcFace."""
