"""One module for each format a seed document may have; `readers.py` lists them, `found.py` says what each hands back."""
