"""The staff console: sign-in, queue, case page, office board, reference data."""
