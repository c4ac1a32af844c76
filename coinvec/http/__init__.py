"""The catalogue over HTTP: a JSON API under `/v1`, a web page, and what operators look at."""
