"""Synthetic scenes: coins cut out of their pictures and put on other grounds, with known masks.

The steps are those of Grid Dynamics' coin recognition article: a coin is padded, a ground is
cropped at random, both are turned, blurred and lit on their own, merged by the coin's mask with
pyramids, and noise and shadows go over the whole. Beyond it: more coins, holes and other shapes,
oblique views, highlights, and round things that are no coins.
"""

from coinvec_train.scenes.camera import photographed
from coinvec_train.scenes.compose import SceneComposer
from coinvec_train.scenes.scene import Scene
from coinvec_train.scenes.settings import SceneSettings
from coinvec_train.scenes.sprites import Sprite

__all__ = ["Scene", "SceneComposer", "SceneSettings", "Sprite", "photographed"]
