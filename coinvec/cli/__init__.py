"""The command line: options, calls to services, and rendering; nothing else.

Modules on the way to `coinvec --help` import nothing heavy; a test asserts it.
"""

from coinvec.cli.app import main

__all__ = ["main"]
