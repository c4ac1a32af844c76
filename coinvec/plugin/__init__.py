"""The plugin machinery: hook specifications, declarations, protocols and the host.

It holds no plugins; those are separate distributions (see `plugins/`).
"""

from typing import Final

import pluggy

hookimpl: Final = pluggy.HookimplMarker("coinvec")
"""Marks a function of a plugin's hooks module as the implementation of the hook of its name."""
