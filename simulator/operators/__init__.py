"""Programs that operate. They see a View and give Commands; the truth is out of their reach."""
