"""Who may use staged uploads and bulk operations: the table, and the input of each row."""

from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input, encode_id_of

TABLE = """
                         mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
stagedUploadCreate       ok   ok   ok    ok     ok   ok   ok ok     ok     ok    ok      ok     ok
stagedUploadDelete       ?    ?    ?     ?      ?    ?    ?  ?      ?      ?     ?       ?      ?
stagedUploadDelete hr    ?    ?    ?     ?      ?    ?    ok ?      ?      ?     ?       ?      ?
bulkOperationRun         r    r    r     r      r    r    r  r      r      r     r       r      r
bulkOperationRun hr      r    r    r     r      r    r    ok r      r      r     r       r      r
personExport             ok   -    -     -      -    -    ok ok     -      -     -       ?      ?
bulkOperationCancel      ?    ?    ?     ?      ?    ?    ?  ?      ?      ?     ?       ?      ?
bulkOperationCancel hr   ?    ?    ?     ?      ?    ?    ok ?      ?      ?     ?       ?      ?
bulkOperationDownload    ?    ?    ?     ?      ?    ?    ?  ?      ?      ?     ?       ?      ?
bulkOperationDownload hr ?    ?    ?     ?      ?    ?    ok ?      ?      ?     ?       ?      ?
"""  # noqa: E501 - a table

OWN, OF_HR = encode_id_of("upload", "own"), encode_id_of("upload", "of_hr")
INPUTS: Inputs = {
    "stagedUploadCreate": lambda _: {"format": "JSONL"},
    "stagedUploadDelete": build_input("upload", "own"),
    "stagedUploadDelete hr": build_input("upload", "of_hr"),
    "bulkOperationRun": lambda company: {"kind": "UPSERT_TEAMS", "uploadId": OWN(company)},
    "bulkOperationRun hr": lambda company: {"kind": "UPSERT_TEAMS", "uploadId": OF_HR(company)},
    "personExport": build_input("person", "mara"),
    "bulkOperationCancel": build_input("bulk", "own_running"),
    "bulkOperationCancel hr": build_input("bulk", "of_hr_running"),
    "bulkOperationDownload": build_input("bulk", "own_done"),
    "bulkOperationDownload hr": build_input("bulk", "of_hr_done"),
}
