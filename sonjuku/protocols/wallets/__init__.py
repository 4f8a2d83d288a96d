"""How wallet apps speak to an issuer: the Open Badges 3.0 API and OpenID for Verifiable Credential Issuance 1.0."""

_BASE = "https://purl.imsglobal.org/spec/ob/v3p0/scope/"
CREDENTIALS_READ = f"{_BASE}credential.readonly"
CREDENTIALS_UPSERT = f"{_BASE}credential.upsert"
PROFILE_READ = f"{_BASE}profile.readonly"
# Some clients ask for it before they expect a refresh token; ours come with one anyway.
OFFLINE = "offline_access"
SCOPES = (CREDENTIALS_READ, CREDENTIALS_UPSERT, PROFILE_READ, OFFLINE)
# The two forms in which a badge is given (OpenID4VCI's names).
JWT, LDP = "jwt_vc_json", "ldp_vc"
