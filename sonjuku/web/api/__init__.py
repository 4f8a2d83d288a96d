"""The programming interface, `/api/v1/`: what the public may read, and what a body's machine may do with a token."""
