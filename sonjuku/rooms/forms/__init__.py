"""forms: one question engine for applications, surveys and reports; versions are frozen, answers keep the wording.

Words: form (様式), form_version (版), question (質問), option (選択肢), response (回答一式), answer (回答), upload (添付).
"""
