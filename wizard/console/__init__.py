"""What commands share: finding what is meant, asking, and printing results for people and for programs."""
