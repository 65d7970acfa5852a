"""The command ``tidu`` as ``python -m tidu``, for programs that start Python, such as MPI's."""

from tidu_command import main

if __name__ == "__main__":
    main()
