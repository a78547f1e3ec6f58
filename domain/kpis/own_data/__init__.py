"""KPIs that Trellis measures itself, from the people and goals that it knows."""
