"""Pages for readers in a browser. Reading needs no script; what changes something is a form with a button."""
