"""Working together: who is at a case now, claims left lying, colleagues told, many cases at once."""
