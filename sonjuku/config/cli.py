"""The `sonjuku` command: Django's command runner under the product's name (`sonjuku import council FILE.yaml`)."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sonjuku.config.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
