"""One file a command; each has `add_to(app)`."""
