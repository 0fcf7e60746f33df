"""The credit file of every enterprise, derived from records by SQL beside this file."""
