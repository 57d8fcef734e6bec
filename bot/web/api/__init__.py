"""The REST interface for the bureau's app, mini-program and the 12345 platform: messages in, progress and answers out.

A key (:mod:`handlers.accounts.api_keys`) sees only the cases of its own account. Errors are problem details (RFC 9457)
in Chinese and English. The description is at ``/api/openapi.json`` and, for people, at ``/api/docs``.
"""
