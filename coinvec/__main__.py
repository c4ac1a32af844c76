"""`python -m coinvec`."""

from coinvec.cli import main

main()
