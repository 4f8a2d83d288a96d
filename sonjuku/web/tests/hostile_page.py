"""The hostile credentials of the protocols, brought to the verify page: who looks at them there is a visitor."""

import json
from collections.abc import Mapping
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sonjuku.protocols.openbadges import controllers, multibase, proofs
from sonjuku.protocols.openbadges.tests import hostile
from sonjuku.protocols.openbadges.tests.hostile import AT, KEY
from sonjuku.toolbox.outside import OutsideRefused

BASE = json.dumps(hostile.signed(id="urn:uuid:1"), ensure_ascii=False).encode()
# Of a key that nobody on this site knows, without a list: true of the good ones too.
ASIDE = {"", "not_checked", "stranger", "no_status", "status_unsupported", "beside"}


class Visitor:
    """Brings things to the page; the world outside holds what is `served`."""

    def __init__(self, client: Any) -> None:
        self.client, self.served = client, dict[str, bytes]()
        self.report: Any = None
        self.words = ""

    def get(self, _errand: Any, url: str) -> bytes:
        """In place of `Errand.get`."""
        if url not in self.served:
            raise OutsideRefused("dns")
        return self.served[url]

    def bring(self, served: Mapping[str, Any] = {}, **data: Any) -> list[str]:
        """The codes against it, each of which stands on the page with its sentence."""
        self.served = {
            url: one.encode() if isinstance(one, str) else json.dumps(one).encode()
            for url, one in served.items()
            if one is not None
        }
        response = self.client.post(reverse("public:verify"), data)
        assert response.status_code == 200, response.context["form"].errors
        self.report, self.words = response.context["report"], unescape(response.content.decode())
        reports = [
            self.report,
            *(layer.report for layer in self.report.layers if layer.kind == "endorsement"),
        ]
        findings = [one for report in reports for one in report.findings if one.code not in ASIDE]
        for one in findings:
            assert str(one.text) in self.words
        return list(dict.fromkeys(one.code for one in findings))

    # As the lookers of protocols/openbadges/tests/hostile.py

    def badge(self, document: Any, dids: Any = None) -> list[str]:
        served = {controllers.did_web_address(did): one for did, one in (dids or {}).items()}
        return self.bring(served, text=json.dumps(document))

    def jwt_badge(self, text: str, dids: Any = None, jwks: Any = None) -> list[str]:
        served = {controllers.did_web_address(did): one for did, one in (dids or {}).items()}
        return self.bring(served, text=text)

    def revocation(self, document: Any, lists: Any) -> list[str]:
        return self.bring(lists, text=json.dumps(sealed(document)))

    def endorsement(self, document: Any, target: str = "", file: bytes = b"") -> list[str]:
        return self.bring(text=json.dumps(document), file=SimpleUploadedFile("badge.json", BASE))

    def file(self, data: bytes) -> list[str]:
        return self.bring(file=SimpleUploadedFile("badge.png", data))

    def old_badge(self, found: Any, documents: Any) -> list[str]:
        return self.bring(documents, text=found if isinstance(found, str) else json.dumps(found))

    def record(self, document: Any) -> list[str]:
        return self.bring(text=json.dumps(document))

    def address(self, did: str) -> list[str]:
        document = hostile.unsigned(did)
        return self.bring(text=json.dumps(sealed(document, method=f"{did}#1")))[:1]


LOOKERS = ("badge", "jwt_badge", "revocation", "endorsement", "file", "old_badge", "record", "address")


def sealed(document: Any, method: str = KEY.verification_method) -> Any:
    """Signed over its JSON: what RDF would refuse to sign must reach the page too."""
    proof = {
        "type": "DataIntegrityProof", "cryptosuite": proofs.JCS_SUITE, "created": proofs.wire_time(AT),
        "verificationMethod": method, "proofPurpose": "assertionMethod", "@context": document["@context"],
    }  # fmt: skip
    value = multibase.encode(KEY.sign(proofs.hash_data(document, proof)))
    return document | {"proof": [proof | {"proofValue": value}]}
