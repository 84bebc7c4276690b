"""One module an experiment: TITLE, PASS (what it asks for) and run(run). The order is that of the docs."""
