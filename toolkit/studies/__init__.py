"""Many assessments: comparison, sensitivity, batches."""
