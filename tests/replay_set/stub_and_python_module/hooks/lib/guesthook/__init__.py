"""What our hosts do around a guest's life."""
