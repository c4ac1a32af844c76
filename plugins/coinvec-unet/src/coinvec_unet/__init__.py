"""The U-Net segmenter of coinvec."""
