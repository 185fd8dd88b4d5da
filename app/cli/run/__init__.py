"""``termwise run``: the runs of the day, and the files that come of them."""
