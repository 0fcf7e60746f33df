"""The steps, one file each; see the package above."""
