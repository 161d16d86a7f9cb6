"""The expert on people who are drawn anew: who is treated, how, and with what success."""
