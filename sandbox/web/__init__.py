"""The three agencies on the wire: one loopback server, three styles of interface."""
