"""Sonjuku (村塾): find people, grow them, prove what they can do, connect them, keep the ties, show what changed."""

__version__ = "0.1.0"
