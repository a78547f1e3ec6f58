"""KPIs that Trellis measures itself, from the people that it knows."""
