"""Where the files of a model are: a folder, or the hub's cache on this machine, filled by a download if need be."""

from __future__ import annotations

import os
from pathlib import Path

from ingest.errors import ModelError


def model_folder(name_or_folder: str) -> tuple[str, Path]:
    """Name and folder of a model; downloads it when it is one of the hub's that is not on this machine.

    From then on this process uses the hub no more.

    Raises:
        ModelError: There is no such folder, and no such model on this machine or the hub.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    folder = Path(name_or_folder).expanduser()
    if folder.is_dir():
        return folder.resolve().name, folder
    return name_or_folder, _from_hub(name_or_folder)


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    # Models named without an owner are those of sentence-transformers; forms of a model that torch does not read are
    # left.
    repository = name if "/" in name else f"sentence-transformers/{name}"
    unread = ["*.h5", "*.ot", "*.msgpack", "*.onnx", "onnx/*", "openvino/*", "*.gguf"]
    try:
        try:
            return Path(snapshot_download(repository, local_files_only=True, ignore_patterns=unread))
        except LocalEntryNotFoundError:
            return Path(snapshot_download(repository, ignore_patterns=unread))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"There is no folder {name}, and the model {repository} can neither be found on this machine nor "
            f"downloaded: {str(error).rstrip('.')}. Check the name, or give the folder of a model."
        ) from error
