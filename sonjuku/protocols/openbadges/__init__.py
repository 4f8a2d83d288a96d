"""Open Badges 3.0 as wire form: build, sign, verify, bake and read credentials.

Pure translation and cryptography: no Django, no network, no clock (`at` and `created` are arguments).
A credential is a plain JSON-shaped dict; its issuer is a did:key, so it verifies when the site is gone.
"""
