"""Painted scenes, and a network that reads them: what a perfect segmenter would say, exactly.

In a painted scene the red of a pixel tells whether it is on a coin and the green whether it is in a
core; the network passes both on as logits. So geometry is tested through the real runtime.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper

from coinvec.domain.images import Ellipse, Picture

CORE_SHARE = 0.6
SURE = 6.0
"""Logit of a pixel wholly on a coin."""


def write_network(path, inputs="image", outputs="logits"):
    """ONNX of a 1 × 1 convolution: red to the coin channel, green to the core channel."""
    weights = np.array([[SURE, 0, 0], [0, SURE, 0]], dtype=np.float32).reshape(2, 3, 1, 1)
    graph = helper.make_graph(
        [helper.make_node("Conv", [inputs, "weights"], [outputs])],
        "painted",
        [helper.make_tensor_value_info(inputs, TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info(outputs, TensorProto.FLOAT, ["n", 2, "h", "w"])],
        [onnx.numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    path.write_bytes(model.SerializeToString())
    return path


def ellipse_corners(ellipse):
    angles = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    turn = np.radians(ellipse.degrees)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    spokes = np.stack([np.cos(angles) * ellipse.rx, np.sin(angles) * ellipse.ry], axis=1) @ axes
    return spokes + np.array([ellipse.cx, ellipse.cy])


def regular(cx, cy, radius, sides, degrees=0.0):
    """Corners of a regular polygon."""
    angles = np.radians(degrees) + np.linspace(0, 2 * np.pi, sides, endpoint=False)
    return np.array([cx, cy]) + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


class Scene:
    """A picture to paint coins into, with the true mask of each.

    Attributes:
        masks: One a coin, as painted; later coins take no pixels from earlier ones.
    """

    def __init__(self, width, height):
        self._pixels = np.zeros((height, width, 3), np.uint8)
        self.masks = []

    @property
    def picture(self):
        return Picture(self._pixels)

    def add(self, corners, hole=None):
        """Paint a coin, given as an `Ellipse` or by its corners; the hole is an `Ellipse`."""
        if isinstance(corners, Ellipse):
            corners = ellipse_corners(corners)
        mask = self._inside(corners)
        if hole is not None:
            mask &= ~self._inside(ellipse_corners(hole))
        middle = corners.mean(axis=0)
        self._pixels[mask, 0] = 255
        self._pixels[self._inside(middle + CORE_SHARE * (corners - middle)), 1] = 255
        self.masks.append(mask)
        return self

    def _inside(self, corners):
        """Pixels whose centre is within a polygon, by the winding of each row (not OpenCV's)."""
        height, width = self._pixels.shape[:2]
        inside = np.zeros((height, width), dtype=bool)
        xs = np.arange(width)
        ends = np.roll(corners, -1, axis=0)
        low, high = corners[:, 1].min(), corners[:, 1].max()
        for y in range(max(0, int(low)), min(height, int(high) + 1)):
            crossing = (corners[:, 1] > y) != (ends[:, 1] > y)
            (x0, y0), (x1, y1) = corners[crossing].T, ends[crossing].T
            cuts = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
            inside[y] = (np.searchsorted(np.sort(cuts), xs) % 2) == 1
        return inside


def iou(one, other):
    """Intersection over union of two masks."""
    return np.count_nonzero(one & other) / np.count_nonzero(one | other)
