"""Keys of the demonstration agencies. They open nothing but the sandbox.

Real agencies' keys come from the settings of the running system, never from code.
"""

from __future__ import annotations

MARKET_TOKEN = "demo-market-token"  # noqa: S105 - opens the sandbox only
TAX_APP_ID = "demo-credit-park"
TAX_SECRET = "demo-tax-secret"  # noqa: S105 - opens the sandbox only
LABOUR_KEY = "demo-labour-key"
