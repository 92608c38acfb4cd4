import os
import sys

# The tests start the program many times over, in several workers. Compiling it anew each time would take longer than
# they do; so compiled modules are kept, also where the environment says otherwise.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
