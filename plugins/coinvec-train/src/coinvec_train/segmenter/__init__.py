"""Training the coin segmenter: U-Net over an EfficientNet, on real and synthetic scenes."""
