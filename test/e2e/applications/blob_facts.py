"""Lists every blob of the containers with Microsoft's SDK and prints what it is, as JSON lines."""

import hashlib
import json
import os
import sys

from azure.storage.blob import BlobServiceClient

service = BlobServiceClient.from_connection_string(os.environ["AZURE_STORAGE_CONNECTION_STRING"])
for container_name in sys.argv[1:]:
    container = service.get_container_client(container_name)
    # Beside them lies what a pipeline keeps of how far it is.
    for blob in container.list_blobs(name_starts_with="applications/", include=["metadata"]):
        content = container.download_blob(blob.name).readall()
        print(
            json.dumps(
                {
                    "name": f"{container_name}/{blob.name}",
                    "metadata": blob.metadata or {},
                    "content_type": blob.content_settings.content_type,
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "entity_id": json.loads(content)["_metadata"]["entity_id"] if blob.name.endswith(".json") else None,
                    "is_pdf": content.startswith(b"%PDF-"),
                }
            )
        )
