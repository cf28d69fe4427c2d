"""The marks in the formats that learning management systems read, and their rosters."""
