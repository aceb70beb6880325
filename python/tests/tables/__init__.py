"""A writer of tables: one true table of prices, written at random in the thousands of ways in which people have theirs.

``truth`` makes prices whose answer is known, ``oracle`` computes it without the package, ``writer`` writes them down, with a
file of ``spellings`` for each thing that differs, and ``read`` has sharpest read what was written and holds the answer
against the truth. The writer knows which writings leave one reading: these must give the same answer to the last bit. The
others must be refused by a sentence, or read with a note; never may another number come out without a word.

``python -m tables --count 20000 --seed 1``, from the folder of the tests, counts the outcomes by kind.
"""
