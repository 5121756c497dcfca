"""Exercise of the page Teach: groups say what they expect before the estimate is revealed.

Everything stays in the memory of the session: nothing is written, logged or put into an address.

page.show              the exercise, with the facilitator's notes at its side
rounds.current         what the groups have marked and said in this round
answers.ask            boxes for how exposed an invented address is
scores.show            their scores, and what most people get wrong
notes.facilitator      the facilitator's notes
"""
