"""KPIs against SQL by hand: a dashboard, a series by slices, a batch of values, a correction."""
