"""The commands, each loaded when it is asked for: what is typed at the machine itself answers at once."""
