"""Formulas of computed KPIs: parsed, checked and evaluated."""
