"""Photo to answer: preprocess, encode, retrieve, rank; each step timed."""
