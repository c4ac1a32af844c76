"""Baselines for coinvec without learned networks: preprocessor `hough`, encoder `polar`."""
