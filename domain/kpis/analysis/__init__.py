"""Analysis of the values of a KPI."""
