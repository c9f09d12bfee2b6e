"""Who may: scope, guards, row security, branches."""
