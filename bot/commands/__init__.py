"""The command line's parts, one file per subject."""
