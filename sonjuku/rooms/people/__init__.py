"""people: persons, guardians, bodies, councils (the tenant), dated roles, consents, ties to an area.

Words: council (協議会), member_body (構成団体), membership (加入), role (役割), person (人), guardian (保護者),
consent (同意), tie (ゆかり), account (アカウント).
"""
