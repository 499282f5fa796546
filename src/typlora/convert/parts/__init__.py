"""Formulas in parts: how they are cut, and the engine that asks for the parts."""
