"""Writing help: the check of a reply, saved replies, what lies beside the draft, and drafts that lose no words."""
