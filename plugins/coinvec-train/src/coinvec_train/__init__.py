"""Trains coinvec's models: labels, synthetic scenes, training, evaluation, ONNX export."""
