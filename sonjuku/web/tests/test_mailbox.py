import pytest

from sonjuku.web.mailbox import file_name


@pytest.mark.parametrize("evil", ["<../../etc/passwd@x>", "<.hidden@x>", "<a/b@x>", "<@x>", ""])
def test_no_message_id_leaves_the_folder(evil):
    name = file_name(evil)
    assert "/" not in name
    assert not name.startswith(".")


def test_a_plain_message_id_names_its_file():
    assert file_name("<0199-abc@example.jp>") == "0199-abc"
