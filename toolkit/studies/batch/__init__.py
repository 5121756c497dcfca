"""Many assessments on one machine or a cluster."""
