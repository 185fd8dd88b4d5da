"""Runs DMN models of others as DMN says, with the engines that decide here.

    running      the decisions of a model, each when it is asked for
    tables       a decision table: its rows are matched by both engines, its hit policy is the domain's
    laying       a table as a ruleset of one step, its results numbered
    columns      values of FEEL as facts that the engines can match
    types        which kind a value is of that a test file leaves open, which values are allowed
    expressions  literal expressions of S-FEEL and their values
    comparing    a model against a test file of the Technology Compatibility Kit

Nothing of it decides about a customer: a ruleset is what decides here, and what a model
says has to become one. What is not read raises ``Unreadable`` and is told as such.
"""
