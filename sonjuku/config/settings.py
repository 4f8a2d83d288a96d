"""One settings file; every value an operator may change comes from the environment (docs/operate/settings.md)."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from sonjuku.protocols.wallets import SCOPES as WALLET_SCOPES
from sonjuku.toolbox.databases import database

BASE_DIR = Path(__file__).resolve().parent.parent.parent
PACKAGE_DIR = BASE_DIR / "sonjuku"


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    return env(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


VAR_DIR = Path(env("SONJUKU_VAR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)
DEBUG = flag("SONJUKU_DEBUG")
# The demo's one-click cast: three locks (docs/decisions/0005), this is the first; see web/public/demo.py.
DEMO = flag("SONJUKU_DEMO")
TESTING = flag("SONJUKU_TESTING")

SECRET_KEY = env("SECRET_KEY")
if not SECRET_KEY:
    if not (DEMO or TESTING or DEBUG):
        raise ImproperlyConfigured("SECRET_KEY is not set; make one with: python3 run.py secret")
    SECRET_KEY = "demo-only-not-secret-" + "x" * 40
# Encrypts issuers' private keys at rest; kept apart so that it can be rotated on its own.
KEYS_SECRET = env("SONJUKU_KEYS_SECRET", SECRET_KEY)
# A command that signs with keys kept outside of this program (docs/operate/keys.md); "": there are none.
SIGNER = env("SONJUKU_SIGNER", "")

SITE_URL = env("SITE_URL", "http://localhost:8000").rstrip("/")
SITE_SCHEME = urlsplit(SITE_URL).scheme
ALLOWED_HOSTS = env("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

ROOMS = [
    "journal", "vocabulary", "people", "programmes", "letters", "forms", "calls", "participation", "events", "credentials",
    "talent", "matching", "newsroom",
]  # fmt: skip
INSTALLED_APPS = [
    *[f"sonjuku.rooms.{room}" for room in ROOMS],
    "sonjuku.web",
    "sonjuku.web.public",
    "sonjuku.web.member",
    "sonjuku.web.staff",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "oauth2_provider",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "sonjuku.web.middleware.FuriganaMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sonjuku.web.middleware.ActorMiddleware",
]
ROOT_URLCONF = "sonjuku.config.urls"
WSGI_APPLICATION = "sonjuku.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sonjuku.web.context.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "sonjuku.web.templatetags.sonjuku_ui",
            ],
        },
    }
]

DATABASES = {"default": database(env("DATABASE_URL", f"sqlite:///{VAR_DIR / 'sonjuku.sqlite3'}"))}
# Counts of logins and API requests: kept in each process, or in a Redis that all of them share.
if env("CACHE_URL"):
    _redis = "django.core.cache.backends.redis.RedisCache"
    CACHES = {"default": {"BACKEND": _redis, "LOCATION": env("CACHE_URL")}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Account"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
# Uploads live outside the web root; no URL serves this folder (web/member/files.py checks, then streams).
MEDIA_ROOT = VAR_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": env("SONJUKU_FILES_BACKEND", "django.core.files.storage.FileSystemStorage"),
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING or DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING or DEMO
UPLOAD_MAX_BYTES = int(env("SONJUKU_UPLOAD_MAX_MB", "10")) * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["sonjuku.web.uploads.LimitedFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("ja-easy", "やさしい日本語"), ("en", "English")]
LOCALE_PATHS: list[Path] = [PACKAGE_DIR / "locale"]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

EMAIL_BACKEND = env(
    "EMAIL_BACKEND",
    "sonjuku.web.mailbox.MailboxBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = VAR_DIR / "mail"
if env("EMAIL_URL"):
    _mail = urlsplit(env("EMAIL_URL"))
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "Sonjuku <noreply@localhost>")
# The envelope's sender, to which servers return what cannot be delivered; empty: the address of DEFAULT_FROM_EMAIL.
BOUNCE_ADDRESS = env("SONJUKU_BOUNCE_ADDRESS", "")

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
# Nothing is sent to an address that somebody typed in unless an operator says so (flows/hooking.py).
WEBHOOKS = flag("SONJUKU_WEBHOOKS")
# `host` or `host:port`: these may be inside one's own network, and may be called without https.
WEBHOOK_HOSTS = [host.strip() for host in env("SONJUKU_WEBHOOK_HOSTS").split(",") if host.strip()]
# Whether the verify page reads what stands at public https addresses elsewhere (flows/verifying.py).
FETCH = env("SONJUKU_FETCH", "off")
if FETCH not in {"off", "https"}:
    raise ImproperlyConfigured("SONJUKU_FETCH is off or https")
# Verifications a minute and address of a visitor, on the page and over the interface.
VERIFY_RATE = int(env("SONJUKU_VERIFY_RATE", "1000000" if TESTING else "30"))
# Requests a minute and token, or address of a visitor without one (web/api/limits.py).
API_RATE = int(env("SONJUKU_API_RATE", "120"))
METRICS_TOKEN = env("SONJUKU_METRICS_TOKEN")
TICK_MAX_MINUTES = int(env("SONJUKU_TICK_MAX_MINUTES", "10"))
# A worker that says nothing for this long is dead; its tasks go back into the queue (web/jobs/leases.py).
TASK_LEASE_SECONDS = int(env("SONJUKU_TASK_LEASE", "300"))
BACKUP_NOTE = env("SONJUKU_BACKUP_NOTE")

AUTHENTICATION_BACKENDS = ["sonjuku.web.accounts.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "member:home"
ACCOUNT_ADAPTER = "sonjuku.web.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
_forms = "sonjuku.web.account_forms"
ACCOUNT_FORMS = {
    "signup": f"{_forms}.SignupForm", "login": f"{_forms}.LoginForm",
    "confirm_login_code": f"{_forms}.ConfirmLoginCodeForm",
    "confirm_email_verification_code": f"{_forms}.ConfirmEmailForm",
    "confirm_password_reset_code": f"{_forms}.ConfirmResetForm", "add_email": f"{_forms}.AddEmailForm",
    "reset_password": f"{_forms}.ResetPasswordForm", "change_password": f"{_forms}.ChangePasswordForm",
    "set_password": f"{_forms}.SetPasswordForm",
}  # fmt: skip
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Digits are what every keyboard and phone can type; eight, because six can be guessed in weeks of trying.
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_SCHEME
ACCOUNT_LOGOUT_REDIRECT_URL = "public:home"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS: bool | dict[str, str] = False if TESTING else {}
ALLAUTH_TRUSTED_PROXY_COUNT = int(env("SONJUKU_PROXIES", "1" if flag("BEHIND_PROXY") else "0"))
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# Printed one-time codes may be the only second factor of a desk: enough for some weeks of logins.
MFA_RECOVERY_CODE_COUNT = 40
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SITE_SCHEME == "http"
MFA_FORMS = {
    "authenticate": f"{_forms}.AuthenticateForm", "reauthenticate": f"{_forms}.ReauthenticateForm",
    "activate_totp": f"{_forms}.ActivateTotpForm", "add_webauthn": f"{_forms}.AddWebAuthnForm",
    "edit_webauthn": f"{_forms}.EditWebAuthnForm",
}  # fmt: skip
MFA_ADAPTER = "sonjuku.web.accounts.MfaAdapter"
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, object]] = {}
if env("LINE_CHANNEL_ID"):
    INSTALLED_APPS.append("allauth.socialaccount.providers.line")
    _app = {"client_id": env("LINE_CHANNEL_ID"), "secret": env("LINE_CHANNEL_SECRET")}
    SOCIALACCOUNT_PROVIDERS["line"] = {"APP": _app, "SCOPE": ["profile", "openid", "email"]}
_hashers = ("MD5" if TESTING else "PBKDF2", "Scrypt")
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in _hashers]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Wallet apps that read a holder's badges (docs/operate/wallets.md). Every rule of RFC 9700 that the library knows is on.
OAUTH2_PROVIDER: dict[str, object] = {
    "OAUTH2_VALIDATOR_CLASS": "sonjuku.web.wallets.validator.Validator",
    "OIDC_ISS_ENDPOINT": SITE_URL,
    "SCOPES": dict.fromkeys(WALLET_SCOPES, ""),
    "DEFAULT_SCOPES": WALLET_SCOPES[:1],
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https", "http"],
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 90 * 24 * 3600,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    **{
        f"COMPLIANT_BCP_RFC9700_{rule}": True
        for rule in (
            "IMPLICIT_GRANT", "PASSWORD_GRANT", "PKCE_METHOD", "ACCESS_TOKEN_TRANSPORT", "AUTHZ_RESPONSE_ISS", "TOKEN_STORAGE",
            "REFRESH_TOKEN", "REDIRECT_URI_MATCHING", "PKCE_REQUIRED",
        )
    },
}  # fmt: skip

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_SCHEME == "https"
SECURE_SSL_REDIRECT = SITE_SCHEME == "https" and flag("SECURE_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 31_536_000 if SITE_SCHEME == "https" else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "sonjuku.web.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # Chromium holds a form's redirect to this list too, so LINE's login page must be on it.
        "form-action": [SELF, *(["https://access.line.me"] if env("LINE_CHANNEL_ID") else [])],
    }
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "WARNING")},
}
