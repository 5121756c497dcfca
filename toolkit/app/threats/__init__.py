"""What the pages Route, Place and Vehicles share.

What is typed, drawn or read from a file stays in the memory of the session: nothing of it is
written, logged or put into an address.

opened_city.open_for   the estimate of a city, or what is missing for one
travelling.choose      how and when somebody travels
given_route.ask        a route that is drawn, read from a file, or named by its streets
answers.show           the answer in words, as the command line has it
"""
