"""The steps of the intake, one verb per file; each changes one Arrival and touches no table."""
