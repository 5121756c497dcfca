"""Named sets of uncertain values with range, unit and source."""
