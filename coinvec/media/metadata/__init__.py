"""Where picture formats keep what says where a photograph was taken, and how to blank it."""
