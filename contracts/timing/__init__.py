"""Who has what to do by when: duties by the calendar, what is done, moved, late and reminded of."""
