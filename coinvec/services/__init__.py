"""What coinvec does for its users, one module per service."""
