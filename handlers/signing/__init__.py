"""审签: the way of a reply from its drafter to whoever issues it, one step after another; and the seal at its end."""
