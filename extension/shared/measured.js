// How often a call was right on a public test set; written by bench/table.py from bench/results/quality.json.

var sidelight = sidelight ?? {};

sidelight.measured = {"contradicted": {"right": 68, "of": 80, "set": "HealthVer"}};
