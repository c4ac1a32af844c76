"""The encoder `arcface`: EfficientNet-B0 trained with ArcFace, on ONNX Runtime."""
