from sonjuku.rooms.forms.actions.answering import (
    drop_upload,
    erase_answer,
    erase_sensitive,
    save_response,
    store_upload,
    sweep_orphans,
)
from sonjuku.rooms.forms.actions.building import (
    add_question,
    change_question,
    copy_form,
    create_form,
    freeze,
    move_question,
    new_version,
    remove_question,
    rename_form,
)

__all__ = [
    "add_question",
    "change_question",
    "copy_form",
    "create_form",
    "drop_upload",
    "erase_answer",
    "erase_sensitive",
    "freeze",
    "move_question",
    "new_version",
    "remove_question",
    "rename_form",
    "save_response",
    "store_upload",
    "sweep_orphans",
]
