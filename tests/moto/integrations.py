# Puts integrations of webhooks into Parameter Store. The argument maps their names to what they hold.
import json
import sys

import boto3

FOLDER = "/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations/webhook/"

ssm = boto3.client("ssm")
for name, integration in json.loads(sys.argv[1]).items():
    value = integration if isinstance(integration, str) else json.dumps(integration)
    ssm.put_parameter(Name=FOLDER + name, Value=value, Type="SecureString", Overwrite=True)
print("{}")
