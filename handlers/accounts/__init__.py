"""Officers' accounts: roles, passwords, sessions, lockout."""
