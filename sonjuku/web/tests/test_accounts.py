import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.urls import reverse
from django.utils import translation

from sonjuku.rooms.people.models import Account
from sonjuku.web.account_forms import SignupForm

PASSWORD = "correct horse battery"
CODE = re.compile(r"^ {4}(\S+)$", re.M)
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
NEXT = "/c/hagi/"


@pytest.fixture(autouse=True)
def _japanese():
    with translation.override("ja"):
        yield


@pytest.fixture
def account(make_account):
    row = make_account("hanako@example.jp")
    EmailAddress.objects.create(user=row, email=row.email, verified=True, primary=True)
    return row


def code_of(message):
    return CODE.search(message.body).group(1)


def log_in(client, password=PASSWORD, **data):
    return client.post(reverse("account_login"), {"login": "hanako@example.jp", "password": password, **data})


@pytest.mark.parametrize("password", ["", PASSWORD])
def test_an_account_is_made_in_two_pages_with_or_without_a_password(client, db, password):
    first = client.post(
        reverse("account_signup"), {"email": "new@example.jp", "password1": password, "next": NEXT}
    )
    assert first.status_code == 302
    second = client.post(first.url, {"code": code_of(mail.outbox[-1])})
    assert second.status_code == 302
    assert second.url == NEXT
    account = Account.objects.get(email="new@example.jp")
    assert client.session["_auth_user_id"] == str(account.pk)
    assert account.has_usable_password() == bool(password)
    assert account.language == "ja"


def test_an_english_visitor_gets_an_english_account_and_letter(client, db):
    client.post("/en/accounts/signup/", {"email": "new@example.jp", "password1": ""})
    assert Account.objects.get().language == "en"
    assert not JAPANESE.search(mail.outbox[-1].subject + mail.outbox[-1].body)


def test_a_password_in_use_is_still_checked(db):
    assert "password1" in SignupForm(data={"email": "new@example.jp", "password1": "short"}).errors


def test_login_with_a_code_instead_of_a_password_takes_wide_digits(client, account):
    page = client.get(log_in(client, password="").url)
    assert page.status_code == 200
    wide = code_of(mail.outbox[-1]).translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)})
    assert client.post(page.wsgi_request.path, {"code": wide}).status_code == 302
    assert "_auth_user_id" in client.session


def test_printed_codes_alone_are_a_second_factor_and_each_works_once(client, account):
    log_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.post(reverse("print_codes")).url == reverse("print_codes")
    sheet = client.get(reverse("print_codes"))
    codes = re.findall(r"<code>([\d ]+)</code>", sheet.content.decode())
    assert len(codes) == 40
    assert "no-store" in sheet["Cache-Control"] or "no-cache" in sheet["Cache-Control"]
    client.post(reverse("account_logout"))

    asked = log_in(client)
    assert asked.url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    assert client.post(asked.url, {"code": "00000000"}).status_code == 200
    assert client.post(asked.url, {"code": codes[0]}).status_code == 302
    assert "_auth_user_id" in client.session

    client.post(reverse("account_logout"))
    again = log_in(client)
    assert client.post(again.url, {"code": codes[0]}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_new_sheet_ends_the_old_one(client, account):
    old = RecoveryCodes.activate(account).get_unused_codes()
    client.force_login(account)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("print_codes"))
    assert not set(old) & set(RecoveryCodes.activate(account).get_unused_codes())


def test_the_sheet_asks_who_is_there_first(client, account):
    RecoveryCodes.activate(account)
    client.force_login(account)
    assert client.get(reverse("print_codes")).url.startswith(reverse("account_reauthenticate"))
    assert client.get("/accounts/2fa/recovery-codes/").url == reverse("print_codes")


def test_the_last_codes_are_announced(client, account):
    codes = RecoveryCodes.activate(account)
    for code in codes.get_unused_codes()[:36]:
        assert codes.validate_code(code)
    log_in(client)
    reply = client.post(reverse("mfa_authenticate"), {"code": codes.get_unused_codes()[0]}, follow=True)
    assert [str(m) for m in reply.context["messages"] if "3" in str(m)]


def test_secrets_are_not_stored_in_the_clear(account):
    codes = RecoveryCodes.activate(account)
    stored = Authenticator.objects.get(user=account).data["seed"]
    assert stored.startswith("gAAAA")
    assert codes.get_unused_codes()


def test_a_mail_server_that_is_down_is_said_plainly(client, account, monkeypatch, caplog):
    def down(*_args, **_kwargs):
        raise ConnectionRefusedError("hanako@example.jp")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", down)
    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", down)
    page = client.post(reverse("account_request_login_code"), {"email": "hanako@example.jp"}, follow=True)
    assert page.status_code == 200
    assert "メールを送れません" in page.content.decode()
    assert "hanako" not in caplog.text


PUBLIC = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_request_login_code",
    "account_inactive",
]
OWN = [
    "account_logout", "account_email", "account_change_password", "account_reauthenticate", "mfa_index", "print_codes",
    "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn", "socialaccount_connections",
]  # fmt: skip


@pytest.mark.parametrize("name", PUBLIC + OWN)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_of_an_account_is_ours_and_in_its_language(client, account, name, prefix):
    if name in OWN:
        client.force_login(account)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(prefix + reverse(name))
    assert page.status_code == 200
    html = page.content.decode()
    assert html.count("<h1") == 1
    assert "style=" not in html
    assert 'lang="en"' in html if prefix else 'lang="ja"' in html
    if prefix:
        main = re.sub(
            r'<(\w+)[^>]* lang="ja"[^>]*>.*?</\1>',
            "",
            html[html.index("<main") : html.index("</main>")],
            flags=re.S,
        )
        assert not JAPANESE.search(main)


def test_too_many_tries_get_a_page_that_says_so(client, account, settings):
    settings.ACCOUNT_RATE_LIMITS = {}
    for _ in range(12):
        reply = log_in(client, password="wrong password")
    assert "連続" in reply.content.decode() or reply.status_code == 429
