"""Machines that a council tells when something happens: their registration, and each notice on its way to them."""
