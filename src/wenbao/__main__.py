"""`python -m wenbao` is the command line."""

from wenbao.cli.main import main

if __name__ == "__main__":
    main()
