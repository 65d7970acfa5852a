"""The build hook of the wheel: it compiles the kernels for every level of this platform."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class KernelBuildHook(BuildHookInterface):
    """Put the shared libraries of kernels into the wheel, and name its platform."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile what is missing; an editable install is left to `make kernels`."""
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root, "src")))
        from tidu.native.build import main
        from tidu.native.levels import levels

        if not levels():
            self.app.display_warning("no kernels for this architecture: the wheel is pure Python")
            return
        main(["--level", "all"])
        build_data["artifacts"].append("/src/tidu/native/lib/*")
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data.update(pure_python=False, tag=f"py3-none-{platform}")
