"""What must be: contracts, identifiers, row rules, quality suites and checks.

The lowest floor: nothing here imports assets, publish or orchestration.
"""
