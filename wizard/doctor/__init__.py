"""What `calendar-wizard doctor` examines, and what it says about that."""
