"""A model learns from its own mistakes, round by round.

    pick units -> ask the model -> sample where it is wrong -> rules for the rest -> next data version
    -> continue training with replay -> evaluate -> gate -> promote

Everything enters the data only when the verifier proved it. A round is a folder in which every finished
stage is recorded, so the same command goes on wherever it was stopped.
"""
