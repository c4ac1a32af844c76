"""Training the network behind the ranker `verify`."""
