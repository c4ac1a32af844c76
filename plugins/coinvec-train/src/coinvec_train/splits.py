"""Setting pictures aside by their names, so that every run sets aside the same ones."""

from hashlib import sha256


def is_held_out(name: str, one_in: int) -> bool:
    """Whether a picture is set aside.

    Args:
        name: The picture's name, without folders that differ between machines.
        one_in: How many pictures there are for each that is set aside.
    """
    return int.from_bytes(sha256(name.encode()).digest()[:8]) % one_in == 0
