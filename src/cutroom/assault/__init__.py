"""Attacks on a running installation: what `cutroom doctor --security` does, and what it found to hold.

An attack is a function of a `Ground`, the installation with two tenants in it, that yields verdicts. It changes
nothing but what those two tenants own, and the suite takes that away again.
"""
