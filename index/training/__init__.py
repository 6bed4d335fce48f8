"""How the model and the lexicon in the box are made: `python -m wenbao.index.training.train --data FOLDER`."""
