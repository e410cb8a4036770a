"""Reads records with Confluent's Avro deserializer, and prints each as a line of JSON.

Usage: read_topics.py KAFKA SCHEMAS COUNT TOPIC...

KAFKA is host:port, SCHEMAS the address of the query service, COUNT how many records to read in all.
"""

import json
import sys
import time
import uuid
from datetime import datetime

from confluent_kafka import Consumer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

MAX_SECONDS = 60


def plain(value):
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(type(value))


def main(kafka, schemas, count, *topics):
    deserialize = AvroDeserializer(SchemaRegistryClient({"url": schemas}))
    consumer = Consumer(
        {
            "bootstrap.servers": kafka,
            "group.id": "reader-" + uuid.uuid4().hex,
            "auto.offset.reset": "earliest",
        }
    )
    consumer.subscribe(list(topics))
    left = int(count)
    deadline = time.monotonic() + MAX_SECONDS
    try:
        while left > 0 and time.monotonic() < deadline:
            message = consumer.poll(1.0)
            if message is None:
                continue
            if message.error():
                raise SystemExit(str(message.error()))
            context = SerializationContext(message.topic(), MessageField.VALUE)
            record = deserialize(message.value(), context)
            line = {"topic": message.topic(), "key": message.key().decode(), "value": record}
            print(json.dumps(line, default=plain), flush=True)
            left -= 1
    finally:
        consumer.close()
    if left > 0:
        raise SystemExit(f"{left} records did not come within {MAX_SECONDS} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
