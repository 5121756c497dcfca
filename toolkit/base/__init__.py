"""What every stage uses and none owns: errors, files, text of strangers, hashes, draws."""
