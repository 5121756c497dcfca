"""From claims to a distribution of cameras; knows no streets, no lenses and no places."""
