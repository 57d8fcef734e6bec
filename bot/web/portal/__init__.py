"""The citizens' portal: write, look up, read the answer, rate, add, ask again. Nothing to log in to."""
