"""What every concept of the graph needs: declarations, selections, execution, refusals, limits."""
