"""Keeping personal data only as long as the bureau says: erasing by rule and on request, and recording that it was."""
