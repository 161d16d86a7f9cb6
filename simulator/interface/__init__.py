"""What an operator and the window may know: commands, Views, images, how a needle looks. Nothing of the truth.

May import `spatial`, `vocabulary` and numpy, and nothing else, not even by way of others. Open `view.py` first, then
`commands.py`.
"""
