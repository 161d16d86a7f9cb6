"""Search: evolution of scripts and of plunger policies that look and do not act on it, against the score.

`genes` says what a procedure consists of, `procedures` carries one out, `evolution` looks for better ones, `judging`
lets the best treat people whom the search has not seen, beside the expert.
"""
