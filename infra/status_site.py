"""Write the template of a second place for the status page, in another region or account, into build/.

python -m infra.status_site

Deploy it there with the first stack's output PublishRoleArn as its parameter Publisher, then deploy the first stack
again with STATUS_BUCKET_2=… its output StatusBucket.
"""

import json
import sys
from pathlib import Path

from infra.paths import BUILD
from infra.template import site

FILE = BUILD / "status-site.json"


def write(file: Path = FILE) -> Path:
    """The file, written anew."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(site.second_template(), indent=1) + "\n")
    return file


if __name__ == "__main__":
    print(write())
    sys.exit(0)
