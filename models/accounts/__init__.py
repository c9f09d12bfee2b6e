"""Who signs in: users, passwords, sessions, second factor, calendar links."""
