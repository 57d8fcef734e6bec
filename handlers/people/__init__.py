"""One person on several channels: joined by a code, a call or a decision of staff, and parted again."""
