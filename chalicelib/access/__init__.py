"""Who may do what: terminals, staff, operators and members, their keys and sessions, and the trail of what they did."""
