"""Named sets of uncertain values with range, unit and source; nothing here knows what they are for."""
