"""The query language: text to a typed predicate, and the plan that answers it."""
