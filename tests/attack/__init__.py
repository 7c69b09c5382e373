"""Attacks as tests: by a colleague without access, by a thief, and on the service. `make attack` runs them."""

# Attacks in other folders, beside the code that they attack. pytest marks them and this folder `attack`.
ELSEWHERE = (
    # What others learn about a source: pages, answers, lookups of every list, searches, sync, mail, webhooks, logs.
    "tests/permissions/test_confidential_sources.py",
    "tests/permissions/test_hidden_rows.py",
    "tests/admin/framework/test_lookups.py",
    "tests/workflow/evidence/test_words_put.py",
    "tests/workflow/evidence/test_weights.py",
    "tests/workflow/evidence/test_speakers.py",
    "tests/notifications/test_confidentiality.py",
    "tests/newsroom/test_logs.py",
    # The vault: guessing, overwriting, revealing; names in refused input and in old row versions.
    "tests/workflow/evidence/confidentiality/test_vault.py",
    "tests/workflow/evidence/confidentiality/test_matching.py",
    "tests/workflow/evidence/test_guessing.py",
    "tests/workflow/evidence/confidentiality/test_sealing.py",
    "tests/workflow/evidence/confidentiality/test_unmasking.py",
    "tests/workflow/evidence/confidentiality/test_name_guard.py",
    "tests/workflow/evidence/confidentiality/test_erasure.py",
    # Tampering: ciphertexts, the record, the application against its own record.
    "tests/workflow/ops/test_encrypted_data.py",
    "tests/workflow/ops/audit_heads/test_tampering.py",
    "tests/workflow/ops/audit_heads/test_verifier.py",
    "tests/newsroom/test_database_roles.py",
    # Sign-in, injection and denial of service.
    "tests/workflow/people/test_login_throttle.py",
    "tests/workflow/imports/test_fetch.py",
    "tests/workflow/imports/test_fetch_failures.py",
    "tests/api/test_input_limits.py",
    "tests/newsroom/test_bad_requests.py",
    "tests/newsroom/test_slow_clients.py",
    "tests/formats/test_isolated.py",
    "tests/admin/test_content_security_policy.py",
)
