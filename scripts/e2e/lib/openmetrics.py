# openmetrics - The reference parser of OpenMetrics on stdin: every sample as JSON, or its complaint and exit code 1.

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

samples = [
    {"family": family.name, "type": family.type, "unit": family.unit, "name": s.name, "labels": s.labels, "value": s.value}
    for family in text_string_to_metric_families(sys.stdin.read())
    for s in family.samples
]
json.dump(samples, sys.stdout)
