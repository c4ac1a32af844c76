"""Plain value types: stdlib and numpy only, frozen, validated at construction."""
