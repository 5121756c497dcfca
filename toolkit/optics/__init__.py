"""From camera types to rings on the ground; knows no streets and no claims."""
